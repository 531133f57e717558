/**
 * S4: the document of S2 is cut a second time: another run, the same source version, and nothing to write.
 *
 * From a desk of its own, as from another host: it does not know the first run. Writes nothing.
 */
import { Failure } from "../../kernel/failure.ts";
import { expectEqual } from "../../report/judgement.ts";
import { known } from "../sandbox.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { countsOf, expectRows, ledgerRun } from "./ledger.ts";
import { CUT, SHOW } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

export const secondRun: Scenario = {
  id: "S4",
  title: "a second run of the same document is isolated, and planned as unchanged",
  lines: [CUT, SHOW],
  needs: ["second session", "lasting data", "role logins"],
  async run(stage) {
    const closed = stage.closed;
    if (closed === null) return new Failure("SANDBOX_NOT_PROVEN", "there is no closed run: S2 did not come to its end");
    const { document } = known(stage.sandbox.staged, "stage");
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const desk = stage.desk();
    const { ended, runId } = await desk.begin(document.id, document.path, "--profile", document.profile);
    if (runId === null) return notBegun(ended.stderr);
    const [first, second] = [await closed.desk.show(closed.runId), await desk.show(runId)];
    const inLedger = await ledgerRun(stage, runId);
    const after = await countsOf(stage);
    for (const failed of [inLedger, after]) if (failed instanceof Failure) return failed;
    return {
      summary: `${second?.state}, ${second?.sourceVersionId}, nothing to write`,
      facts: { first: closed.runId, second: runId, source_version: second?.sourceVersionId ?? null },
      mismatches: [
        ...expectEnd("cut", ended, null),
        ...expectHolds("what it prints", ended.stdout, "PLANNED"),
        ...expectEqual("another run", "yes", runId === closed.runId ? "no" : "yes"),
        ...expectEqual("state of the second run", "PLANNED", second?.state),
        ...expectEqual("source version", first?.sourceVersionId, second?.sourceVersionId),
        ...expectEqual("state of the first run", "CLOSEOUT_REPORTED", first?.state),
        ...expectEqual("the second run in the ledger", null, inLedger),
        ...expectRows(before, after as Exclude<typeof after, Failure>, {}),
      ],
      predicted: {},
    };
  },
};
