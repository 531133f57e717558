/**
 * store/move: a run changes its state, or says why it stays in it.
 *
 * Compare-and-set: state and fence must be what the caller saw, and flow/phase.ts must have the move. A state that a
 * phase ends in is reached by recording that phase (phase-record.ts), never from here. Called through the store.
 */
import { mayMove, type RunState, STEPS } from "../../flow/phase.ts";
import type { StopCode } from "../../flow/stop-code.ts";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { Failure } from "../../kernel/failure.ts";
import { changeRun, refuseFormerOwner } from "./change.ts";
import type { Connection } from "./connection.ts";
import type { RunRecord } from "./run-record.ts";

/** Why a run does not go on: a code and a sentence, or neither. */
export type Stop = { readonly stopCode: StopCode; readonly message: string };

export type Move = {
  readonly from: RunState;
  /** A gate, STOPPED or HELD. */
  readonly to: RunState;
  readonly fence: number;
  readonly stopCode?: StopCode;
  /** Goes with stopCode. */
  readonly message?: string;
};

/** The run in its new state. STOP_LOCKED for a lost fence, RUN_MOVE_REFUSED for a move that is not to be. */
export function moveRun(connection: Connection, runId: string, move: Move): RunRecord | Failure {
  const stop = stopOf(move);
  return changeRun(connection, runId, (run) => {
    const refused = refuseFormerOwner(run, move.fence) ?? refuseMove(run, move.from, move.to);
    if (refused !== null) return refused;
    if (reachedByPhase(move.to)) return moveRefused(run, move.to, "only the record of its phase leads there");
    const { from, to, fence } = move;
    return {
      next: { state: to, ...stop },
      kind: "moved",
      data: { from, to, fence, stop_code: stop.stopCode, message: stop.stopMessage },
    };
  });
}

export type StopRequest = Stop & { readonly state: RunState; readonly fence: number };

/** The run where it stands, with the reason why it does not go on; the state does not change. */
export function stopRun(connection: Connection, runId: string, request: StopRequest): RunRecord | Failure {
  const stop = stopOf(request);
  return changeRun(connection, runId, (run) => {
    const refused = refuseFormerOwner(run, request.fence) ?? refuseState(run, request.state);
    if (refused !== null) return refused;
    const { state, fence } = request;
    return { next: stop, kind: "stopped", data: { state, fence, stop_code: stop.stopCode, message: stop.stopMessage } };
  });
}

export type StopFields = Pick<RunRecord, "stopCode" | "stopMessage">;

/** As it is stored: bounded, well-formed and without secrets; both null where there is no code. */
export function stopOf(stop: { readonly stopCode?: StopCode; readonly message?: string }): StopFields {
  if (stop.stopCode === undefined) return { stopCode: null, stopMessage: null };
  const message = boundedText((stop.message ?? "").toWellFormed().replaceAll("\0", "\\0"));
  return { stopCode: stop.stopCode, stopMessage: message };
}

/** RUN_MOVE_REFUSED unless the run stands in `from` and may go to `to`; null if it does. */
export function refuseMove(run: RunRecord, from: RunState, to: RunState): Failure | null {
  const elsewhere = refuseState(run, from);
  if (elsewhere !== null) return elsewhere;
  return mayMove(from, to) ? null : moveRefused(run, to, `no move leads from ${from} to ${to}`);
}

function refuseState(run: RunRecord, state: RunState): Failure | null {
  return run.state === state ? null : moveRefused(run, run.state, `it stands at ${run.state}, not at ${state}`);
}

export function moveRefused(run: RunRecord, to: string, why: string): Failure {
  return new Failure("RUN_MOVE_REFUSED", `run ${run.runId} is not moved: ${why}`, {
    facts: { run_id: run.runId, state: run.state, to },
  });
}

function reachedByPhase(state: RunState): boolean {
  return state === "REVERTED" || STEPS.some(({ kind, after }) => kind === "work" && after === state);
}
