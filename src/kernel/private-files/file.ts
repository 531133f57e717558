/**
 * private-files/file: reads and writes single files that only their owner may touch.
 *
 * Never follows a symbolic link, never waits on a FIFO, never reads without a bound, and never leaves a half-written
 * file under the name it was asked for: the old content or the new, nothing between. Called by evidence, the kill
 * switch, the run store and whoever reads keys.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { crashPoint } from "../crash-point.ts";
import { Failure } from "../failure.ts";
import { errnoOf, failedCall } from "./errno.ts";

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

/** Group and others may do nothing. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * The content of a regular file that is ours (owner = effective user, nothing for group and others).
 * FILE_UNREADABLE (`facts.errno`, e.g. ENOENT) or larger than `limitBytes`; FILE_NOT_PRIVATE.
 */
export function readPrivateFile(path: string, limitBytes: number): Uint8Array | Failure {
  return readChecked(path, limitBytes, (status) => notPrivate(path, status));
}

/** As readPrivateFile, but anyone may own or read the file: for what an operator puts in /etc. Links stay refused. */
export function readRegularFile(path: string, limitBytes: number): Uint8Array | Failure {
  return readChecked(path, limitBytes, () => null);
}

/** As readPrivateFile, but it may be root's, and anyone may read it: nobody but its owner may write it. */
export function readGuardedFile(path: string, limitBytes: number): Uint8Array | Failure {
  return readChecked(path, limitBytes, (status) => {
    const reason = writableByOthers(status);
    return reason === null ? null : notRegular(path, `is not guarded: ${reason}`);
  });
}

/** Why somebody else than root and this user could write it, or null. */
export function writableByOthers(status: fs.Stats): string | null {
  if (status.uid !== 0 && foreign(status) !== null) return foreign(status);
  return status.mode & OTHERS_WRITE ? `others may write it, its mode is ${octal(status.mode)}` : null;
}

/**
 * Replaces the file in one step, 0600, synced to disk with its directory. What stood there before stays whole if
 * anything fails (FILE_WRITE_FAILED). A link, directory, FIFO or device under that name is refused (FILE_NOT_PRIVATE).
 */
export function writePrivateFile(path: string, content: string | Uint8Array): Failure | null {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.partial`);
  let reached: "nothing" | "partial" | "renamed" = "nothing";
  try {
    if (!replaceable(path)) return notRegular(path, "exists and is not a regular file; it is not replaced");
    reached = "partial";
    writeSynced(partial, content);
    crashPoint("file-written-aside");
    fs.renameSync(partial, path);
    reached = "renamed";
    crashPoint("file-in-place");
    syncDirectory(dirname(path));
    return null;
  } catch (error) {
    if (reached === "partial") removeQuietly(partial);
    const attempt = reached === "renamed" ? `sync the directory of ${path}` : `write ${path}`;
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(attempt, error), { facts, cause: error });
  }
}

/** Gives a file of ours another name in its folder, on disk when it returns. FILE_WRITE_FAILED. */
export function renamePrivateFile(from: string, to: string): Failure | null {
  try {
    fs.renameSync(from, to);
    syncDirectory(dirname(to));
    return null;
  } catch (error) {
    const facts = { path: to, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`rename ${from} to ${to}`, error), { facts, cause: error });
  }
}

/** As writePrivateFile, but what stands under that name already is never replaced: FILE_EXISTS. */
export function writeNewPrivateFile(path: string, content: string | Uint8Array): Failure | null {
  const made = createPrivateFile(path, content);
  if (made === "exists") return new Failure("FILE_EXISTS", `${path} exists already`, { facts: { path } });
  return made === "made" ? null : made;
}

/**
 * Makes a file that was not there, whole or not at all, 0600 and synced; `exists` where anything stands under that
 * name, which is left as it is. FILE_WRITE_FAILED.
 */
export function createPrivateFile(path: string, content: string | Uint8Array): "made" | "exists" | Failure {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.partial`);
  try {
    writeSynced(partial, content);
    fs.linkSync(partial, path);
    fs.unlinkSync(partial);
    syncDirectory(dirname(path));
    return "made";
  } catch (error) {
    removeQuietly(partial);
    const errno = errnoOf(error);
    if (errno === "EEXIST") return "exists";
    const data = "No file was left, and no database was touched by this.";
    const facts = { path, errno };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write ${path}`, error), { facts, data, cause: error });
  }
}

/** Makes a new file and writes all of it; throws what the system says. The bytes are on disk when it returns. */
export function writeSynced(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  const file = fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    let written = 0;
    // write(2) may take less than it was given; the next call then says why.
    while (written < bytes.byteLength) written += fs.writeSync(file, bytes, written, bytes.byteLength - written);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** A rename is on disk only when its directory is; throws what the system says. */
export function syncDirectory(path: string): void {
  const directory = fs.openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fs.fsyncSync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

type Check = (status: fs.Stats) => Failure | null;

function readChecked(path: string, limitBytes: number, check: Check): Uint8Array | Failure {
  let file: number;
  try {
    // O_NONBLOCK: a FIFO without a writer would hold open(2) for ever. It has no effect on a regular file.
    file = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return unreadable(path, error);
  }
  try {
    const status = fs.fstatSync(file);
    if (!status.isFile()) return notRegular(path, "is not a regular file");
    return check(status) ?? readBounded(file, path, limitBytes);
  } catch (error) {
    return unreadable(path, error);
  } finally {
    fs.closeSync(file);
  }
}

/** Reads to the end, not to the size that fstat gave: the file may grow meanwhile. */
function readBounded(file: number, path: string, limitBytes: number): Uint8Array | Failure {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total <= limitBytes) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, limitBytes + 1 - total));
    const read = fs.readSync(file, chunk, 0, chunk.byteLength, null);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    total += read;
  }
  const facts = { path, limit_bytes: limitBytes };
  return new Failure("FILE_UNREADABLE", `${path} is larger than ${limitBytes} bytes`, { facts });
}

function notPrivate(path: string, status: fs.Stats): Failure | null {
  const reason = foreign(status) ?? (status.mode & OTHERS ? `its mode is ${octal(status.mode)}` : null);
  return reason === null
    ? null
    : new Failure("FILE_NOT_PRIVATE", `${path} is not private: ${reason}`, { facts: { path } });
}

/** Why the owner is wrong, or null. */
export function foreign(status: fs.Stats): string | null {
  const user = process.geteuid?.();
  return status.uid === user ? null : `it belongs to user ${status.uid}, and this is user ${user}`;
}

export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

function replaceable(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

function notRegular(path: string, reason: string): Failure {
  return new Failure("FILE_NOT_PRIVATE", `${path} ${reason}`, { facts: { path } });
}

function unreadable(path: string, error: unknown): Failure {
  const errno = errnoOf(error);
  if (errno === "ELOOP") {
    return new Failure("FILE_NOT_PRIVATE", `${path} is a symbolic link`, { facts: { path, errno }, cause: error });
  }
  return new Failure("FILE_UNREADABLE", failedCall(`read ${path}`, error), { facts: { path, errno }, cause: error });
}

/** A file, or a folder with all that is in it; `force` alone still throws where the disk is read-only. */
export function removeQuietly(path: string): void {
  try {
    fs.rmSync(path, { recursive: true, force: true });
  } catch {
    // It may never have come to be; the failure that brought us here is the one to tell.
  }
}
