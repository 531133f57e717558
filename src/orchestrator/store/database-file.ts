/**
 * store/database-file: the files of the run store: whether they may be opened, and how the first comes to be.
 *
 * Only looks at names, never opens what SQLite may have open: closing any descriptor of a file drops every POSIX lock
 * that this process has on it (sqlite.org/howtocorrupt.html §2.2). Never replaces a file. Called by open-store.ts.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { crashPoint } from "../../kernel/crash-point.ts";
import { Failure } from "../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { foreign, octal, removeQuietly, syncDirectory, writeSynced } from "../../kernel/private-files/file.ts";

export const STORE_FILE = "cutter.db";

/** What SQLite puts beside a database. */
const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

/** `present` or `absent`. FILE_NOT_PRIVATE for any of the files; STORE_DAMAGED where only a companion is there. */
export function checkStoreFiles(path: string): "present" | "absent" | Failure {
  let state = checkPrivateFile(path);
  if (state instanceof Failure) return state;
  for (const companion of COMPANIONS) {
    const other = checkPrivateFile(path + companion);
    if (other instanceof Failure) return other;
    // Another process may have made both since we looked: the database is there before what stands beside it.
    if (state === "absent" && other === "present") state = checkPrivateFile(path);
    if (state instanceof Failure) return state;
    if (state === "absent" && other === "present") {
      return new Failure("STORE_DAMAGED", `${path} is gone, and ${path}${companion} is still there`, {
        facts: { path },
      });
    }
  }
  return state;
}

/** FILE_NOT_PRIVATE for a link, no regular file, another owner, or any right of group and others. */
export function checkPrivateFile(path: string): "present" | "absent" | Failure {
  let status: fs.Stats | undefined;
  try {
    status = fs.lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_UNREADABLE", failedCall(`look at ${path}`, error), { facts, cause: error });
  }
  if (status === undefined) return "absent";
  const reason = whyNotPrivate(status);
  if (reason === null) return "present";
  return new Failure("FILE_NOT_PRIVATE", `${path} is not private: ${reason}`, { facts: { path } });
}

function whyNotPrivate(status: fs.Stats): string | null {
  if (status.isSymbolicLink()) return "it is a symbolic link";
  if (!status.isFile()) return "it is not a regular file";
  return foreign(status) ?? (status.mode & 0o077 ? `its mode is ${octal(status.mode)}` : null);
}

/**
 * Puts a new file there in one step, whole and on disk. null also if another process was faster; FILE_WRITE_FAILED.
 */
export function placeNewFile(path: string, content: Uint8Array): Failure | null {
  const aside = join(dirname(path), `.${STORE_FILE}.${randomBytes(4).toString("hex")}.partial`);
  try {
    writeSynced(aside, content);
    crashPoint("store-written-aside");
    linkUnlessThere(aside, path);
    crashPoint("store-in-place");
    fs.unlinkSync(aside);
    syncDirectory(dirname(path));
    return null;
  } catch (error) {
    removeQuietly(aside);
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`make ${path}`, error), { facts, cause: error });
  }
}

/** link(2), unlike rename(2), never replaces. */
function linkUnlessThere(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}
