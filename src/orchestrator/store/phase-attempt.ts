/**
 * store/phase-attempt: an attempt of a phase: begun before its effect, and recorded after it together with the move.
 *
 * Between the two the run has an open phase; whoever takes the run next sees it and must find out what became of it,
 * never guess. Called through the store.
 */
import attemptsSql from "../../../sql/store/attempts.sql" with { type: "text" };
import { nextStep, type RunState, STEPS } from "../../flow/phase.ts";
import type { StopCode } from "../../flow/stop-code.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { type Fact, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { changeRun, refuseFormerOwner } from "./change.ts";
import type { Connection } from "./connection.ts";
import { moveRefused, refuseMove, stopOf } from "./move.ts";
import { type PhaseOutcome, recordPhase } from "./phase-record.ts";
import type { RecordedPhase, RunRecord } from "./run-record.ts";

export type PhaseBegin = {
  readonly phase: RecordedPhase;
  /** 1, 2, 3 …; higher than any recorded attempt of this phase. */
  readonly attempt: number;
  readonly fence: number;
};

/** The run with its open phase. RUN_MOVE_REFUSED where another is open, or this phase is not the next one. */
export function beginPhase(connection: Connection, runId: string, begin: PhaseBegin): RunRecord | Failure {
  const { phase, attempt, fence } = begin;
  return changeRun(connection, runId, (run) => {
    const refused = refuseFormerOwner(run, fence) ?? refuseBegin(connection, run, begin);
    if (refused !== null) return refused;
    return {
      next: { openPhase: { phase, attempt }, stopCode: null, stopMessage: null },
      kind: "phase-begun",
      data: { phase, attempt, fence, state: run.state },
    };
  });
}

function refuseBegin(connection: Connection, run: RunRecord, { phase, attempt }: PhaseBegin): Failure | null {
  const begin = `${phase}, attempt ${attempt},`;
  const { openPhase } = run;
  if (openPhase !== null) {
    return moveRefused(run, begin, `nobody has recorded how attempt ${openPhase.attempt} of ${openPhase.phase} ended`);
  }
  const isNext = phase === "compensate" ? REVERTIBLE.includes(run.state) : nextStep(run.state)?.name === phase;
  if (!isNext) return moveRefused(run, begin, `${phase} is not what follows ${run.state}`);
  const [row] = connection.rows(attemptsSql, { run_id: run.runId, phase });
  const { highest } = row as { readonly highest: number };
  return attempt > highest ? null : moveRefused(run, begin, `attempt ${highest} is recorded already`);
}

/** From these the table of moves leads to REVERTED. */
const REVERTIBLE: readonly RunState[] = ["CLOSEOUT_REPORTED", "STOPPED", "HELD"];

export type PhaseFinish = {
  readonly phase: RecordedPhase;
  readonly attempt: number;
  readonly outcome: PhaseOutcome;
  /** Stored as it is, never redacted: it may be text of the document. Null only for a void attempt. */
  readonly payload: Fact;
  readonly fence: number;
  /** done: the state that the phase ends in; else STOPPED or HELD. Absent: the run stays where it is. */
  readonly to?: RunState;
  readonly stopCode?: StopCode;
  /** Goes with stopCode. */
  readonly message?: string;
  /** What the phases manifest and cutplan are for. */
  readonly manifestSha256?: string;
  readonly cutplanSha256?: string;
};

/** The run after it: record, move and event in one transaction. STOP_LOCKED, RUN_MOVE_REFUSED, FILE_WRITE_FAILED. */
export function finishPhase(connection: Connection, runId: string, finish: PhaseFinish): RunRecord | Failure {
  const payload = finish.payload === null ? null : canonicalJson(finish.payload);
  if (payload !== null && Buffer.byteLength(payload) > limits.storePayloadBytes) return tooLarge(finish.phase);
  const digest = payload === null ? null : sha256(payload);
  const { phase, attempt, outcome, fence, to } = finish;
  const stop = stopOf(finish);
  return changeRun(connection, runId, (run) => {
    const refused = refuseFormerOwner(run, fence) ?? refuseFinish(run, finish);
    if (refused !== null) return refused;
    const digests = digestsOf(run, finish);
    return {
      next: { state: to ?? run.state, openPhase: null, ...stop, ...digests },
      kind: "phase-finished",
      data: {
        ...{ phase, attempt, outcome, payload_sha256: digest, fence, from: run.state, to: to ?? run.state },
        ...{ stop_code: stop.stopCode, message: stop.stopMessage },
        ...{ manifest_sha256: digests.manifestSha256, cutplan_sha256: digests.cutplanSha256 },
      },
      also: (event) => recordPhase(connection, event, { phase, attempt, outcome, payload, digest }),
    };
  });
}

function refuseFinish(run: RunRecord, { phase, attempt, outcome, payload, to }: PhaseFinish): Failure | null {
  const end = `the end of ${phase}, attempt ${attempt},`;
  if (run.openPhase?.phase !== phase || run.openPhase.attempt !== attempt) {
    return moveRefused(run, end, `attempt ${attempt} of ${phase} is not open`);
  }
  if (outcome !== "void" && payload === null) throw new Error(`${phase} is ${outcome} and has no payload`);
  if (to !== undefined) {
    const ends = outcome === "done" ? [stateAfter(phase)] : ["STOPPED", "HELD"];
    if (!ends.includes(to)) return moveRefused(run, to, `${phase}, ${outcome}, does not end in ${to}`);
    return refuseMove(run, run.state, to);
  }
  const standsStill = run.state === "STOPPED" || run.state === "HELD";
  const onlyRecorded = outcome === "void" || (standsStill && phase !== "compensate");
  return onlyRecorded ? null : moveRefused(run, end, `${phase}, ${outcome}, has to say where the run goes`);
}

function stateAfter(phase: RecordedPhase): RunState {
  const after = STEPS.find(({ name }) => name === phase)?.after;
  return after ?? "REVERTED";
}

function digestsOf(run: RunRecord, finish: PhaseFinish): Pick<RunRecord, "manifestSha256" | "cutplanSha256"> {
  const { manifestSha256 = run.manifestSha256, cutplanSha256 = run.cutplanSha256 } = finish;
  return { manifestSha256, cutplanSha256 };
}

/** For whoever stores a payload: larger than limits.storePayloadBytes. */
export function tooLarge(phase: RecordedPhase): Failure {
  const message = `what ${phase} leaves is larger than the run store takes, ${limits.storePayloadBytes} bytes`;
  return new Failure("FILE_WRITE_FAILED", message, { facts: { limit_bytes: limits.storePayloadBytes } });
}
