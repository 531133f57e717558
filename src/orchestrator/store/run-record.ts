/**
 * store/run-record: what the store knows of a run, and the row that it stands in.
 *
 * A row is parsed, not trusted: the file may have been altered. Pure. Used by the files of the store; the type by the
 * orchestrator and the commands.
 */
import * as v from "valibot";
import { PHASES, type Phase, type RunState, STATES } from "../../flow/phase.ts";
import { STOP_CODES, type StopCode } from "../../flow/stop-code.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import type { Bindings } from "./connection.ts";

export const RUN_MODES = ["dryrun", "rehearsal", "live"] as const;

export type RunMode = (typeof RUN_MODES)[number];

/** The phases that leave a record: those of a run, and the one that takes a run back. */
export const RECORDED_PHASES = [...PHASES, "compensate"] as const;

export type RecordedPhase = Phase | "compensate";

export type RunRecord = {
  readonly runId: string;
  /** Of the command that made several runs together; null where a run stands alone. */
  readonly sessionId: string | null;
  readonly documentId: string;
  readonly mode: RunMode;
  readonly state: RunState;
  /** Why the run does not go on by itself, and in what words; both null while it does. */
  readonly stopCode: StopCode | null;
  readonly stopMessage: string | null;
  /** Of the last process that took the run; 0 before the first. */
  readonly fence: number;
  /** A phase that was begun and whose end nobody has recorded. */
  readonly openPhase: { readonly phase: RecordedPhase; readonly attempt: number } | null;
  /** Identity of the database: system identifier, timeline, name. */
  readonly target: Facts;
  readonly sourceSha256: string;
  readonly sourceVersionId: string;
  /** Null until the phase is done; never changed after that. */
  readonly manifestSha256: string | null;
  readonly cutplanSha256: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The last event of this run. */
  readonly eventSequence: number;
  readonly eventSha256: string;
};

const text = v.pipe(v.string(), v.nonEmpty());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const facts = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

const RunRow = v.strictObject({
  run_id: text,
  session_id: v.nullable(text),
  document_id: text,
  mode: v.picklist(RUN_MODES),
  state: v.picklist(STATES),
  stop_code: v.nullable(v.picklist(STOP_CODES)),
  stop_message: v.nullable(v.string()),
  fence: count,
  open_phase: v.nullable(v.picklist(RECORDED_PHASES)),
  open_attempt: v.nullable(count),
  target: facts,
  source_sha256: digest,
  source_version_id: text,
  manifest_sha256: v.nullable(digest),
  cutplan_sha256: v.nullable(digest),
  created_at: text,
  updated_at: text,
  event_sequence: count,
  event_sha256: digest,
});

/** STORE_DAMAGED where the row is not one that this store writes. */
export function parseRun(row: unknown): RunRecord | Failure {
  const parsed = v.safeParse(RunRow, row);
  if (!parsed.success) return unreadableRow("run", v.summarize(parsed.issues));
  const { output } = parsed;
  const { open_phase: phase, open_attempt: attempt } = output;
  return {
    runId: output.run_id,
    sessionId: output.session_id,
    documentId: output.document_id,
    mode: output.mode,
    state: output.state,
    stopCode: output.stop_code,
    stopMessage: output.stop_message,
    fence: output.fence,
    openPhase: phase === null || attempt === null ? null : { phase, attempt },
    target: output.target as Facts,
    sourceSha256: output.source_sha256,
    sourceVersionId: output.source_version_id,
    manifestSha256: output.manifest_sha256,
    cutplanSha256: output.cutplan_sha256,
    createdAt: output.created_at,
    updatedAt: output.updated_at,
    eventSequence: output.event_sequence,
    eventSha256: output.event_sha256,
  };
}

/** The row of a run, for the statements of sql/store. */
export function runRow(run: RunRecord): Bindings {
  return { ...identityOf(run), ...changingOf(run) };
}

function identityOf(run: RunRecord): Bindings {
  return {
    run_id: run.runId,
    session_id: run.sessionId,
    document_id: run.documentId,
    mode: run.mode,
    target: canonicalJson(run.target),
    source_sha256: run.sourceSha256,
    source_version_id: run.sourceVersionId,
    created_at: run.createdAt,
  };
}

/** What update-run.sql sets. */
export function changingOf(run: RunRecord): Bindings {
  return {
    state: run.state,
    stop_code: run.stopCode,
    stop_message: run.stopMessage,
    fence: run.fence,
    open_phase: run.openPhase?.phase ?? null,
    open_attempt: run.openPhase?.attempt ?? null,
    manifest_sha256: run.manifestSha256,
    cutplan_sha256: run.cutplanSha256,
    updated_at: run.updatedAt,
    event_sequence: run.eventSequence,
    event_sha256: run.eventSha256,
  };
}

export function unreadableRow(table: string, problem: string): Failure {
  return new Failure("STORE_DAMAGED", `a row of ${table} in the run store is not one that cutter writes: ${problem}`);
}
