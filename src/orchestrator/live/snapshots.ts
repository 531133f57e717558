/**
 * live/snapshots: what the database was and held before a run wrote its first row, and after its last: pre.json and
 * post.json in `rollback/<run>/`.
 *
 * Taken by the survey's read-only session. The one before is written once and never replaced, and its digest is in the
 * run's chain; a revert is judged by it. Called through the live conduct.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { timestamp } from "../../kernel/clock.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { readPrivateFile, writePrivateFile } from "../../kernel/private-files/file.ts";
import { altered } from "../altered.ts";
import type { Sight } from "../dry-run/surveyor.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

type Look = () => Promise<Sight | Failure>;

type Taking = { readonly store: Store; readonly run: RunRecord; readonly fence: number; readonly look: Look };

const SNAPSHOT_NOTE = "snapshot";

/** Before the first phase that writes; a run that goes on after a crash keeps the one that it has. */
export async function snapshotBefore(taking: Taking): Promise<Failure | null> {
  const folder = openFolder(taking);
  if (folder instanceof Failure) return folder;
  return existsSync(join(folder, "pre.json")) ? null : write(folder, "pre.json", taking);
}

/** After a failed phase, or at the end. */
export async function snapshotAfter(taking: Taking): Promise<Failure | null> {
  const folder = openFolder(taking);
  return folder instanceof Failure ? folder : write(folder, "post.json", taking);
}

/** What was compared, by name; EVIDENCE_ALTERED where one is not as its last note has it. */
export function verifySnapshots(store: Store, run: RunRecord): readonly string[] | Failure {
  const events = store.events(run.runId);
  if (events instanceof Failure) return events;
  const notes = events.filter(({ data }) => data.subject === SNAPSHOT_NOTE).map(({ data }) => data.facts as Facts);
  const noted = new Map(notes.map((facts) => [String(facts.name), facts.sha256]));
  for (const [name, digest] of noted) {
    const bytes = readPrivateFile(join(store.directory, "rollback", run.runId, name), limits.snapshotBytes);
    if (bytes instanceof Failure)
      return altered("missing", name, `of run ${run.runId} cannot be read: ${bytes.message}`);
    if (sha256(bytes) !== digest)
      return altered("changed", name, `of run ${run.runId} was changed since it was written`);
  }
  return [...noted.keys()];
}

/** For the closeout's record. */
export async function lookAfter(look: Look): Promise<Facts | Failure> {
  const sight = await look();
  return sight instanceof Failure ? sight : contentOf(sight);
}

function openFolder({ store, run }: Taking): string | Failure {
  const all = openPrivateDirectory(join(store.directory, "rollback"));
  return all instanceof Failure ? all : openPrivateDirectory(join(all, run.runId));
}

async function write(folder: string, name: string, { store, run, fence, look }: Taking): Promise<Failure | null> {
  const sight = await look();
  if (sight instanceof Failure) return sight;
  const text = `${canonicalJson({ schema: "cutter.snapshot/v1", runId: run.runId, ...contentOf(sight) })}\n`;
  const noted = store.note(run.runId, { fence, subject: SNAPSHOT_NOTE, facts: { name, sha256: sha256(text) } });
  return noted instanceof Failure ? noted : writePrivateFile(join(folder, name), text);
}

/** Counts are of every table that a cut can write, or say why there is none. */
function contentOf({ document, seen }: Sight): Facts {
  const { survey, role, serverVersion, counts } = document;
  return {
    ...{ taken_at: timestamp(), role, server_version: serverVersion, target: { ...survey.target } },
    ...{ contract_sha256: survey.contractSha256, contract_problems: [...(seen?.contractProblems ?? [])] },
    counts: counts.map(({ relation, filter, rows, how, note }) => ({ relation, filter, rows, how, note })),
    units: survey.units.length,
  };
}
