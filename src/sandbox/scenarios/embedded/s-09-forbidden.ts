/**
 * S9 on the embedded engine: each role does what it may not: the server refuses with 42501, the client gets it, and a
 * count says so.
 *
 * Nobody logs in: each session takes the role with SET SESSION AUTHORIZATION, and says who it is before it tries. The
 * count is the one of `cutter proof counts`, in this process, as the role that may not read the ledger.
 */
import { countRelations } from "../../../kernel/counts/count.ts";
import type { RelationCount } from "../../../kernel/counts/request.ts";
import { Failure } from "../../../kernel/failure.ts";
import type { Session } from "../../../kernel/session/session.ts";
import type { Mismatch } from "../../../report/battery.ts";
import { expectEqual } from "../../../report/judgement.ts";
import type { Stage } from "../../stage/stage.ts";
import { expectRefused } from "../expect.ts";
import { countsOf, expectRows } from "../ledger.ts";
import { FORBIDDEN, forbidden, INSUFFICIENT_PRIVILEGE } from "../s-09-forbidden.ts";
import type { Scenario } from "../scenario.ts";

const READER = "context_pack_readonly";
const LEDGER = "cutter_governance.run";

export const forbiddenInside: Scenario = {
  ...forbidden,
  lines: [
    ...FORBIDDEN.map(([role, statement]) => `# SET SESSION AUTHORIZATION ${role}: ${statement}`),
    `# the count of cutter proof counts --relations ${LEDGER}, in this process, as ${READER}`,
  ],
  needs: ["lasting data"],
  async run(stage) {
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const mismatches: Mismatch[] = [];
    for (const [role, statement] of FORBIDDEN) {
      const tried = await asRole(stage, role, (session) => attempt(session, role, statement));
      if (tried instanceof Failure) return tried;
      stage.say(`${role}: ${statement}\n→ ${tried.said}`);
      mismatches.push(...tried.mismatches);
    }
    const counted = await asRole(stage, READER, (session) => {
      return countRelations(session, [{ relation: LEDGER, filter: null }]);
    });
    if (counted instanceof Failure) return counted;
    stage.say(`${READER}: ${JSON.stringify(counted)}`);
    const after = await countsOf(stage);
    if (after instanceof Failure) return after;
    return {
      summary: `${FORBIDDEN.length} statements refused with ${INSUFFICIENT_PRIVILEGE}; a count says so of the ledger`,
      facts: {
        refused: FORBIDDEN.length,
        taken: "by SET SESSION AUTHORIZATION; nobody logged in",
        counted: [...counted],
      },
      mismatches: [
        ...mismatches,
        ...expectEqual("statements that were tried", "some", FORBIDDEN.length > 0 ? "some" : "none"),
        ...expectUncounted(counted),
        ...expectRows(before, after, {}),
      ],
      predicted: {},
    };
  },
};

async function asRole<T>(stage: Stage, role: string, work: (session: Session) => Promise<T | Failure>) {
  const session = await stage.session(role);
  return session instanceof Failure ? session : work(session).finally(() => session.close());
}

type Tried = { readonly said: string; readonly mismatches: readonly Mismatch[] };

async function attempt(session: Session, role: string, statement: string): Promise<Tried | Failure> {
  const who = await session.query("SELECT session_user AS session_role, current_user AS role");
  if (who instanceof Failure) return who;
  const answer = await session.query(statement);
  if (session.lost() !== null) return session.lost() as Failure;
  return {
    said: answer instanceof Failure ? answer.message : answer.tag,
    mismatches: [
      ...expectEqual(`session_user of ${role}`, role, who.rows[0]?.session_role),
      ...expectEqual(`current_user of ${role}`, role, who.rows[0]?.role),
      ...expectRefused(`${role}: ${statement}`, answer, INSUFFICIENT_PRIVILEGE),
    ],
  };
}

function expectUncounted(counted: readonly RelationCount[]): Mismatch[] {
  const [ledger] = counted;
  return [
    ...expectEqual(`rows of ${LEDGER} that were counted`, null, ledger?.rows),
    ...expectEqual(`what the count says of ${LEDGER}`, "42501, untouched by construction", ledger?.note),
  ];
}
