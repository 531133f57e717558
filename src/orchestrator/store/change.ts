/**
 * store/change: one step of a run: read it, decide, tell it in an event, write what it is now; all in one transaction.
 *
 * The only way in which a run's row changes. A former owner is refused here (STOP_LOCKED), whatever the step is. Called
 * by the files of the store that have a verb for a name.
 */
import runBySql from "../../../sql/store/run.sql" with { type: "text" };
import updateRun from "../../../sql/store/update-run.sql" with { type: "text" };
import { isOpen } from "../../flow/phase.ts";
import { timestamp } from "../../kernel/clock.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { appendEvent } from "./append-event.ts";
import type { Connection } from "./connection.ts";
import type { EventKind, StoreEvent } from "./event.ts";
import { refuseSecondLiveRun } from "./open-run.ts";
import { changingOf, parseRun, type RunRecord } from "./run-record.ts";

/** What a step makes of a run. */
export type Step = {
  /** What is different from now on; the event's place and the time are filled in. */
  readonly next: Partial<RunRecord>;
  readonly kind: EventKind;
  readonly data: Facts;
  /** Other rows of the same transaction; called when the event is written. */
  readonly also?: (event: StoreEvent) => void;
};

/** The run after the step, or as it is where there is none (null). RUN_UNKNOWN, `decide`'s Failure, the disk's. */
export function changeRun(
  connection: Connection,
  runId: string,
  decide: (run: RunRecord) => Step | Failure | null,
): RunRecord | Failure {
  return connection.write(() => {
    const run = findRun(connection, runId);
    if (run === null) return unknownRun(runId);
    if (run instanceof Failure) return run;
    const step = decide(run);
    if (step === null) return run;
    return step instanceof Failure ? step : (refuseReopening(connection, run, step) ?? perform(connection, run, step));
  });
}

/** null where there is none of that name; within a transaction of the caller. */
export function findRun(connection: Connection, runId: string): RunRecord | null | Failure {
  const [row] = connection.rows(runBySql, { run_id: runId });
  return row === undefined ? null : parseRun(row);
}

/** STOP_LOCKED unless the fence is that of the last process that took the run; null if it is. */
export function refuseFormerOwner(run: RunRecord, fence: number): Failure | null {
  if (run.fence === fence) return null;
  const message = `run ${run.runId} was taken by another process: its fence is ${run.fence}, ours is ${fence}`;
  return new Failure("STOP_LOCKED", message, { facts: { run_id: run.runId, fence: run.fence, ours: fence } });
}

/** A stopped run does not keep others from its document, so another live one may be open when it is held. */
function refuseReopening(connection: Connection, run: RunRecord, { next }: Step): Failure | null {
  const reopens = !isOpen(run.state) && next.state !== undefined && isOpen(next.state);
  return reopens ? refuseSecondLiveRun(connection, run) : null;
}

function perform(connection: Connection, run: RunRecord, step: Step): RunRecord {
  const at = timestamp();
  const event = appendEvent(connection, {
    runId: run.runId,
    at,
    kind: step.kind,
    data: step.data,
    runPreviousSha256: run.eventSha256,
  });
  step.also?.(event);
  const next: RunRecord = {
    ...run,
    ...step.next,
    updatedAt: at,
    eventSequence: event.sequence,
    eventSha256: event.sha256,
  };
  const from = { from_state: run.state, from_fence: run.fence };
  const changed = connection.change(updateRun, { run_id: run.runId, ...from, ...changingOf(next) });
  if (changed !== 1) throw new Error(`run ${run.runId} was moved within our own transaction`);
  return next;
}

function unknownRun(runId: string): Failure {
  return new Failure("RUN_UNKNOWN", `the run store has no run ${runId}`, { facts: { run_id: runId } });
}
