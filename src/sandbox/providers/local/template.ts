/**
 * local/template: clusters in the state directory that were made and never started: one to copy, one to take.
 *
 * Copies share the system identifier, so whatever must have its own is never one. The key holds the server's version,
 * initdb's options and the user. Both are complete or not there: synced, then renamed into place. Taking the spare one
 * is a rename; a new spare is copied while the server runs, and given up where that ends first. No password is in
 * them. Called by cluster.ts and local.ts.
 */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../../kernel/digest.ts";
import { Failure } from "../../../kernel/failure.ts";
import { openPrivateDirectory } from "../../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { removeQuietly, syncDirectory } from "../../../kernel/private-files/file.ts";
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

export type Template = {
  /** Its cluster lies in `data`; neither need be there. */
  readonly folder: string;
  readonly spare: string;
};

export function templateOf(stateDirectory: string, { folder, version, initdbOptions, uid }: TemplateKey): Template {
  const digest = sha256(JSON.stringify([FORM, folder, version, initdbOptions, uid])).slice(0, 32);
  const path = join(stateDirectory, "cache", "sandbox", `template-${digest}`);
  return { folder: path, spare: `${path}.spare` };
}

/** Puts a cluster at `to`: the spare one, else a copy; "none" where there is no template yet. */
export async function takeCluster(
  { folder, spare }: Template,
  to: string,
  timeoutMs: number,
): Promise<"taken" | "none" | Failure> {
  if (takeSpare(spare, to) === "taken") return "taken";
  if (!fs.existsSync(join(folder, "data"))) return "none";
  return (await copy(join(folder, "data"), to, { timeoutMs })) ?? "taken";
}

/** Whoever renames it first has it; on another disk than `to` it stays, and a copy will do. */
function takeSpare(spare: string, to: string): "taken" | "none" {
  try {
    fs.renameSync(join(spare, "data"), to);
  } catch (error) {
    errnoOf(error);
    return "none";
  }
  removeQuietly(spare);
  return "taken";
}

export type Keeping = {
  readonly from: string;
  /** `folder` or `spare` of a template. */
  readonly to: string;
  readonly name: string;
  readonly record: LeftoverRecord;
  readonly timeoutMs: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
};

/** Copies a cluster that was never started into the cache. A Failure leaves the cache as it was. */
export async function keepCluster({ from, to, name, record, ...bounds }: Keeping): Promise<Failure | null> {
  const cache = openPrivateDirectory(dirname(to));
  if (cache instanceof Failure) return cache;
  const partial = join(cache, `${name}.partial`);
  const made = makeMarkedDirectory(record, partial);
  if (made !== null) return made;
  const failed = (await copy(from, join(partial, "data"), bounds)) ?? (await putInPlace(partial, to, bounds.signal));
  const left = await removeMarkedDirectory(partial, record.token);
  if (left !== null) return failed ?? new Failure("FILE_WRITE_FAILED", `${partial} could not be removed: ${left}`);
  return record.drop({ kind: "directory", path: partial }) ?? failed;
}

type Bounds = Pick<Keeping, "timeoutMs" | "signal">;

/** As the caller, who may read all of it; owners and modes are kept, and blocks are shared where the disk can. */
function copy(from: string, to: string, bounds: Bounds): Promise<Failure | null> {
  const words = ["cp", "--archive", "--reflink=auto", "--no-target-directory", "--", from, to];
  return runToEnd(["setpriv", "--pdeathsig", "KILL", ...words], bounds);
}

/** Another sandbox may have been faster: what it put there is as good. */
async function putInPlace(partial: string, to: string, signal: AbortSignal | undefined): Promise<Failure | null> {
  try {
    await syncTree(partial, signal);
    if (signal?.aborted) return null;
    fs.renameSync(partial, to);
    syncDirectory(dirname(to));
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOTEMPTY" || errno === "EEXIST") return null;
    return new Failure("FILE_WRITE_FAILED", failedCall(`keep ${to}`, error), { facts: { errno }, cause: error });
  }
}

/** Names that are on disk without their content would be a cluster that is torn. */
async function syncTree(folder: string, signal: AbortSignal | undefined): Promise<void> {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (signal?.aborted) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path, signal);
    else if (entry.isFile()) await syncFile(path);
  }
  syncDirectory(folder);
}

async function syncFile(path: string): Promise<void> {
  const file = await fs.promises.open(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
