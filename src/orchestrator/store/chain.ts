/**
 * store/chain: reads the whole store and names the first thing that is not as cutter left it.
 *
 * First SQLite's own check, then each event in order, then each row of the other tables against what the
 * events say. Changes nothing. Shows what was altered by someone who did not rewrite everything that follows; what was
 * rewritten from some event on shows in a digest that was kept elsewhere. Called by `cutter verify` and doctor.
 */
import approvalsSql from "../../../sql/store/approvals.sql" with { type: "text" };
import eventsSql from "../../../sql/store/events.sql" with { type: "text" };
import integritySql from "../../../sql/store/integrity.sql" with { type: "text" };
import phasesSql from "../../../sql/store/phases.sql" with { type: "text" };
import runsSql from "../../../sql/store/runs.sql" with { type: "text" };
import { canonicalJson } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import type { Connection } from "./connection.ts";
import { BEGINNING, eventDigest, parseEventRow, type StoreEvent } from "./event.ts";
import { followEvidence } from "./evidence-record.ts";
import { parsePhase } from "./phase-record.ts";
import { Replay } from "./replay.ts";

export type VerifiedChain = {
  readonly events: number;
  /** Of the last event; BEGINNING where there is none. To be compared with one that was kept elsewhere. */
  readonly sha256: string;
  /** Links of the chain of evidence digests. */
  readonly evidence: number;
};

/**
 * EVIDENCE_ALTERED with `facts.sequence` of the first event that does not fit, or `facts.table` and `facts.run_id`;
 * STORE_DAMAGED where SQLite cannot read it all.
 */
export function verifyChain(connection: Connection): VerifiedChain | Failure {
  return connection.read(() => {
    const [whole] = connection.rows(integritySql) as readonly { readonly integrity_check: string }[];
    if (whole?.integrity_check !== "ok") {
      return new Failure("STORE_DAMAGED", `the run store is damaged: SQLite says ${whole?.integrity_check}`);
    }
    const replay = new Replay();
    const chain = followChain(connection, replay);
    if (chain instanceof Failure) return chain;
    const evidence = followEvidence(connection);
    if (evidence instanceof Failure) return evidence;
    return compareTables(connection, replay) ?? { ...chain, evidence };
  });
}

function followChain(connection: Connection, replay: Replay): Omit<VerifiedChain, "evidence"> | Failure {
  const lastOfRun = new Map<string, string>();
  let events = 0;
  let sha256 = BEGINNING;
  for (const row of connection.each(eventsSql)) {
    const event = parseEventRow(row);
    const sequence = events + 1;
    if (event instanceof Failure) return altered({ sequence, what: "changed" }, `is no event: ${event.message}`);
    const runPrevious = lastOfRun.get(event.runId) ?? BEGINNING;
    const problem = misfit(event, { sequence, sha256, runPrevious }) ?? notCreated(replay, event);
    if (problem !== null) return problem;
    lastOfRun.set(event.runId, event.sha256);
    events = sequence;
    sha256 = event.sha256;
  }
  return { events, sha256 };
}

type Place = { readonly sequence: number; readonly sha256: string; readonly runPrevious: string };

function misfit(event: StoreEvent, place: Place): Failure | null {
  const { sequence } = place;
  if (event.sequence !== sequence) return altered({ sequence, what: "missing" }, "is missing");
  if (event.sha256 !== eventDigest(event)) {
    return altered({ sequence, what: "changed" }, "was changed: its SHA-256 is another one");
  }
  const follows = event.previousSha256 === place.sha256 && event.runPreviousSha256 === place.runPrevious;
  return follows ? null : altered({ sequence, what: "misplaced" }, "does not follow the one before it");
}

function notCreated(replay: Replay, event: StoreEvent): Failure | null {
  if (replay.take(event) === "taken") return null;
  return altered({ sequence: event.sequence, what: "misplaced" }, `does not fit the run ${event.runId}`);
}

function altered(facts: { readonly sequence: number; readonly what: string }, sentence: string): Failure {
  return new Failure("EVIDENCE_ALTERED", `event ${facts.sequence} of the run store ${sentence}`, { facts });
}

function compareTables(connection: Connection, replay: Replay): Failure | null {
  const anyRun = { document_id: null, session_id: null };
  return (
    compare("run", replay.runs, rowsBy("run_id", connection.each(runsSql, anyRun))) ??
    compare("run_phase", replay.phases, rowsBy("event_sequence", phasesOf(connection))) ??
    compare("approval", replay.approvals, rowsBy("event_sequence", connection.each(approvalsSql)))
  );
}

/** Without the payload, which parsePhase has compared with its digest; a row that it refuses fits nothing. */
function* phasesOf(connection: Connection): Iterable<unknown> {
  for (const row of connection.each(phasesSql)) {
    const { payload, ...rest } = row as { readonly payload: unknown };
    yield parsePhase(row) instanceof Failure ? { ...rest, payload_sha256: "another one" } : rest;
  }
}

function* rowsBy(key: string, rows: Iterable<unknown>): Iterable<readonly [string | number, Facts]> {
  for (const row of rows) {
    const facts = row as Facts;
    yield [facts[key] as string | number, facts];
  }
}

type Rows = Iterable<readonly [string | number, Facts]>;

function compare(table: string, expected: ReadonlyMap<string | number, Facts>, rows: Rows): Failure | null {
  const missing = new Map(expected);
  for (const [key, row] of rows) {
    const wanted = missing.get(key);
    if (wanted === undefined || canonicalJson(wanted) !== canonicalJson(row)) return differs(table, row, wanted);
    missing.delete(key);
  }
  const [lost] = missing.values();
  return lost === undefined ? null : differs(table, lost, undefined);
}

function differs(table: string, row: Facts, wanted: Facts | undefined): Failure {
  const columns = Object.keys(row).filter((name) => wanted !== undefined && row[name] !== wanted[name]);
  const how = wanted === undefined ? "is there in one of the two only" : `differs in ${columns.join(", ")}`;
  const message = `the row of ${table} of run ${row.run_id} is not what the events say: it ${how}`;
  return new Failure("EVIDENCE_ALTERED", message, { facts: { table, run_id: row.run_id ?? null, columns } });
}
