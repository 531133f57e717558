/**
 * revised: whether each unit that leg A gave another version was, until then, what the plan rests on.
 *
 * The survey was taken minutes or hours before, and a backup in between: somebody may have worked on the same draft.
 * What they wrote would be overwritten and never seen. Asked when the units are revised and so locked. Writes nothing.
 * Called by cut.ts.
 */
import readRevised from "../../sql/execution/read-revised.sql" with { type: "text" };
import type { SurveyedUnit } from "../flow/survey.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { StatementRunner } from "./leg-a.ts";

export type Revised = {
  readonly changeSetId: string;
  /** How many there have to be. */
  readonly rows: number;
  /** The document's units as they were surveyed. */
  readonly surveyed: readonly SurveyedUnit[];
};

/** STOP_PLAN_DRIFT with every unit that was changed, withdrawn or taken up again since it was surveyed. */
export async function refuseDrifted(
  transaction: StatementRunner,
  { changeSetId, rows, surveyed }: Revised,
): Promise<null | Failure> {
  const planned = new Map(surveyed.map((unit) => [unit.informationUnitId, unit]));
  const changes: string[] = [];
  let [after, seen] = [0, 0];
  while (seen < rows) {
    const reply = await transaction.query(readRevised, [changeSetId, `${after}`, `${limits.ledgerRowsPerFetch}`]);
    if (reply instanceof Failure) return reply;
    if (reply.rows.length === 0)
      return new Failure("PHASE_REFUSED", `${rows} units were revised, ${seen} are recorded`);
    for (const row of reply.rows) changes.push(...driftOf(row, planned.get(row.information_unit_id ?? "")));
    seen += reply.rows.length;
    after = Number(reply.rows.at(-1)?.ordinal);
  }
  if (changes.length === 0) return null;
  const shown = changes.slice(0, limits.namedInRemark).join("; ");
  const more = changes.length > limits.namedInRemark ? `; and ${changes.length - limits.namedInRemark} more` : "";
  return new Failure("STOP_PLAN_DRIFT", `units were changed since they were surveyed: ${shown}${more}`, {
    facts: { changes: changes.slice(0, limits.verifyFindings) },
    data: "The transaction of leg A was rolled back: what others wrote stands, and nothing of this run does.",
  });
}

type Row = { readonly [column: string]: string | null };

function driftOf(row: Row, planned: SurveyedUnit | undefined): readonly string[] {
  const address = row.canonical_address ?? "";
  if (planned === undefined) return [`${address}: was not surveyed`];
  const status = row.was_withdrawn === "t" ? "withdrawn" : "draft";
  if (status !== planned.lifecycleStatus) return [`${address}: was ${planned.lifecycleStatus}, is ${status}`];
  return row.content_sha256 === planned.contentSha256 ? [] : [`${address}: has another version`];
}
