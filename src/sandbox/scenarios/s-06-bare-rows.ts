/**
 * S6: a cutplan with bare rows: every row lacks what the write contract asks for, and all of it is told at once.
 *
 * The profile and the publication type are words that the vocabulary does not have. Nothing is written, and the run
 * goes no further.
 */
import { Failure } from "../../kernel/failure.ts";
import { expectEqual } from "../../report/judgement.ts";
import { known } from "../sandbox.ts";
import { HANDBOOK_UNITS } from "../stage/files.ts";
import { expectEnd } from "./expect.ts";
import { countsOf, expectRows, ledgerRun } from "./ledger.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

/** Of the profile `bare`, and of the publication type that is asked for. */
export const BARE_FIELDS = ["unit_kind", "section_type", "publication_type"];

export const bareRows: Scenario = {
  id: "S6",
  title: "a cutplan with bare rows is refused before any write, with every problem",
  lines: [
    "cutter cut DOCUMENT --source FILE --survey --live --profile bare --publication-type nothing --config bare.toml",
  ],
  needs: ["second session", "lasting data", "role logins"],
  async run(stage) {
    const { handbook, bare } = known(stage.sandbox.staged, "stage");
    const before = await countsOf(stage);
    if (before instanceof Failure) return before;
    const desk = stage.desk(bare);
    const { ended, runId } = await desk.begin(
      stage.document("S6"),
      handbook,
      "--profile",
      "bare",
      "--publication-type",
      "nothing",
    );
    if (runId === null) return notBegun(ended.stderr);
    const [shown, inLedger] = [await desk.show(runId), await ledgerRun(stage, runId)];
    const resumed = await desk.resume(runId, null);
    const after = await countsOf(stage);
    for (const failed of [inLedger, after]) if (failed instanceof Failure) return failed;
    const problems = ended.stderr.split("\n").filter((line) => line.startsWith("refused: "));
    const told = BARE_FIELDS.map(
      (field) => [field, problems.filter((line) => line.includes(` ${field} `)).length] as const,
    );
    return {
      summary: `${problems.length} problems of ${HANDBOOK_UNITS} rows, all told; ${shown?.stop?.code}`,
      facts: { problems },
      mismatches: [
        ...expectEnd("cut", ended, "STOP_CUTPLAN_REFUSED"),
        ...expectEqual("state", "STOPPED", shown?.state),
        ...expectEqual("stop code", "STOP_CUTPLAN_REFUSED", shown?.stop?.code),
        ...told.flatMap(([field, count]) => expectEqual(`problems with ${field}`, HANDBOOK_UNITS, count)),
        ...expectEqual("the run in the ledger", null, inLedger),
        ...expectEnd("resume", resumed, "STOP_CUTPLAN_REFUSED"),
        ...expectRows(before, after as Exclude<typeof after, Failure>, {}),
      ],
      predicted: {},
    };
  },
};
