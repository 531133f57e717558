/**
 * S10: an enacted unit and its versions are updated, deleted and truncated: the triggers refuse, the superuser too.
 *
 * The units are those of S2. Each statement is tried by itself, so that what it would change would stay.
 */
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { SUPERUSER } from "../providers/provider.ts";
import type { Stage } from "../stage/stage.ts";
import { expectHolds, expectRefused } from "./expect.ts";
import { countsOf, expectRows, ledgerRun } from "./ledger.ts";
import type { Scenario } from "./scenario.ts";

/** restrict_violation: what the triggers raise. */
export const RESTRICT = "23001";

const UNITS = `SELECT a.information_unit_id FROM cutter_governance.cut_change_set_affected_row a
  JOIN cutter_governance.cut_change_set s ON s.id = a.change_set_id WHERE s.run_id = $1`;

type Statement = readonly [statement: string, about: "run" | "all"];

/** `units`: a query of the ids of the units. */
export function statementsOn(units: string): readonly Statement[] {
  return [
    [`UPDATE public.information_unit SET owner_ref = 'x' WHERE id IN (${units})`, "run"],
    [`UPDATE public.information_unit SET lifecycle_status = 'draft', enacted_at = NULL WHERE id IN (${units})`, "run"],
    [`DELETE FROM public.information_unit WHERE id IN (${units})`, "run"],
    [`UPDATE public.unit_version SET body = 'x' WHERE information_unit_id IN (${units})`, "run"],
    [`DELETE FROM public.unit_version WHERE information_unit_id IN (${units})`, "run"],
    ["TRUNCATE public.unit_version", "all"],
    ["TRUNCATE public.information_unit CASCADE", "all"],
  ];
}

const STATEMENTS = statementsOn(UNITS);

export const immutable: Scenario = {
  id: "S10",
  title: "an enacted unit is updated, deleted: the trigger refuses",
  lines: STATEMENTS.map(([statement]) => `# ${statement.replaceAll(/\s+/g, " ")}`),
  needs: ["lasting data"],
  async run(stage) {
    const closed = stage.closed;
    if (closed === null)
      return new Failure("SANDBOX_NOT_PROVEN", "there is no enacted run: S2 did not come to its end");
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const mismatches: Mismatch[] = [];
    for (const role of [SUPERUSER, "workflow_admin"]) {
      const session = await stage.session(role);
      if (session instanceof Failure) return session;
      mismatches.push(
        ...(await refuseAll(stage, { session, role, runId: closed.runId }).finally(() => session.close())),
      );
    }
    const [after, ledger] = [await countsOf(stage), await ledgerRun(stage, closed.runId)];
    for (const failed of [after, ledger]) if (failed instanceof Failure) return failed;
    return {
      summary: `${STATEMENTS.length} statements refused by the triggers, for the owner and for the superuser`,
      facts: { run_id: closed.runId, statements: STATEMENTS.length, units: closed.units },
      mismatches: [
        ...mismatches,
        ...expectEqual("lifecycle of the units", "enacted", ledger instanceof Failure ? null : ledger?.lifecycle),
        ...expectRows(before, after as Exclude<typeof after, Failure>, {}),
      ],
      predicted: {},
    };
  },
};

type Trying = { readonly session: Session; readonly role: string; readonly runId: string };

async function refuseAll(stage: Stage, { session, role, runId }: Trying): Promise<readonly Mismatch[]> {
  const mismatches: Mismatch[] = [];
  for (const [statement, about] of STATEMENTS) {
    const answer = await session.query(statement, about === "run" ? [runId] : []);
    const said = answer instanceof Failure ? answer.message : answer.tag;
    stage.say(`${role}: ${statement}\n→ ${said}`);
    mismatches.push(
      ...expectRefused(`${role}: ${statement}`, answer, RESTRICT),
      ...expectHolds(`${role}: what the server says`, said, "immutable"),
    );
  }
  return mismatches;
}
