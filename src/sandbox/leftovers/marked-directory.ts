/**
 * leftovers/marked-directory: a directory of a sandbox: made under its exact name, removed only where it is that one.
 *
 * The marker in it holds the record's token. What has none, another's, another owner or is a symbolic link stays as it
 * is. The marker comes whole or not at all and goes last, so that what was cut off at any moment can be taken up.
 * Called by the steps, the providers and sweep.ts.
 */
import * as fs from "node:fs";
import { basename, join } from "node:path";
import { sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import {
  foreign,
  readPrivateFile,
  removeQuietly,
  syncDirectory,
  writeSynced,
} from "../../kernel/private-files/file.ts";
import { isSandboxName, isToken, type LeftoverRecord } from "./record.ts";

const MARKER = ".cutter-sandbox";
/** The marker before it is whole: a directory with nothing else in it was being made when its maker was killed. */
const PARTIAL = ".cutter-sandbox.partial";

/**
 * Makes the directory, ours and 0700, and writes it down before. FILE_EXISTS where anything stands under that name,
 * which is left as it is; FILE_WRITE_FAILED.
 */
export function makeMarkedDirectory(record: LeftoverRecord, path: string): Failure | null {
  const standing = fs.lstatSync(path, { throwIfNoEntry: false });
  if (standing !== undefined) return exists(path);
  const resource = { kind: "directory", path } as const;
  const noted = record.add(resource);
  if (noted !== null) return noted;
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const dropped = record.drop(resource);
    if (errnoOf(error) === "EEXIST") return dropped ?? exists(path);
    return new Failure("FILE_WRITE_FAILED", failedCall(`make ${path}`, error), {
      facts: { path, errno: errnoOf(error) },
      cause: error,
    });
  }
  return mark(path, record.token);
}

function mark(path: string, token: string): Failure | null {
  try {
    writeMarker(path, token);
    return null;
  } catch (error) {
    const facts = { path, errno: errnoOf(error) };
    removeQuietly(path);
    return new Failure("FILE_WRITE_FAILED", failedCall(`mark ${path}`, error), { facts, cause: error });
  }
}

function writeMarker(path: string, token: string): void {
  fs.rmSync(join(path, PARTIAL), { force: true });
  writeSynced(join(path, PARTIAL), token);
  fs.renameSync(join(path, PARTIAL), join(path, MARKER));
  syncDirectory(path);
}

/**
 * A directory below one that is marked, 0700 and ours; there already or not. Never makes what it lies in: that may have
 * been removed meanwhile, and would come back without its marker. FILE_WRITE_FAILED, FILE_NOT_PRIVATE.
 */
export function makeFolder(path: string): string | Failure {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== "EEXIST") {
      const facts = { path, errno };
      return new Failure("FILE_WRITE_FAILED", failedCall(`make ${path}`, error), { facts, cause: error });
    }
  }
  return checkPrivateDirectory(path) ?? path;
}

/** Null where nothing is there any more; else why it was not removed. */
export async function removeMarkedDirectory(path: string, token: string): Promise<string | null> {
  try {
    const status = fs.lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return null;
    if (status.isSymbolicLink()) return "it is a symbolic link, which no sandbox makes";
    if (!status.isDirectory()) return "it is not a directory";
    const wrongOwner = foreign(status);
    if (wrongOwner !== null) return wrongOwner;
    const why = whyNotMarked(path, token);
    // Killed between making and marking it: nothing of anybody's is in it.
    const begun = fs.readdirSync(path).every((name) => name === PARTIAL);
    if (why !== null && !begun) return why;
    for (let attempt = 0; attempt < limits.removeAttempts; attempt += 1) {
      if (removeOnce(path, token) === "gone") return null;
      // Whoever was killed with the sandbox may still be on the way out.
      await sleep(limits.removePauseMs);
    }
    return "something is put into it as often as it is emptied";
  } catch (error) {
    return failedCall("remove all of it", error);
  }
}

/** What is put into it at the last moment gets the marker back, so that it is never left without. */
function removeOnce(path: string, token: string): "gone" | "still there" {
  try {
    for (const name of fs.readdirSync(path).filter((one) => one !== MARKER)) {
      fs.rmSync(join(path, name), { recursive: true, force: true });
    }
    fs.rmSync(join(path, MARKER), { force: true });
    fs.rmdirSync(path);
    return "gone";
  } catch (error) {
    if (errnoOf(error) !== "ENOTEMPTY") throw error;
    if (!fs.existsSync(join(path, MARKER))) writeMarker(path, token);
    return "still there";
  }
}

function whyNotMarked(path: string, token: string): string | null {
  const marker = readPrivateFile(join(path, MARKER), limits.credentialFileBytes);
  if (marker instanceof Failure) return `it has no marker of a sandbox: ${marker.message}`;
  return Buffer.from(marker).toString("utf8") === token ? null : "its marker is another sandbox's";
}

/** Whether it is a sandbox's, by its name and its marker; of whose marker we may not read it is not known. */
export function isOfSandbox(path: string): boolean {
  const marker = readPrivateFile(join(path, MARKER), limits.credentialFileBytes);
  return !(marker instanceof Failure) && isSandboxName(basename(path)) && isToken(Buffer.from(marker).toString("utf8"));
}

function exists(path: string): Failure {
  return new Failure("FILE_EXISTS", `${path} exists already`, {
    hint: isOfSandbox(path) ? OF_ANOTHER : "Choose another --name: what stands there is not this sandbox's.",
    facts: { path },
    data: "It was left as it is, and no database was touched.",
  });
}

const OF_ANOTHER =
  "It is another sandbox's, which may be running: leave it there, and choose another --name. Where that one ended, " +
  "cutter sandbox sweep removes it, with the --state-dir that it had.";
