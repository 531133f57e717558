/**
 * own-units: a survey as it would be had the run not written its change set: what a plan is compared with after leg A.
 *
 * The survey's role may not read the ledger, so a unit is the run's own if it stands where the plan has a row and is
 * what that row wrote: the same content, still draft or enacted by now. Anything else at that address is a drift, and
 * stays to be found. Pure. Called by prepare.ts.
 */
import type { PlannedRow } from "./cutplan.ts";
import type { Survey, SurveyedUnit } from "./survey.ts";

/** `planned`: the survey that the plan was made from. */
export function withoutOwn(now: Survey, planned: Survey, rows: readonly PlannedRow[]): Survey {
  const writes = new Map(rows.map((row) => [row.canonicalAddress, row]));
  const before = new Map(planned.units.map((unit) => [unit.canonicalAddress, unit]));
  const units = now.units.flatMap((unit) => {
    const row = writes.get(unit.canonicalAddress);
    if (row === undefined || !isOwn(unit, row)) return [unit];
    const old = before.get(unit.canonicalAddress);
    return old === undefined ? [] : [old];
  });
  return { ...now, units };
}

function isOwn(unit: SurveyedUnit, row: PlannedRow): boolean {
  if (unit.contentSha256 !== row.contentSha256 || unit.title !== row.title) return false;
  if (unit.lifecycleStatus !== "draft" && unit.lifecycleStatus !== "enacted") return false;
  return row.action === "create" || unit.informationUnitId === row.informationUnitId;
}
