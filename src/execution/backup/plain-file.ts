/**
 * backup/plain-file: what was decrypted, in a file that has no name and is gone with the process that holds it open.
 *
 * Its name is taken away before the first byte is written, so that neither SIGKILL nor a power cut leaves a dump in the
 * clear under any name. Programs get it through a pipe, which also reaches one in a container. Made by decrypted.ts.
 */
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { ownMark } from "../../kernel/private-files/process-mark.ts";
import type { Tool } from "./tool.ts";

export type PlainFile = {
  /** Appends; throws what the system says. */
  add(piece: Uint8Array): void;
  /** 64 hex digits of what lies there; FILE_UNREADABLE. */
  digest(): Promise<string | Failure>;
  /** All of it into a program's input, which is closed then; ends early where the program does. FILE_UNREADABLE. */
  feed(tool: Tool): Promise<Failure | null>;
  close(): void;
};

export const PLAIN_PREFIX = ".decrypted-";

/** In a private directory on a disk that has room. FILE_WRITE_FAILED. */
export function makePlainFile(directory: string): PlainFile | Failure {
  const path = join(directory, `${PLAIN_PREFIX}${ownMark()}-${randomBytes(4).toString("hex")}`);
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  try {
    const file = fs.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    fs.unlinkSync(path);
    return plainFileAt(file, directory);
  } catch (cause) {
    const data = "Nothing of the archive was executed, and no database was changed.";
    return new Failure("FILE_WRITE_FAILED", failedCall(`make a file in ${directory}`, cause), { data, cause });
  }
}

function plainFileAt(file: number, directory: string): PlainFile {
  let bytes = 0;
  const read = async (take: (piece: Buffer) => Promise<"taken" | "ended">): Promise<Failure | null> => {
    const piece = Buffer.allocUnsafe(limits.digestChunkBytes);
    try {
      for (let at = 0; at < bytes; ) {
        const got = fs.readSync(file, piece, 0, piece.byteLength, at);
        if (got === 0 || (await take(piece.subarray(0, got))) === "ended") return null;
        at += got;
      }
      return null;
    } catch (cause) {
      return new Failure("FILE_UNREADABLE", failedCall(`read what was decrypted in ${directory}`, cause), { cause });
    }
  };
  return {
    add(piece) {
      let written = 0;
      // write(2) may take less than it was given; the next call then says why.
      while (written < piece.byteLength) {
        written += fs.writeSync(file, piece, written, piece.byteLength - written, bytes + written);
      }
      bytes += piece.byteLength;
    },
    async digest() {
      const hash = createHash("sha256");
      const unread = await read(async (piece) => {
        hash.update(piece);
        return "taken";
      });
      return unread ?? hash.digest("hex");
    },
    async feed(tool) {
      const unread = await read((piece) => tool.write(piece));
      if (unread !== null) tool.kill();
      tool.end();
      return unread;
    },
    close: () => fs.closeSync(file),
  };
}
