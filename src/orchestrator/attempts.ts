/**
 * attempts: which attempt of a phase comes next, and what becomes of one that was begun and never ended.
 *
 * A process that died between the two records leaves its phase open. In a dry run nothing of it is left: it lived in
 * memory. Called by whoever records phases, under the run's lock.
 */
import { Failure } from "../kernel/failure.ts";
import type { RecordedPhase, RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** 1, 2, 3 …: one more than was ever recorded of this phase. */
export function nextAttempt(store: Store, runId: string, phase: RecordedPhase): number | Failure {
  const phases = store.phases(runId);
  if (phases instanceof Failure) return phases;
  return 1 + Math.max(0, ...phases.filter((one) => one.phase === phase).map((one) => one.attempt));
}

/** The run without an open phase: the one that was open is recorded as void. */
export function settleOpen(store: Store, run: RunRecord, fence: number): RunRecord | Failure {
  const { openPhase: open, runId } = run;
  if (open === null) return run;
  return store.finishPhase(runId, { ...open, outcome: "void", payload: null, fence });
}
