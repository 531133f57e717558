/**
 * integrity: a manifest of a configured tree: everything in it, in order, with SHA-256 of each file.
 *
 * Reads only; never follows a link, never opens what is not a regular file, never leaves out what it could not read:
 * that is in the manifest as a gap, and a manifest with gaps proves nothing. Not looked at: times, extended attributes,
 * access control lists. Called for each tree before and after a run; integrity/compare.ts says what changed (G7).
 */
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import * as fs from "node:fs/promises";
import { stopwatch, timestamp } from "../kernel/clock.ts";
import { canonicalJson } from "../kernel/digest.ts";
import { limits } from "../kernel/limits.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { isSame } from "./file-digest.ts";
import { type Gap, type Place, readEntry, type TreeEntry, withGap } from "./integrity/entry.ts";
import { nameText } from "./integrity/name-text.ts";

export type TreeManifest = {
  /** The tree's absolute path. */
  readonly tree: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly elapsedMs: number;
  /** SHA-256 over the entries and `stopped`: the same for the same content, wherever and whenever. */
  readonly digest: string;
  /** Sorted by path in code unit order, each path once. */
  readonly entries: readonly TreeEntry[];
  /** Why the walk ended before the tree did; what is not among the entries may then be there all the same. */
  readonly stopped: string | null;
  /** Entries with a gap; with 0 and nothing stopped the manifest is complete. */
  readonly gaps: number;
  /** Of the files that were read. */
  readonly bytes: number;
};

export type TreeBounds = {
  readonly entries: number;
  readonly depth: number;
  readonly bytes: number;
  readonly timeMs: number;
};

const BOUNDS: TreeBounds = {
  entries: limits.integrityEntries,
  depth: limits.integrityDepth,
  bytes: limits.integrityBytes,
  timeMs: limits.integrityTimeMs,
};

type Walk = {
  readonly bounds: TreeBounds;
  readonly entries: TreeEntry[];
  bytes: number;
  stopped: string | null;
};

/** Never fails. A disk that no longer answers ends it too, at the time limit. */
export async function takeTreeManifest(tree: string, bounds: Partial<TreeBounds> = {}): Promise<TreeManifest> {
  const takenAt = timestamp();
  const elapsed = stopwatch();
  const walk: Walk = { bounds: { ...BOUNDS, ...bounds }, entries: [], bytes: 0, stopped: null };
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    walk.stopped ??= `more than ${walk.bounds.timeMs} ms`;
    time.resolve();
  }, walk.bounds.timeMs);
  await Promise.race([visit(walk, { bytes: Buffer.from(tree), path: "." }, 0), time.promise]);
  clearTimeout(timer);
  const entries = [...walk.entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const gaps = entries.filter(({ gap }) => gap !== null).length;
  const digest = digestOf(entries, walk.stopped);
  return { tree, takenAt, elapsedMs: elapsed(), digest, entries, stopped: walk.stopped, gaps, bytes: walk.bytes };
}

/** One line per entry, so that no text as large as the manifest is ever made. */
function digestOf(entries: readonly TreeEntry[], stopped: string | null): string {
  const hash = createHash("sha256");
  for (const entry of entries) hash.update(`${canonicalJson(entry)}\n`);
  return hash.update(canonicalJson({ stopped })).digest("hex");
}

async function visit(walk: Walk, place: Place, depth: number): Promise<void> {
  if (walk.entries.length >= walk.bounds.entries) walk.stopped ??= `more than ${walk.bounds.entries} entries`;
  if (walk.stopped !== null) return;
  const entry = await readEntry(place, {
    limitBytes: walk.bounds.bytes - walk.bytes,
    stopped: () => walk.stopped,
  });
  if (walk.stopped !== null) return;
  if (entry.sha256 !== null) walk.bytes += entry.bytes ?? 0;
  const index = walk.entries.push(entry) - 1;
  if (entry.type === "directory") await enter(walk, place, { entry, index, depth });
  else if (entry.type === "link" && depth === 0) walk.entries[index] = { ...entry, gap: ROOT_LINK };
}

const ROOT_LINK: Gap = { state: "not read", detail: "the tree is a link: name the place that it points to" };

type Opened = { readonly entry: TreeEntry; readonly index: number; readonly depth: number };

/** The directory's own times are compared afterwards: a name may have come, gone or been replaced meanwhile. */
async function enter(walk: Walk, place: Place, { entry, index, depth }: Opened): Promise<void> {
  let before: BigIntStats | null = null;
  const say = (gap: Gap): void => {
    walk.entries[index] = withGap(entry, gap, before?.mtimeNs ?? 0n);
  };
  try {
    before = await fs.lstat(place.bytes, { bigint: true });
    if (depth >= walk.bounds.depth) return say({ state: "not read", detail: `below ${depth} directories` });
    const names = await fs.readdir(place.bytes, { encoding: "buffer" });
    names.sort(Buffer.compare);
    for (const name of names) await visit(walk, below(place, name), depth + 1);
    const after = await fs.lstat(place.bytes, { bigint: true });
    if (walk.stopped === null && !isSame(before, after)) {
      say({ state: "changed while it was read", detail: "names in it came, went or were replaced" });
    }
  } catch (error) {
    say({ state: "not read", detail: errnoOf(error) });
  }
}

function below({ bytes, path }: Place, name: Buffer): Place {
  const text = nameText(name);
  return { bytes: Buffer.concat([bytes, Buffer.from("/"), name]), path: path === "." ? text : `${path}/${text}` };
}
