/**
 * S6 on the embedded engine: a cutplan with bare rows: all of it is told at once, and a live run goes no further.
 *
 * The run is begun in this process, on the sandbox's database; what the verbs say of it is asked of processes, whose
 * every connection leads to a door. Nothing is written, and nobody comes there.
 */
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { Failure } from "../../../kernel/failure.ts";
import { expectEqual } from "../../../report/judgement.ts";
import { known } from "../../sandbox.ts";
import { HANDBOOK_UNITS } from "../../stage/files.ts";
import type { Stage } from "../../stage/stage.ts";
import { expectEnd } from "../expect.ts";
import { countsOf, expectRows, ledgerRun } from "../ledger.ts";
import { BARE_FIELDS, bareRows } from "../s-06-bare-rows.ts";
import type { Outcome, Scenario } from "../scenario.ts";
import { beginLive } from "./begin-live.ts";
import { type Door, openDoor } from "./door.ts";

export const bareRowsInside: Scenario = {
  ...bareRows,
  lines: [
    "# a live run of the handbook is begun in this process, with --profile bare and --publication-type nothing",
    "cutter show RUN --json",
    "cutter resume RUN --live --confirm DIGEST --config bare.toml",
  ],
  needs: ["lasting data"],
  async run(stage) {
    const { bare: from } = known(stage.sandbox.staged, "stage");
    const door = await openDoor(stage.sandbox, { name: "door-6", from });
    return door instanceof Failure ? door : refused(stage, door).finally(() => door.close());
  },
};

async function refused(stage: Stage, door: Door): Promise<Outcome | Failure> {
  const before = await countsOf(stage);
  if (before instanceof Failure) return before;
  const desk = stage.desk(door.configuration);
  const ownProfile = bareProfile(door.configuration);
  const documentId = stage.document("S6");
  const begun = await beginLive(stage, desk, { documentId, profile: "bare", ownProfile, publicationType: "nothing" });
  if (begun instanceof Failure) return begun;
  const { run, planned } = begun;
  const [shown, inLedger] = [await desk.show(run.runId), await ledgerRun(stage, run.runId)];
  const resumed = await desk.resume(run.runId, null);
  const after = await countsOf(stage);
  if (inLedger instanceof Failure) return inLedger;
  if (after instanceof Failure) return after;
  const { problems } = planned.cutplan;
  const told = BARE_FIELDS.map((name) => [name, problems.filter(({ field }) => field === name).length] as const);
  const lines = problems.map(({ canonicalAddress, field, problem }) => `${canonicalAddress}: ${field} ${problem}`);
  for (const line of lines) stage.say(`refused: ${line}`);
  return {
    summary: `${problems.length} problems of ${HANDBOOK_UNITS} rows, all told; ${shown?.stop?.code}`,
    facts: { problems: lines, mode: run.mode, connections: door.knocks() },
    mismatches: [
      ...expectEqual("mode of the run", "live", run.mode),
      ...expectEqual("state", "STOPPED", shown?.state),
      ...expectEqual("stop code", "STOP_CUTPLAN_REFUSED", shown?.stop?.code),
      ...told.flatMap(([field, count]) => expectEqual(`problems with ${field}`, HANDBOOK_UNITS, count)),
      ...expectEqual("the run in the ledger", null, inLedger),
      ...expectEnd("resume", resumed, "STOP_CUTPLAN_REFUSED"),
      ...expectEqual("connections that the refused run asked for", 0, door.knocks()),
      ...expectRows(before, after, {}),
    ],
    predicted: {},
  };
}

function bareProfile(configuration: string): unknown {
  const { profiles } = parse(readFileSync(configuration, "utf8")) as {
    readonly profiles?: { readonly bare?: unknown };
  };
  return profiles?.bare ?? null;
}
