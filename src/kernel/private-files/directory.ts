/**
 * private-files/directory: directories that only their owner may enter.
 *
 * A directory that exists is judged, never mended: a wrong owner or mode may mean that someone has been there. Never
 * follows a symbolic link in the last part of the path. Called by evidence and the run store.
 */
import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { errnoOf, failedCall } from "./errno.ts";
import { foreign, octal, syncDirectory, writableByOthers } from "./file.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = fs.constants;

const STICKY = 0o1000;
const WORLD_WRITABLE = 0o002;

/**
 * The absolute path of a directory that is ours and 0700, made (with missing parents, 0700 too) if it was not there.
 * FILE_NOT_PRIVATE if it, or the directory it lies in, lets anyone else replace or enter it; FILE_WRITE_FAILED if it
 * cannot be made.
 */
export function openPrivateDirectory(path: string): string | Failure {
  const directory = resolve(path);
  try {
    const made = fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (made !== undefined) syncDirectory(dirname(made));
  } catch (error) {
    // A link or file under that name is told below, in better words.
    if (errnoOf(error) !== "EEXIST") return failed("FILE_WRITE_FAILED", failedCall(`make ${directory}`, error), error);
  }
  return checkPrivateDirectory(directory) ?? directory;
}

/**
 * As openPrivateDirectory, but one that is there already may be root's, and others may look into it: nobody but its
 * owner may write it, nor what leads to it. For what an operator puts in /etc.
 */
export function openGuardedDirectory(path: string): string | Failure {
  const directory = resolve(path);
  const status = fs.lstatSync(directory, { throwIfNoEntry: false });
  if (status === undefined) return openPrivateDirectory(directory);
  if (!status.isDirectory()) return notPrivate(directory, "it is a symbolic link or not a directory");
  const reason = writableByOthers(status);
  return reason === null ? (checkWay(directory) ?? directory) : notPrivate(directory, reason);
}

/** null if the directory is private; else FILE_NOT_PRIVATE, or FILE_UNREADABLE if it cannot be opened. */
export function checkPrivateDirectory(path: string): Failure | null {
  let status: fs.Stats;
  try {
    const opened = fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      status = fs.fstatSync(opened);
    } finally {
      fs.closeSync(opened);
    }
    return judge(path, status) ?? judgeParent(path);
  } catch (error) {
    const errno = errnoOf(error);
    // Linux answers ENOTDIR for a link when O_DIRECTORY and O_NOFOLLOW come together.
    if (errno === "ELOOP" || errno === "ENOTDIR") return notPrivate(path, "it is a symbolic link or not a directory");
    return failed("FILE_UNREADABLE", failedCall(`open ${path}`, error), error);
  }
}

function judge(path: string, status: fs.Stats): Failure | null {
  const wrongOwner = foreign(status);
  if (wrongOwner !== null) return notPrivate(path, wrongOwner);
  return status.mode & 0o077 ? notPrivate(path, `its mode is ${octal(status.mode)}`) : null;
}

/** Who may write the parent may put another directory in this one's place; sticky (as /tmp is) forbids that. */
function judgeParent(path: string): Failure | null {
  const status = fs.statSync(dirname(path));
  if (status.uid !== 0 && foreign(status) !== null) return notPrivate(path, `of its parent, ${foreign(status)}`);
  if (!(status.mode & WORLD_WRITABLE) || status.mode & STICKY) return null;
  return notPrivate(path, `anyone may write its parent, ${octal(status.mode)}`);
}

/**
 * null where nobody but root and this user can put another file in the place of `path`: each directory on the way, as
 * it is written and as it really lies, is theirs, and others may write none but a sticky one. FILE_NOT_PRIVATE.
 */
export function checkWay(path: string): Failure | null {
  try {
    const written = directoriesAbove(resolve(path));
    const real = directoriesAbove(fs.realpathSync(path));
    for (const directory of new Set([...written, ...real])) {
      const status = fs.statSync(directory);
      const reason = writableByOthers(status);
      const isSticky = status.mode & STICKY && (status.uid === 0 || foreign(status) === null);
      if (reason !== null && !isSticky) return notPrivate(path, `of ${directory} on the way to it, ${reason}`);
    }
    return null;
  } catch (error) {
    return failed("FILE_UNREADABLE", failedCall(`look at the way to ${path}`, error), error);
  }
}

function directoriesAbove(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [...directoriesAbove(above), above];
}

function notPrivate(path: string, reason: string): Failure {
  return new Failure("FILE_NOT_PRIVATE", `${path} is not private: ${reason}`, { facts: { path } });
}

function failed(code: "FILE_WRITE_FAILED" | "FILE_UNREADABLE", message: string, cause: unknown): Failure {
  return new Failure(code, message, { facts: { errno: errnoOf(cause) }, cause });
}
