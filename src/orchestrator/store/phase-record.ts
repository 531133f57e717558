/**
 * store/phase-record: how one attempt of a phase ended, and the row that it stands in.
 *
 * Append-only; a phase of a run is done at most once. A payload comes back as it was given, or not at all: its digest
 * is compared when it is read. Used by the files of the store; the type by the orchestrator and the commands.
 */
import * as v from "valibot";
import insertPhase from "../../../sql/store/insert-phase.sql" with { type: "text" };
import { sha256 } from "../../kernel/digest.ts";
import type { Fact, Failure } from "../../kernel/failure.ts";
import type { Connection } from "./connection.ts";
import { parseCanonical, type StoreEvent } from "./event.ts";
import { RECORDED_PHASES, type RecordedPhase, unreadableRow } from "./run-record.ts";

export const PHASE_OUTCOMES = ["done", "void", "mismatch"] as const;

/** done; void: this attempt never will be; mismatch: the verification found a difference. */
export type PhaseOutcome = (typeof PHASE_OUTCOMES)[number];

export type PhaseRecord = {
  readonly runId: string;
  readonly phase: RecordedPhase;
  readonly attempt: number;
  readonly outcome: PhaseOutcome;
  /** What the phase produced, as it was given; null for a void attempt that left nothing. */
  readonly payload: Fact;
  /** Of its canonical JSON. */
  readonly payloadSha256: string | null;
  readonly createdAt: string;
  readonly eventSequence: number;
};

export type PhaseRow = {
  readonly phase: RecordedPhase;
  readonly attempt: number;
  readonly outcome: PhaseOutcome;
  /** Canonical JSON, and its digest. */
  readonly payload: string | null;
  readonly digest: string | null;
};

/** Within the transaction of its event. */
export function recordPhase(connection: Connection, event: StoreEvent, row: PhaseRow): void {
  connection.change(insertPhase, {
    run_id: event.runId,
    phase: row.phase,
    attempt: row.attempt,
    outcome: row.outcome,
    payload: row.payload,
    payload_sha256: row.digest,
    created_at: event.at,
    event_sequence: event.sequence,
  });
}

const PhaseRowSchema = v.strictObject({
  run_id: v.string(),
  phase: v.picklist(RECORDED_PHASES),
  attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  outcome: v.picklist(PHASE_OUTCOMES),
  payload: v.nullable(v.string()),
  payload_sha256: v.nullable(v.string()),
  created_at: v.string(),
  event_sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/** STORE_DAMAGED where the row is none, or its payload is not what its digest says. */
export function parsePhase(row: unknown): PhaseRecord | Failure {
  const parsed = v.safeParse(PhaseRowSchema, row);
  if (!parsed.success) return unreadableRow("run_phase", v.summarize(parsed.issues));
  const { output } = parsed;
  const payload = output.payload === null ? null : parseCanonical(output.payload);
  const digest = output.payload === null ? null : sha256(output.payload);
  if (payload === undefined || digest !== output.payload_sha256) {
    return unreadableRow(
      "run_phase",
      `the payload of ${output.phase}, run ${output.run_id}, is not what its digest says`,
    );
  }
  return {
    runId: output.run_id,
    phase: output.phase,
    attempt: output.attempt,
    outcome: output.outcome,
    payload: payload as Fact,
    payloadSha256: output.payload_sha256,
    createdAt: output.created_at,
    eventSequence: output.event_sequence,
  };
}
