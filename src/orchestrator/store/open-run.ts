/**
 * store/open-run: which runs there are, and which of them keeps others from its document.
 *
 * Of live runs one per document may be open; an index of the store holds that too. Reads only. Called by the files of
 * the store, and through it.
 */
import runsSql from "../../../sql/store/runs.sql" with { type: "text" };
import { isOpen } from "../../flow/phase.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Connection } from "./connection.ts";
import { parseRun, type RunMode, type RunRecord } from "./run-record.ts";

export type RunFilter = { readonly documentId?: string; readonly sessionId?: string };

/** Oldest first; within a transaction of the caller. */
export function listRuns(connection: Connection, filter: RunFilter = {}): readonly RunRecord[] | Failure {
  const bindings = { document_id: filter.documentId ?? null, session_id: filter.sessionId ?? null };
  const runs: RunRecord[] = [];
  for (const row of connection.rows(runsSql, bindings)) {
    const run = parseRun(row);
    if (run instanceof Failure) return run;
    runs.push(run);
  }
  return runs;
}

/** The oldest open run of a document; null where none is; within a transaction of the caller. */
export function openRunOf(connection: Connection, documentId: string, mode: RunMode): RunRecord | null | Failure {
  const runs = listRuns(connection, { documentId });
  if (runs instanceof Failure) return runs;
  return runs.find((run) => run.mode === mode && isOpen(run.state)) ?? null;
}

export type Candidate = Pick<RunRecord, "runId" | "documentId" | "mode">;

/** STOP_LOCKED where this run is live, and so is another open one of its document; null where it may be open. */
export function refuseSecondLiveRun(connection: Connection, { runId, documentId, mode }: Candidate): Failure | null {
  if (mode !== "live") return null;
  const other = openRunOf(connection, documentId, mode);
  if (other === null || other instanceof Failure || other.runId === runId)
    return other instanceof Failure ? other : null;
  const message = `the live run ${other.runId} of ${documentId} is open, at ${other.state}`;
  return new Failure("STOP_LOCKED", message, { facts: { run_id: other.runId, state: other.state } });
}
