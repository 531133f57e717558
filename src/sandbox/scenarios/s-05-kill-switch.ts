/**
 * S5: the kill switch is off: the six methods refuse before anybody is connected to, and so does a HOLD.
 *
 * The six by the battery's own PROOF-2, as the executing role; then a run with a sound approval, without --live and
 * under a HOLD: the server's log says that no session came.
 */

import { METHODS } from "../../execution/adapter.ts";
import { Failure } from "../../kernel/failure.ts";
import type { BatteryReport } from "../../report/battery.ts";
import { expectEqual, type Observation } from "../../report/judgement.ts";
import type { Ended } from "../processes.ts";
import { known } from "../sandbox.ts";
import { readJson } from "../stage/desk.ts";
import { DATABASE } from "../words.ts";
import { expectEnd } from "./expect.ts";
import { countsOf, expectRows } from "./ledger.ts";
import { approveLine, CUT, RESUME_APPROVED } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

export const killSwitch: Scenario = {
  id: "S5",
  title: "kill switch off: six refusals, no connection",
  lines: [
    "cutter proof rollback --url URL_OF_cutter_exec --json",
    CUT,
    approveLine("SG1"),
    RESUME_APPROVED.replace(" --live", ""),
    "cutter hold set --run RUN --reason sandbox",
    RESUME_APPROVED,
    "cutter hold clear --run RUN --confirm RUN",
  ],
  needs: ["second session", "lasting data", "role logins", "server log"],
  async run(stage) {
    const { handbook } = known(stage.sandbox.staged, "stage");
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const desk = stage.desk();
    const url = known(stage.sandbox.server, "server").url({ role: "cutter_exec", database: DATABASE }) ?? "";
    const battery = await desk.run(["proof", "rollback", "--url", url, "--json"]);
    const six = sixRefusals(battery);
    const { ended: cut, runId } = await desk.begin(stage.document("S5"), handbook);
    if (runId === null) return notBegun(cut.stderr);
    const approval = await desk.approve(runId, "SG1");
    if (approval instanceof Failure) return approval;
    const live = await desk.resumeWords(runId, approval);
    const came = stage.watchLogins();
    const unarmed = await desk.run(live.filter((word) => word !== "--live"));
    const set = await desk.run(["hold", "set", "--run", runId, "--reason", "sandbox"]);
    const held = await desk.run(live);
    const sessions = came();
    const cleared = await desk.run(["hold", "clear", "--run", runId, "--confirm", runId]);
    const after = await countsOf(stage);
    if (after instanceof Failure) return after;
    return {
      summary: six.summary,
      facts: { ...six.facts, sessions },
      mismatches: [
        ...six.mismatches,
        ...expectEnd("resume without --live", unarmed, "STOP_KILL_SWITCH"),
        ...expectEnd("hold set", set, null),
        ...expectEnd("resume under a HOLD", held, "STOP_HOLD"),
        ...expectEnd("hold clear", cleared, null),
        ...expectEqual("sessions that came", 0, sessions.length),
        ...expectRows(before, after, {}),
      ],
      predicted: {},
    };
  },
};

/** Of `cutter proof rollback --json`: each of the six methods refused, and nobody was connected to for it. */
export function sixRefusals(battery: Ended): Observation {
  const report = readJson(battery.stdout) as Pick<BatteryReport, "proofs" | "verdictLine"> | null;
  const writer = report?.proofs.find(({ id }) => id === "PROOF-2");
  const answers = (writer?.facts.answers ?? {}) as Record<string, string>;
  const refused = Object.keys(answers).length;
  return {
    summary: `${refused} of ${METHODS.length} methods refused, provider_calls=${writer?.facts.provider_calls}`,
    facts: { answers, battery: report?.verdictLine ?? "none" },
    mismatches: [
      ...expectEnd("cutter proof rollback", battery, null),
      ...expectEqual("PROOF-2", "PASS", writer?.verdict),
      ...expectEqual("connections that PROOF-2 saw asked for", 0, writer?.facts.provider_calls),
      ...METHODS.flatMap((method) => expectEqual(method, "KILL_SWITCH_OFF", answers[method])),
    ],
  };
}
