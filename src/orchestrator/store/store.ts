/**
 * store/store: the run store: what is known of runs, and the only way in which it changes.
 *
 * Values, `T | Failure`; nothing throws for what the disk does. Every write carries the fence that acquireRunLock gave,
 * and is on disk when it returns, together with its event. Never opened twice for a reason: keep one, and close it.
 * Made by openStore; used by the orchestrator and the commands.
 */

import allEventsSql from "../../../sql/store/events.sql" with { type: "text" };
import eventsSql from "../../../sql/store/run-events.sql" with { type: "text" };
import phasesSql from "../../../sql/store/run-phases.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import { type ApprovalRecord, type ApprovalUse, consumeApproval, findApproval } from "./approval-record.ts";
import { type VerifiedChain, verifyChain } from "./chain.ts";
import { findRun } from "./change.ts";
import type { Connection } from "./connection.ts";
import { createRun, type NewRun } from "./create-run.ts";
import { parseEventRow, type StoreEvent } from "./event.ts";
import { renderEventLines } from "./event-lines.ts";
import { type EvidenceNote, findEvidence, type KnownEvidence, noteEvidence } from "./evidence-record.ts";
import { type Move, moveRun, type StopRequest, stopRun } from "./move.ts";
import { type Note, noteOf } from "./note.ts";
import { listRuns, openRunOf, type RunFilter } from "./open-run.ts";
import { beginPhase, finishPhase, type PhaseBegin, type PhaseFinish } from "./phase-attempt.ts";
import { type PhaseRecord, parsePhase } from "./phase-record.ts";
import type { RunMode, RunRecord } from "./run-record.ts";
import { takeRun } from "./take-run.ts";

export class Store {
  /** The state directory, absolute. */
  readonly directory: string;
  readonly #connection: Connection;

  constructor(directory: string, connection: Connection) {
    this.directory = directory;
    this.#connection = connection;
  }

  createRun(request: NewRun): RunRecord | Failure {
    return createRun(this.#connection, request);
  }

  /** null where there is none of that name. */
  run(runId: string): RunRecord | null | Failure {
    return this.#connection.read(() => findRun(this.#connection, runId));
  }

  /** Oldest first. */
  runs(filter: RunFilter = {}): readonly RunRecord[] | Failure {
    return this.#connection.read(() => listRuns(this.#connection, filter));
  }

  /** The oldest open run of a document in a mode, or null; of live runs there is at most one. */
  openRunOf(documentId: string, mode: RunMode): RunRecord | null | Failure {
    return this.#connection.read(() => openRunOf(this.#connection, documentId, mode));
  }

  /** Raises the fence. For acquireRunLock alone: whoever calls it without the lock takes the run from its holder. */
  takeRun(runId: string): RunRecord | Failure {
    return takeRun(this.#connection, runId);
  }

  /** To a gate, STOPPED or HELD; compare-and-set on state and fence. */
  move(runId: string, move: Move): RunRecord | Failure {
    return moveRun(this.#connection, runId, move);
  }

  /** Says why the run does not go on from where it stands; the next step takes that away. */
  stop(runId: string, request: StopRequest): RunRecord | Failure {
    return stopRun(this.#connection, runId, request);
  }

  /** Before the effect of a phase. */
  beginPhase(runId: string, begin: PhaseBegin): RunRecord | Failure {
    return beginPhase(this.#connection, runId, begin);
  }

  /** After it: record and move together. */
  finishPhase(runId: string, finish: PhaseFinish): RunRecord | Failure {
    return finishPhase(this.#connection, runId, finish);
  }

  /** In the order in which they were recorded; STORE_DAMAGED where a payload is not what its digest says. */
  phases(runId: string): readonly PhaseRecord[] | Failure {
    return this.#connection.read(() => every(this.#connection.rows(phasesSql, { run_id: runId }), parsePhase));
  }

  consumeApproval(runId: string, use: ApprovalUse): RunRecord | Failure {
    return consumeApproval(this.#connection, runId, use);
  }

  /** null where nobody has used it. */
  approval(approvalId: string): ApprovalRecord | null | Failure {
    return this.#connection.read(() => findApproval(this.#connection, approvalId));
  }

  /** Puts something that happened to a run into the chain, without changing the run. */
  note(runId: string, note: Note): RunRecord | Failure {
    return noteOf(this.#connection, runId, note);
  }

  /** Before an evidence folder is written (noted), and when it is there (kept). */
  noteEvidence(note: EvidenceNote): KnownEvidence | Failure {
    return noteEvidence(this.#connection, note);
  }

  /** null where the store knows of no evidence of this run or dry run. */
  evidence(folder: string): KnownEvidence | null | Failure {
    return this.#connection.read(() => findEvidence(this.#connection, folder));
  }

  /** Of a run, or all, in order. */
  events(runId?: string): readonly StoreEvent[] | Failure {
    return this.#connection.read(() => {
      const bindings = runId === undefined ? {} : { run_id: runId };
      return every(this.#connection.rows(runId === undefined ? allEventsSql : eventsSql, bindings), parseEventRow);
    });
  }

  /** The events of a run as JSON lines for its evidence; verifyEventLines checks them. */
  exportEvents(runId: string): string | Failure {
    const events = this.events(runId);
    return events instanceof Failure ? events : renderEventLines(events);
  }

  /** EVIDENCE_ALTERED names the first event that does not fit, else the first row that is not what the events say. */
  verifyChain(): VerifiedChain | Failure {
    return verifyChain(this.#connection);
  }

  close(): void {
    this.#connection.close();
  }
}

function every<T>(rows: readonly unknown[], parse: (row: unknown) => T | Failure): readonly T[] | Failure {
  const values: T[] = [];
  for (const row of rows) {
    const value = parse(row);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}
