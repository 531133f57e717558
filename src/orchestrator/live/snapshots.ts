/**
 * live/snapshots: pre.json before a run writes its first row, post.json after a failure, each with its digest noted.
 *
 * Taken by the executing role, which may count the ledger too, in a read-only transaction. The one before is written
 * once and never replaced: a revert is judged by it. Called through the live conduct.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile } from "../../kernel/private-files/file.ts";
import { altered } from "../altered.ts";
import { keepSnapshot, readSnapshot, type Snapshot, type SnapshotName, takeSnapshot } from "../snapshot.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import type { Connect } from "./settle.ts";

export type Taking = {
  readonly store: Store;
  readonly run: RunRecord;
  readonly fence: number;
  readonly connect: Connect;
};

const SNAPSHOT_NOTE = "snapshot";

/** Before the gate is passed behind which a run writes. A run that comes here again keeps the one that it has. */
export function snapshotBefore(taking: Taking): Promise<Failure | null> {
  return snapshotOnce(taking, "pre");
}

export function snapshotAfter(taking: Taking): Promise<Failure | null> {
  return snapshotOnce(taking, "post");
}

/** For the closeout's record: what the tables hold now. */
export async function lookAfter(runId: string, connect: Connect): Promise<Facts | Failure> {
  const seen = await look(runId, connect);
  return seen instanceof Failure ? seen : { at: seen.at, role: seen.role, counts: { ...seen.counts } };
}

/** EVIDENCE_ALTERED where the file is not as it was noted; null where none was taken. */
export function readTaken(store: Store, runId: string, name: SnapshotName): Snapshot | null | Failure {
  const noted = notesOf(store, runId);
  if (noted instanceof Failure) return noted;
  const digest = noted.get(name);
  return digest === undefined ? null : readSnapshot(store.directory, { runId, name, sha256: digest });
}

/** What was compared, by name. */
export function verifySnapshots(store: Store, { runId }: RunRecord): readonly string[] | Failure {
  const noted = notesOf(store, runId);
  if (noted instanceof Failure) return noted;
  for (const name of noted.keys()) {
    const read = readTaken(store, runId, name);
    if (!(read instanceof Failure)) continue;
    if (read.facts.errno !== "ENOENT") return read;
    return altered("missing", `${name}.json`, `of run ${runId} is missing`);
  }
  return [...noted.keys()].map((name) => `${name}.json`);
}

async function snapshotOnce(taking: Taking, name: SnapshotName): Promise<Failure | null> {
  const { store, run, connect } = taking;
  const { runId } = run;
  const noted = notesOf(store, runId);
  if (noted instanceof Failure) return noted;
  if (noted.has(name)) return null;
  const path = join(store.directory, "rollback", runId, `${name}.json`);
  // Its process was killed before the note; nothing was written to the database since.
  if (existsSync(path)) return noteFile(taking, name, path);
  const seen = await look(runId, connect);
  if (seen instanceof Failure) return seen;
  const kept = keepSnapshot(store.directory, name, seen);
  return kept instanceof Failure ? kept : noteFile(taking, name, kept.path);
}

function noteFile({ store, run, fence }: Taking, name: SnapshotName, path: string): Failure | null {
  const bytes = readPrivateFile(path, limits.rehearsalBytes);
  if (bytes instanceof Failure) return bytes;
  const noted = store.note(run.runId, { fence, subject: SNAPSHOT_NOTE, facts: { name, sha256: sha256(bytes) } });
  return noted instanceof Failure ? noted : null;
}

async function look(runId: string, connect: Connect): Promise<Snapshot | Failure> {
  const session = await connect("exec");
  if (session instanceof Failure) return session;
  const seen = await takeSnapshot(session, runId);
  await session.close();
  return seen;
}

function notesOf(store: Store, runId: string): ReadonlyMap<SnapshotName, string> | Failure {
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  const notes = events.filter(({ data }) => data.subject === SNAPSHOT_NOTE).map(({ data }) => data.facts as Facts);
  return new Map(notes.map((facts) => [facts.name as SnapshotName, String(facts.sha256)]));
}
