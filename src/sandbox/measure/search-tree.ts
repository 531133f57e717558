/**
 * measure/search-tree: every file below a directory that servers still write into, searched for secrets.
 *
 * No link is followed. It lets everything else have its turn after each piece, so that a signal is heard, and ends
 * early once the process is ending or its time is over. What was not searched is told, never passed over: a file that
 * is almost nothing but a hole too, which could say that it has any size. Called by the step C-11.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { stopwatch, turnOfEvents } from "../../kernel/clock.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { processEnding } from "../../kernel/session/registry.ts";
import type { Secrets } from "./secrets.ts";

export type Searched = {
  readonly files: number;
  readonly bytes: number;
  readonly found: readonly string[];
  /** What is there and was not read to its end. */
  readonly unread: readonly string[];
};

type Bounds = {
  /** For the whole tree. */
  readonly timeMs?: number;
  readonly ending?: AbortSignal;
};

/** But for those files that are secrets themselves, by exact path. */
export async function searchTree(
  root: string,
  { secrets, homes }: { readonly secrets: Secrets; readonly homes: ReadonlySet<string> },
  bounds: Bounds = {},
): Promise<Searched> {
  const [found, unread]: [string[], string[]] = [[], []];
  const halted = haltOf(bounds);
  const piece = Buffer.alloc(secrets.overlap + limits.digestChunkBytes);
  let [files, bytes] = [0, 0];
  for await (const path of filesBelow(root, unread)) {
    if (halted() !== null) break;
    if (homes.has(path)) continue;
    const searched = await attempt(path, unread, () => searchFile(path, { secrets, piece, halted }));
    if (searched === null) continue;
    files += 1;
    bytes += searched.bytes;
    for (const name of searched.found) found.push(`${name} in ${path}`);
    if (searched.unread !== null) unread.push(`${path}: ${searched.unread}`);
  }
  const why = halted();
  return { files, bytes, found, unread: why === null ? unread : [...unread, `what is left of ${root}: ${why}`] };
}

/** Why a search goes no further; null where it may. */
export function haltOf({ timeMs = limits.secretSearchMs, ending = processEnding }: Bounds): () => string | null {
  const elapsed = stopwatch();
  return () => {
    if (ending.aborted) return "the process is ending";
    return elapsed() > timeMs ? `its ${Math.round(timeMs / 1000)} seconds were over` : null;
  };
}

/** No directory is walked that went meanwhile. */
async function* filesBelow(folder: string, unread: string[]): AsyncGenerator<string> {
  await turnOfEvents();
  const entries = (await attempt(folder, unread, () => fs.readdirSync(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, unread);
    else if (entry.isFile()) yield path;
  }
}

/** Null for what a server or a program took away meanwhile: that is no secret that stays. */
async function attempt<T>(path: string, unread: string[], look: () => T | Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") unread.push(failedCall(`read ${path}`, error));
    return null;
  }
}

type Search = { readonly secrets: Secrets; readonly piece: Buffer; readonly halted: () => string | null };
type Found = { readonly bytes: number; readonly found: ReadonlySet<string>; readonly unread: string | null };

/** A file that grows is read to its size now. */
async function searchFile(path: string, { secrets, piece, halted }: Search): Promise<Found> {
  const found = new Set<string>();
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const { size, blocks } = fs.fstatSync(file);
    const hole = holeIn(size, blocks * BLOCK_BYTES);
    if (hole !== null) return { bytes: 0, found, unread: hole };
    let [kept, bytes] = [0, 0];
    while (bytes < size && halted() === null) {
      const read = fs.readSync(file, piece, kept, piece.byteLength - kept, bytes);
      if (read === 0) break;
      const filled = piece.subarray(0, kept + read);
      for (const name of secrets.inBytes(filled)) found.add(name);
      bytes += read;
      kept = Math.min(secrets.overlap, filled.byteLength);
      filled.copyWithin(0, filled.byteLength - kept);
      await turnOfEvents();
    }
    return { bytes, found, unread: bytes < size ? halted() : null };
  } finally {
    fs.closeSync(file);
  }
}

/** Of st_blocks (stat(2)), whatever the file system's own are. */
const BLOCK_BYTES = 512;
/** A file system that compresses holds more than it has blocks for, but not so much more. */
const COMPRESSED = 16;

function holeIn(size: number, allocated: number): string | null {
  if (size <= limits.searchedHoleBytes || size <= COMPRESSED * allocated) return null;
  return `${size} bytes, of which the disk holds ${allocated}: the rest is a hole, and nothing of it was searched`;
}
