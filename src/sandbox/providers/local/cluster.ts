/**
 * local/cluster: a data directory for one server: by initdb, or as a copy of the template where that is allowed.
 *
 * What decides who may connect lies outside the data directory, in files of ours that the server can only read. The
 * superuser is whom the kernel says sits at the other end of the socket (peer): the user that runs cutter, with no
 * password at all; every other role needs one (SCRAM). Called by local.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { type Account, asAccount } from "../account.ts";
import type { Place } from "../place.ts";
import { type StartOrder, SUPERUSER } from "../provider.ts";
import { runToEnd } from "../run-as.ts";
import type { Binaries } from "./binaries.ts";
import { copyCluster, keepTemplate, templateFolder } from "./template.ts";

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
  readonly stateDirectory: string;
  readonly remainingMs: () => number;
};

/** The directories are there and empty but for what this makes. SANDBOX_SERVER_FAILED, FILE_WRITE_FAILED. */
export async function makeCluster(request: ClusterOrder): Promise<Failure | null> {
  const { order, place, account, binaries, remainingMs } = request;
  const key = { ...binaries, initdbOptions: INITDB_OPTIONS, uid: account.uid };
  const template = templateFolder(request.stateDirectory, key);
  const copied = order.cluster === "may be cloned" && fs.existsSync(join(template, "data"));
  if (copied) return copyCluster(join(template, "data"), place.data, remainingMs());
  const owned = makeForServer(place.data, account);
  if (owned !== null) return owned;
  const initdb = [join(binaries.folder, "initdb"), ...INITDB_OPTIONS, "--pgdata", place.data];
  const failed = await runToEnd(asAccount(account, initdb), remainingMs());
  if (failed !== null || order.cluster === "fresh") return failed;
  const { name, record } = order;
  return keepTemplate({ data: place.data, template, name, record, timeoutMs: remainingMs() });
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
