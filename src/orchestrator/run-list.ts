/**
 * run-list: what the store and the folders know of all runs, for a person who asks what there is to do.
 *
 * Looks whether each run's folder is there with the files that a resume reads; what is in them is asked by
 * `cutter verify`. Reads only, and takes no lock. Called by `cutter runs`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isClosed, waitsAt } from "../flow/phase.ts";
import { isRunId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { errnoOf, failedCall } from "../kernel/private-files/errno.ts";
import type { ListedRun, RunList } from "../report/runs.ts";
import { nextCommand } from "./next-actions.ts";
import { stopsInPlanning } from "./record-plan.ts";
import { RUN_FILES, runFolder } from "./run-files.ts";
import { lockPath } from "./store/lock-file.ts";
import { lockHolder } from "./store/lock-holder.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

type Asked = { readonly documentId: string | undefined; readonly nowMs: number };

export type Listed = RunList & { readonly records: readonly RunRecord[] };

export function listRuns(store: Store, { documentId, nowMs }: Asked): Listed | Failure {
  const found = store.runs(documentId === undefined ? {} : { documentId });
  if (found instanceof Failure) return found;
  const records = [...found].reverse();
  const runs: ListedRun[] = [];
  for (const run of records) {
    const one = listed(store, run, nowMs);
    if (one instanceof Failure) return one;
    runs.push(one);
  }
  const troubles = strangers(store);
  return troubles instanceof Failure ? troubles : { directory: store.directory, records, runs, troubles };
}

function listed(store: Store, run: RunRecord, nowMs: number): ListedRun | Failure {
  // Asked only where the answer depends on it: of a run that has ended, a payload may be large.
  const phases = run.state === "PLANNED" ? store.phases(run.runId) : [];
  if (phases instanceof Failure) return phases;
  const { runId, documentId, mode, state, target } = run;
  const holder = isClosed(state) ? null : lockHolder(lockPath(store.directory, runId));
  const isWorking = holder !== null && holder.is !== "stopped";
  const trouble = troubleOf(store, run);
  const goesOn = trouble === null ? nextCommand(run, phases, store.directory) : `cutter verify ${runId}`;
  const next = isWorking ? null : goesOn;
  return {
    ...{ runId, documentId, mode, state, next, database: `${target.database}`, trouble },
    stands:
      holder === null ? standing(run, phases) : `process ${holder.pid} has it${isWorking ? "" : ", and is stopped"}`,
    needs: next === null ? "nobody" : "a person",
    ageMs: nowMs - Date.parse(run.updatedAt),
  };
}

function standing(run: RunRecord, phases: readonly PhaseRecord[]): string {
  const { state, stopCode, openPhase } = run;
  if (state === "CLOSEOUT_REPORTED") return "done";
  if (state === "REVERTED") return "taken back";
  const why = stopCode === null || stopCode === "STOP_APPROVAL_REQUIRED" ? "" : `: ${stopCode}`;
  if (state === "STOPPED" || state === "HELD") return `${state === "HELD" ? "held" : "stopped"}${why}`;
  if (openPhase !== null) return `cut off in ${openPhase.phase}${why}`;
  const gate = waitsAt(state);
  if (gate !== null) return `waits for ${gate}${why === "" ? "" : `; last refused${why}`}`;
  if (state === "PLANNED" && !stopsInPlanning(run, phases)) return "nothing to write";
  return `cut off behind ${state}${why}`;
}

function troubleOf(store: Store, run: RunRecord): string | null {
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  if (!existsSync(folder)) return "its folder is missing";
  const missing = RUN_FILES.filter((name) => !existsSync(join(folder, name)));
  return missing.length === 0 ? null : `${missing.join(", ")} missing in its folder`;
}

const RUN_PREFIX = "ictr-";

/** Folders that are named like a run, and that the store knows nothing of: it was exchanged, or a begin was cut off. */
function strangers(store: Store): readonly string[] | Failure {
  const folder = join(store.directory, "runs");
  const names = namesIn(folder);
  if (names instanceof Failure) return names;
  const troubles: string[] = [];
  for (const name of names.filter((one) => one.startsWith(RUN_PREFIX)).sort()) {
    const run = isRunId(name) ? store.run(name) : null;
    if (run instanceof Failure) return run;
    if (run === null) troubles.push(`${join("runs", name)} is of no run that this store knows`);
  }
  return troubles;
}

function namesIn(folder: string): readonly string[] | Failure {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    return new Failure("FILE_UNREADABLE", failedCall(`list ${folder}`, cause), { cause });
  }
}
