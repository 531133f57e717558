/**
 * run-store: opens the run store of the state directory for one verb, and closes it whatever the verb does.
 *
 * Called by the verbs that begin, resume, show or verify runs.
 */
import { isRunId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { openStore } from "../orchestrator/store/open-store.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Globals } from "./command/command.ts";

export async function withStore<T>(
  globals: Pick<Globals, "stateDir">,
  work: (store: Store) => Promise<T | Failure>,
): Promise<T | Failure> {
  const directory = stateDirectory(process.env, { flag: globals.stateDir });
  if (directory instanceof Failure) return directory;
  const store = await openStore(directory);
  if (store instanceof Failure) return store;
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** RUN_UNKNOWN with the newest runs, USAGE for what is no run id at all. */
export function findRun(store: Store, runId: string): RunRecord | Failure {
  if (!isRunId(runId)) {
    return new Failure("USAGE", `${runId} is not the name of a run`, { hint: "cutter runs lists them." });
  }
  const run = store.run(runId);
  if (run !== null) return run;
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  const newest = runs.slice(-3).map((one) => one.runId);
  const hint = newest.length === 0 ? "There is no run yet." : `The newest are ${newest.join(", ")}.`;
  return new Failure("RUN_UNKNOWN", `there is no run ${runId} in ${store.directory}`, { hint });
}
