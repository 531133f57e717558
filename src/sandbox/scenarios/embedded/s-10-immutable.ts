/**
 * S10 on the embedded engine: enacted units and their versions are updated, deleted and truncated: the triggers refuse,
 * the superuser too.
 *
 * The units are those that are enacted in the reference database, since no run of the sandbox enacts any. The owner is
 * taken with SET SESSION AUTHORIZATION. Each statement is tried by itself, so that what it would change would stay.
 */
import { Failure } from "../../../kernel/failure.ts";
import type { Mismatch } from "../../../report/battery.ts";
import { expectEqual } from "../../../report/judgement.ts";
import { SUPERUSER } from "../../providers/provider.ts";
import type { Stage } from "../../stage/stage.ts";
import { expectHolds, expectRefused } from "../expect.ts";
import { countsOf, expectRows } from "../ledger.ts";
import { immutable, RESTRICT, statementsOn } from "../s-10-immutable.ts";
import type { Scenario } from "../scenario.ts";

const ENACTED = "SELECT id FROM public.information_unit WHERE lifecycle_status = 'enacted'";
const STATEMENTS = statementsOn(ENACTED).map(([statement]) => statement);

export const immutableInside: Scenario = {
  ...immutable,
  lines: STATEMENTS.map((statement) => `# ${statement.replaceAll(/\s+/g, " ")}`),
  needs: ["lasting data"],
  async run(stage) {
    const [before, units] = [await countsOf(stage), await enacted(stage)];
    if (before instanceof Failure) return before;
    if (units instanceof Failure) return units;
    const mismatches: Mismatch[] = [];
    for (const role of [SUPERUSER, "workflow_admin"]) {
      const session = await stage.session(role);
      if (session instanceof Failure) return session;
      for (const statement of STATEMENTS) {
        const answer = await session.query(statement);
        const said = answer instanceof Failure ? answer.message : answer.tag;
        stage.say(`${role}: ${statement}\n→ ${said}`);
        mismatches.push(
          ...expectRefused(`${role}: ${statement}`, answer, RESTRICT),
          ...expectHolds(`${role}: what the server says`, said, "immutable"),
        );
      }
      await session.close();
    }
    const [after, still] = [await countsOf(stage), await enacted(stage)];
    if (after instanceof Failure) return after;
    if (still instanceof Failure) return still;
    return {
      summary: `${STATEMENTS.length} statements refused by the triggers, for the owner and for the superuser`,
      facts: { statements: STATEMENTS.length, units, of: "the reference database" },
      mismatches: [
        ...mismatches,
        ...expectEqual("enacted units to try it on", "some", units > 0 ? "some" : "none"),
        ...expectEqual("enacted units", units, still),
        ...expectRows(before, after, {}),
      ],
      predicted: {},
    };
  },
};

async function enacted(stage: Stage): Promise<number | Failure> {
  const rows = await stage.ask(`SELECT count(*) AS units FROM (${ENACTED}) AS enacted`);
  return rows instanceof Failure ? rows : Number(rows[0]?.units);
}
