/**
 * S3: a run that has ended is resumed: nothing is done, and nobody connects.
 *
 * The run is that of S2. The server's own log says that no session came.
 */
import { Failure } from "../../kernel/failure.ts";
import { expectEqual } from "../../report/judgement.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { countsOf, expectRows } from "./ledger.ts";
import { RESUME } from "./plan-lines.ts";
import type { Scenario } from "./scenario.ts";

export const resumeClosed: Scenario = {
  id: "S3",
  title: "resume of the closed run does no work",
  lines: [RESUME],
  needs: ["second session", "lasting data", "role logins", "server log"],
  async run(stage) {
    const closed = stage.closed;
    if (closed === null) return new Failure("SANDBOX_NOT_PROVEN", "there is no closed run: S2 did not come to its end");
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const words = await closed.desk.resumeWords(closed.runId, null);
    const came = stage.watchLogins();
    const ended = await closed.desk.run(words);
    const sessions = came();
    const after = await countsOf(stage);
    if (after instanceof Failure) return after;
    return {
      summary: "CLOSEOUT_REPORTED, no work, no connection",
      facts: { run_id: closed.runId, sessions },
      mismatches: [
        ...expectEnd("resume", ended, null),
        ...expectHolds("what it prints", ended.stdout, "CLOSEOUT_REPORTED"),
        ...expectHolds("what it says", ended.stderr, "no work was done"),
        ...expectEqual("sessions that came", 0, sessions.length),
        ...expectRows(before, after, {}),
      ],
      predicted: {},
    };
  },
};
