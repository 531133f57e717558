/**
 * live/snapshots: pre.json before a run writes its first row, post.json after a failure, each with its digest noted.
 *
 * Taken by the executing role, which may count the ledger too, in a read-only transaction, on the very database that
 * the run is for. One that is noted is never replaced: a revert is judged by the first; after each failure another is
 * written beside the earlier ones. Called through the live conduct.
 */
import { refuseTarget } from "../../execution/production/phase-session.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
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
export async function snapshotBefore(taking: Taking): Promise<Failure | null> {
  const noted = notesOf(taking.store, taking.run.runId);
  if (noted instanceof Failure) return noted;
  return noted.has("pre") ? null : take(taking, "pre");
}

/** `post.json`, and after a later failure of the same run `post-2.json` and so on. */
export async function snapshotAfter(taking: Taking): Promise<Failure | null> {
  const noted = notesOf(taking.store, taking.run.runId);
  if (noted instanceof Failure) return noted;
  const earlier = [...noted.keys()].filter((name) => name !== "pre").length;
  return take(taking, earlier === 0 ? "post" : `post-${earlier + 1}`);
}

/** For the closeout's record: what the tables hold now, and by how much each differs from pre.json, whoever wrote. */
export async function lookAfter(store: Store, run: RunRecord, connect: Connect): Promise<Facts | Failure> {
  const before = readTaken(store, run, "pre");
  if (before instanceof Failure) return before;
  const seen = await lookAt(run, connect);
  if (seen instanceof Failure) return seen;
  const { at, role, counts } = seen;
  const since = Object.entries(counts).flatMap(([relation, rows]) => {
    const known = before?.counts[relation];
    return known === undefined ? [] : [[relation, rows - known] as const];
  });
  return { at, role, counts: { ...counts }, since_pre: Object.fromEntries(since) };
}

/** EVIDENCE_ALTERED where the file is not as it was noted, or of another database; null where none was taken. */
export function readTaken(store: Store, { runId, target }: RunRecord, name: SnapshotName): Snapshot | null | Failure {
  const noted = notesOf(store, runId);
  if (noted instanceof Failure) return noted;
  const digest = noted.get(name);
  if (digest === undefined) return null;
  const read = readSnapshot(store.directory, { runId, name, sha256: digest });
  if (read instanceof Failure || canonicalJson(read.target) === canonicalJson(target)) return read;
  return altered("changed", `${name}.json`, `of run ${runId} is of ${canonicalJson(read.target)}, another database`);
}

/** What was compared, by name. */
export function verifySnapshots(store: Store, run: RunRecord): readonly string[] | Failure {
  const { runId } = run;
  const noted = notesOf(store, runId);
  if (noted instanceof Failure) return noted;
  for (const name of noted.keys()) {
    const read = readTaken(store, run, name);
    if (!(read instanceof Failure)) continue;
    if (read.facts.errno !== "ENOENT") return read;
    return altered("missing", `${name}.json`, `of run ${runId} is missing`);
  }
  return [...noted.keys()].map((name) => `${name}.json`);
}

/** A file that is there already was never noted: its process was killed, and nobody has judged anything by it. */
async function take({ store, run, fence, connect }: Taking, name: SnapshotName): Promise<Failure | null> {
  const seen = await lookAt(run, connect);
  if (seen instanceof Failure) return seen;
  const kept = keepSnapshot(store.directory, name, seen);
  if (kept instanceof Failure) return kept;
  const noted = store.note(run.runId, { fence, subject: SNAPSHOT_NOTE, facts: { name, sha256: kept.sha256 } });
  return noted instanceof Failure ? noted : null;
}

/** The run's own database, and no other: STOP_TARGET_CHANGED. */
export async function lookAt({ runId, target }: RunRecord, connect: Connect): Promise<Snapshot | Failure> {
  const session = await connect("exec");
  if (session instanceof Failure) return session;
  const other = await refuseTarget(session, { target: target as TargetIdentity });
  const seen = other ?? (await takeSnapshot(session, runId));
  await session.close();
  return seen;
}

function notesOf(store: Store, runId: string): ReadonlyMap<SnapshotName, string> | Failure {
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  const notes = events.filter(({ data }) => data.subject === SNAPSHOT_NOTE).map(({ data }) => data.facts as Facts);
  return new Map(notes.map((facts) => [facts.name as SnapshotName, String(facts.sha256)]));
}
