/**
 * store/create-run: a run begins: with its survey, which found out what the run is about.
 *
 * The survey is the one phase that is recorded when it is over: it has no effect, and before it there is nothing to
 * name a run by. The run stands at SURVEYED and belongs to nobody until its lock is taken. Called through the store.
 */
import insertRun from "../../../sql/store/insert-run.sql" with { type: "text" };
import { timestamp } from "../../kernel/clock.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { redactFact } from "../../kernel/evidence/redaction.ts";
import { isRunId } from "../../kernel/evidence/run-id.ts";
import { type Fact, type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { appendEvent } from "./append-event.ts";
import { findRun } from "./change.ts";
import type { Connection } from "./connection.ts";
import { BEGINNING } from "./event.ts";
import { moveRefused } from "./move.ts";
import { refuseSecondLiveRun } from "./open-run.ts";
import { tooLarge } from "./phase-attempt.ts";
import { recordPhase } from "./phase-record.ts";
import { type RunMode, type RunRecord, runRow } from "./run-record.ts";

export type NewRun = {
  /** Of kernel/evidence/run-id.ts, kind `ictr`. */
  readonly runId: string;
  readonly sessionId: string | null;
  readonly documentId: string;
  readonly mode: RunMode;
  /** Identity of the database; no secret belongs in it. */
  readonly target: Facts;
  readonly sourceSha256: string;
  readonly sourceVersionId: string;
  /** What the phase `survey` produced; stored as it is. */
  readonly survey: Fact;
};

/** The run at SURVEYED with fence 0. STOP_LOCKED if another live run of the document is open; RUN_MOVE_REFUSED. */
export function createRun(connection: Connection, request: NewRun): RunRecord | Failure {
  if (!isRunId(request.runId) || request.survey === null) throw new Error(`not a new run: ${request.runId}`);
  const payload = canonicalJson(request.survey);
  if (Buffer.byteLength(payload) > limits.storePayloadBytes) return tooLarge("survey");
  const digest = sha256(payload);
  return connection.write(() => {
    const refused = refuseSameName(connection, request.runId) ?? refuseSecondLiveRun(connection, request);
    if (refused !== null) return refused;
    const run = firstRecord(request, timestamp());
    const event = appendEvent(connection, {
      runId: run.runId,
      at: run.createdAt,
      kind: "run-created",
      data: {
        ...{ session_id: run.sessionId, document_id: run.documentId, mode: run.mode, state: run.state },
        ...{ target: run.target, source_sha256: run.sourceSha256, source_version_id: run.sourceVersionId },
        survey_sha256: digest,
      },
      runPreviousSha256: BEGINNING,
    });
    const created = { ...run, eventSequence: event.sequence, eventSha256: event.sha256 };
    connection.change(insertRun, runRow(created));
    recordPhase(connection, event, { phase: "survey", attempt: 1, outcome: "done", payload, digest });
    return created;
  });
}

function refuseSameName(connection: Connection, runId: string): Failure | null {
  const there = findRun(connection, runId);
  if (there === null || there instanceof Failure) return there;
  return moveRefused(there, "SURVEYED", "there is a run of that name");
}

function firstRecord(request: NewRun, at: string): RunRecord {
  return {
    runId: request.runId,
    sessionId: request.sessionId,
    documentId: request.documentId,
    mode: request.mode,
    state: "SURVEYED",
    stopCode: null,
    stopMessage: null,
    fence: 0,
    openPhase: null,
    target: redactFact(request.target) as Facts,
    sourceSha256: request.sourceSha256,
    sourceVersionId: request.sourceVersionId,
    manifestSha256: null,
    cutplanSha256: null,
    createdAt: at,
    updatedAt: at,
    eventSequence: 0,
    eventSha256: BEGINNING,
  };
}
