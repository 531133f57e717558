/**
 * S9: each role does what it may not: the server refuses with 42501, the client gets it, and a proof says so.
 *
 * Statements of each role on sessions of its own; then the program counts the ledger as the role that may not read it.
 */
import { Failure } from "../../kernel/failure.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { known } from "../sandbox.ts";
import { DATABASE } from "../words.ts";
import { expectEnd, expectHolds, expectRefused } from "./expect.ts";
import { countsOf, expectRows } from "./ledger.ts";
import type { Scenario } from "./scenario.ts";

export const INSUFFICIENT_PRIVILEGE = "42501";

/** The owner alone writes the lifecycle's tables; nobody deletes from the ledger; the survey's role never reads it. */
export const FORBIDDEN: readonly (readonly [role: string, statement: string])[] = [
  [
    "cutter_exec",
    "INSERT INTO public.information_unit (canonical_address, unit_kind, created_by) VALUES ('X/1', 'x', 'x')",
  ],
  ["cutter_exec", "UPDATE public.unit_version SET body = 'x'"],
  ["cutter_exec", "DELETE FROM cutter_governance.run_phase"],
  ["cutter_exec", "UPDATE cutter_governance.cut_change_set SET row_count = 1"],
  ["cutter_exec", "INSERT INTO cutter_governance.verify_result DEFAULT VALUES"],
  ["cutter_verify", "UPDATE cutter_governance.run SET state = 'CUT'"],
  ["cutter_verify", "INSERT INTO cutter_governance.cut_change_set DEFAULT VALUES"],
  ["cutter_verify", "SELECT * FROM cutter_governance.approval_grant"],
  ["cutter_verify", "SELECT public.fn_iu_enact(gen_random_uuid(), 'x')"],
  ["context_pack_readonly", "SELECT * FROM cutter_governance.run"],
  ["context_pack_readonly", "DELETE FROM public.system_vocab"],
  ["cutter_rehearse", "SELECT * FROM cutter_governance.run"],
];

export const forbidden: Scenario = {
  id: "S9",
  title: "a role does what it may not: 42501 reaches the client and is the expected proof",
  lines: [
    ...FORBIDDEN.map(([role, statement]) => `# ${role}: ${statement}`),
    "cutter proof counts --url URL_OF_context_pack_readonly --relations cutter_governance.run",
  ],
  needs: ["role logins", "lasting data"],
  async run(stage) {
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const mismatches: Mismatch[] = [];
    for (const [role, statement] of FORBIDDEN) {
      const session = await stage.session(role);
      if (session instanceof Failure) return session;
      const answer = await session.query(statement).finally(() => session.close());
      stage.say(`${role}: ${statement}\n→ ${answer instanceof Failure ? answer.message : answer.tag}`);
      mismatches.push(...expectRefused(`${role}: ${statement}`, answer, INSUFFICIENT_PRIVILEGE));
    }
    const url = known(stage.sandbox.server, "server").url({ role: "context_pack_readonly", database: DATABASE }) ?? "";
    const counted = await stage.desk().run(["proof", "counts", "--url", url, "--relations", "cutter_governance.run"]);
    const after = await countsOf(stage);
    if (after instanceof Failure) return after;
    return {
      summary: `${FORBIDDEN.length} statements refused with ${INSUFFICIENT_PRIVILEGE}; a proof says so of the ledger`,
      facts: { refused: FORBIDDEN.length, counted: counted.stdout.split("\n").slice(0, SHOWN_LINES) },
      mismatches: [
        ...mismatches,
        ...expectEqual("statements that were tried", "some", FORBIDDEN.length > 0 ? "some" : "none"),
        ...expectEnd("cutter proof counts, which counts nothing", counted, "NOT_PROVEN"),
        ...expectHolds("what the proof says", counted.stdout, "42501, untouched by construction"),
        ...expectRows(before, after, {}),
      ],
      predicted: {},
    };
  },
};

const SHOWN_LINES = 20;
