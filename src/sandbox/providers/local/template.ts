/**
 * local/template: a cluster that was just made, kept in the state directory, of which the next servers are copies.
 *
 * Copies share the system identifier, so whatever must have its own is never one. The key holds the server's version,
 * initdb's options and the user; a template is complete or not there: it is synced, then renamed into place. Never
 * started, and without a password. Called by cluster.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../kernel/digest.ts";
import { Failure } from "../../../kernel/failure.ts";
import { openPrivateDirectory } from "../../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { syncDirectory } from "../../../kernel/private-files/file.ts";
import { makeMarkedDirectory, removeMarkedDirectory } from "../../leftovers/marked-directory.ts";
import type { LeftoverRecord } from "../../leftovers/record.ts";
import { runToEnd } from "../run-as.ts";

/** Rises when what a template holds changes in a way that its key does not tell. */
const FORM = 1;

export type TemplateKey = {
  readonly folder: string;
  readonly version: string;
  readonly initdbOptions: readonly string[];
  readonly uid: number;
};

/** The folder of the template with this key; it need not be there. Its cluster lies in `data`. */
export function templateFolder(stateDirectory: string, key: TemplateKey): string {
  const { folder, version, initdbOptions, uid } = key;
  const digest = sha256(JSON.stringify([FORM, folder, version, initdbOptions, uid])).slice(0, 32);
  return join(stateDirectory, "cache", "sandbox", `template-${digest}`);
}

/** As the caller, who may read all of it; owners and modes are kept, and blocks are shared where the disk can. */
export function copyCluster(from: string, to: string, timeoutMs: number): Promise<Failure | null> {
  return runToEnd(["cp", "--archive", "--reflink=auto", "--no-target-directory", "--", from, to], timeoutMs);
}

export type Keeping = {
  readonly data: string;
  readonly template: string;
  readonly name: string;
  readonly record: LeftoverRecord;
  readonly timeoutMs: number;
};

/** Copies a cluster that was never started into the cache. A Failure leaves the cache as it was. */
export async function keepTemplate({ data, template, name, record, timeoutMs }: Keeping): Promise<Failure | null> {
  const cache = openPrivateDirectory(join(template, ".."));
  if (cache instanceof Failure) return cache;
  const partial = join(cache, `${name}.partial`);
  const made = makeMarkedDirectory(record, partial);
  if (made !== null) return made;
  const failed = (await copyCluster(data, join(partial, "data"), timeoutMs)) ?? putInPlace(partial, template);
  const left = removeMarkedDirectory(partial, record.token);
  if (left !== null) return failed ?? new Failure("FILE_WRITE_FAILED", `${partial} could not be removed: ${left}`);
  return record.drop({ kind: "directory", path: partial }) ?? failed;
}

/** Another sandbox may have been faster: its template is as good. */
function putInPlace(partial: string, template: string): Failure | null {
  try {
    syncTree(partial);
    fs.renameSync(partial, template);
    syncDirectory(join(template, ".."));
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOTEMPTY" || errno === "EEXIST") return null;
    return new Failure("FILE_WRITE_FAILED", failedCall(`keep ${template}`, error), { facts: { errno }, cause: error });
  }
}

/** Names that are on disk without their content would be a template that is torn. */
function syncTree(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncFile(path);
  }
  syncDirectory(folder);
}

function syncFile(path: string): void {
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}
