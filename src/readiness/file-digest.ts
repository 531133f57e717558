/**
 * file-digest: SHA-256 of an open file, in pieces, whatever its size.
 *
 * Says when the file changed while it was read: its digest is then that of no state the file was ever in. Opens and
 * closes nothing. Called for each file of a tree and for the running program.
 */
import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { limits } from "../kernel/limits.ts";

export type FileDigest = {
  /** 64 lower-case hex digits, of what was read. */
  readonly sha256: string;
  readonly bytes: number;
  /** By size, modification and change time before and after. */
  readonly during: "steady" | "changed while it was read";
};

/** What may end the reading before the file does. */
export type DigestBounds = {
  readonly limitBytes: number;
  /** Why to stop now, asked before each piece; null to go on. */
  readonly stopped?: () => string | null;
};

/** An open file, and what stat(2) said of it before anything was read. */
export type OpenFile = { readonly file: FileHandle; readonly before: BigIntStats };

/** From its beginning to its end; or, as a string, why it was not read to the end. Throws what the system says. */
export async function digestFile({ file, before }: OpenFile, bounds: DigestBounds): Promise<FileDigest | string> {
  const tooLarge = `larger than the ${bounds.limitBytes} bytes that the bound leaves`;
  if (before.size > bounds.limitBytes) return tooLarge;
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(Math.min(limits.digestChunkBytes, Number(before.size) + 1));
  let bytes = 0;
  // To its end, not to the size that it had: it may grow meanwhile.
  while (bytes <= bounds.limitBytes) {
    const stop = bounds.stopped?.() ?? null;
    if (stop !== null) return stop;
    const { bytesRead } = await file.read(piece, 0, piece.byteLength, bytes);
    if (bytesRead === 0) {
      const during = isSame(before, await file.stat({ bigint: true })) ? "steady" : "changed while it was read";
      return { sha256: hash.digest("hex"), bytes, during };
    }
    hash.update(piece.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  return tooLarge;
}

/** The same file or directory, not touched in between. */
export function isSame(before: BigIntStats, after: BigIntStats): boolean {
  const { ino, dev, size, mtimeNs, ctimeNs } = before;
  const there = after.ino === ino && after.dev === dev && after.size === size;
  return there && after.mtimeNs === mtimeNs && after.ctimeNs === ctimeNs;
}
