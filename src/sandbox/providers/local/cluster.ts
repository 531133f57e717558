/**
 * local/cluster: a data directory for one server: by initdb, or from the template where that is allowed.
 *
 * What decides who may connect lies outside the data directory, in files of ours that the server can only read. initdb
 * is closed as the server is, where that can be: one that is killed leaves no shared memory on this host, since it had
 * memory of its own. Called by local.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { limits } from "../../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { type Account, asAccount } from "../account.ts";
import type { Place } from "../place.ts";
import { type StartOrder, SUPERUSER } from "../provider.ts";
import { runToEnd } from "../run-as.ts";
import type { Binaries } from "./binaries.ts";
import { closedWords } from "./closed.ts";
import { keepCluster, type Template, takeCluster, templateOf } from "./template.ts";

/** Nothing that a throwaway server needs on disk; small WAL files, so that a copy is quick. */
const INITDB_OPTIONS = [
  ...["--username", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1"],
  ...["--auth=reject", "--no-sync", "--no-instructions"],
];

export type ClusterOrder = {
  readonly order: StartOrder;
  readonly place: Place;
  readonly account: Account;
  readonly binaries: Binaries;
  /** Why nothing can be closed here; null where it can, and the script that does it is there. */
  readonly open: string | null;
  readonly stateDirectory: string;
  readonly remainingMs: () => number;
};

/** The directories are there and empty but for what this makes. SANDBOX_SERVER_FAILED, FILE_WRITE_FAILED. */
export async function makeCluster(request: ClusterOrder): Promise<Failure | null> {
  const { order, place, account, remainingMs } = request;
  const isFresh = order.cluster === "fresh";
  const template = templateFor(request);
  const taken = isFresh ? "none" : await takeCluster(template, place.data, remainingMs());
  if (taken !== "none") return taken === "taken" ? null : taken;
  const made = makeForServer(place.data, account);
  if (made !== null) return made;
  const failed = await runToEnd(initdbWords(request), { timeoutMs: remainingMs(), program: "initdb" });
  if (failed !== null || isFresh) return failed;
  const { name, record } = order;
  return keepCluster({ from: place.data, to: template.folder, name, record, timeoutMs: remainingMs() });
}

function initdbWords({ place, account, binaries, open }: ClusterOrder): readonly string[] {
  const initdb = [join(binaries.folder, "initdb"), ...INITDB_OPTIONS, "--pgdata", place.data];
  const words = asAccount(account, initdb);
  return open === null ? closedWords({ account, place, programs: binaries.folder }, words) : words;
}

/** A new spare cluster for whoever starts a server next; nothing to do where there is one. */
export async function refillSpare(request: ClusterOrder, signal: AbortSignal): Promise<Failure | null> {
  const { folder, spare } = templateFor(request);
  if (fs.existsSync(spare) || !fs.existsSync(join(folder, "data"))) return null;
  const { name, record } = request.order;
  const timeoutMs = limits.sandboxStartTimeoutMs;
  return keepCluster({ from: join(folder, "data"), to: spare, name, record, timeoutMs, signal });
}

function templateFor({ stateDirectory, binaries, account }: ClusterOrder): Template {
  return templateOf(stateDirectory, { ...binaries, initdbOptions: INITDB_OPTIONS, uid: account.uid });
}

/** A directory that only the server's user enters; root does anyway. */
export function makeForServer(path: string, { uid, gid, is }: Account): Failure | null {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
    if (is === "dropped") fs.chownSync(path, uid, gid);
    return null;
  } catch (error) {
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`make ${path}`, error), { facts, cause: error });
  }
}
