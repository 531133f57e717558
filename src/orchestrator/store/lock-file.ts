/**
 * store/lock-file: the file that a run's lock is taken on: empty, 0600, under `locks/`, never written, never removed.
 *
 * Only looks at what is there, since opening and closing it would drop a lock of this process. Called by run-lock.ts,
 * and by open-store.ts to see whether there were runs.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { isRunId } from "../../kernel/evidence/run-id.ts";
import { Failure } from "../../kernel/failure.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { syncDirectory } from "../../kernel/private-files/file.ts";
import { checkPrivateFile } from "./database-file.ts";

const FOLDER = "locks";
const ENDING = ".lock";

/** Where the lock of a run is taken; whether the file is there or not. */
export function lockPath(stateDirectory: string, runId: string): string {
  return join(stateDirectory, FOLDER, `${runId}${ENDING}`);
}

/** The file, made if it was not there: empty, 0600, and never written. */
export function openLockFile(stateDirectory: string, runId: string): string | Failure {
  const locks = openPrivateDirectory(join(stateDirectory, FOLDER));
  if (locks instanceof Failure) return locks;
  const path = join(locks, `${runId}${ENDING}`);
  const there = checkPrivateFile(path);
  if (there instanceof Failure) return there;
  if (there === "present") return fs.lstatSync(path).size === 0 ? path : notEmpty(path);
  try {
    fs.closeSync(fs.openSync(path, fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_WRONLY, 0o600));
    syncDirectory(locks);
    return path;
  } catch (error) {
    // Another starter made it meanwhile.
    if (errnoOf(error) === "EEXIST") return path;
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`make ${path}`, error), { facts, cause: error });
  }
}

/** Names of the locks in a state directory; those of runs, in order. FILE_UNREADABLE. */
export function runLockFiles(stateDirectory: string): readonly string[] | Failure {
  try {
    const names = fs.readdirSync(join(stateDirectory, FOLDER));
    return names.filter((name) => name.endsWith(ENDING) && isRunId(name.slice(0, -ENDING.length))).sort();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    const facts = { path: join(stateDirectory, FOLDER), errno: errnoOf(error) };
    return new Failure("FILE_UNREADABLE", failedCall(`list ${facts.path}`, error), { facts, cause: error });
  }
}

function notEmpty(path: string): Failure {
  return new Failure("STORE_DAMAGED", `${path} is not a lock of cutter: it is not empty`, { facts: { path } });
}
