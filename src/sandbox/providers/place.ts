/**
 * providers/place: where a local server's files lie, so that its socket's path is short and its user gets there.
 *
 * The sandbox's own directory where that will do; else a directory of the same name in TMPDIR, /tmp or /var/tmp. A path
 * too long for a socket is cut off silently by some systems, so it is never tried. Makes nothing. Called by local
 * and docker.
 */
import * as fs from "node:fs";
import { isAbsolute, join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkWay } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { type Account, closedTo } from "./account.ts";

export type Place = {
  /** Ours: root's where we are root, so that the server cannot change what is in it. */
  readonly home: string;
  /** The server's own, 0700. */
  readonly data: string;
  readonly socket: string;
  /** Where we connect: ours, and nothing that the server could change. */
  readonly door: string;
  /** Empty: where the server's own root directory is put together, if it is closed. */
  readonly root: string;
};

/** SANDBOX_PROVIDER_UNAVAILABLE, with what is wrong with each. */
export function choosePlace(name: string, account: Account, bases: readonly string[]): Place | Failure {
  const tried: string[] = [];
  for (const base of [...new Set(bases)]) {
    const home = join(base, name);
    const reason = whyUnfit(base, join(home, "s"), account);
    if (reason === null) return placeIn(home);
    tried.push(`${base}: ${reason}`);
  }
  const message = `no place for a local server's files: ${tried.join("; ")}`;
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", message, { hint: "Name a short directory with TMPDIR." });
}

function placeIn(home: string): Place {
  const [data, socket, door, root] = ["data", "s", "d", "root"].map((name) => join(home, name)) as Four;
  return { home, data, socket, door, root };
}

type Four = [string, string, string, string];

const STICKY = 0o1000;
const WRITABLE_BY_OTHERS = 0o022;

function whyUnfit(base: string, socket: string, account: Account): string | null {
  if (!isAbsolute(base)) return "not an absolute path";
  const bytes = Buffer.byteLength(socket);
  if (bytes > limits.socketDirectoryBytes)
    return `${socket} has ${bytes} bytes, at most ${limits.socketDirectoryBytes}`;
  try {
    const real = fs.realpathSync(base);
    const { mode } = fs.statSync(real);
    if (!fs.statSync(real).isDirectory()) return "not a directory";
    if (mode & WRITABLE_BY_OTHERS && !(mode & STICKY)) return "others may replace what is in it";
    const closed = closedTo(account, real);
    if (closed !== null) return `user ${account.uid}, whom the server runs as, cannot go through ${closed}`;
    return checkWay(real)?.message ?? null;
  } catch (error) {
    errnoOf(error);
    return failedCall("use it", error);
  }
}

/** Where a server's files may lie, in the order in which these are tried. */
export function bases(workDirectory: string | null): readonly string[] {
  const own = workDirectory === null ? [] : [workDirectory];
  const { TMPDIR } = process.env;
  const named = TMPDIR === undefined || TMPDIR === "" ? [] : [TMPDIR];
  return [...own, ...named, "/tmp", "/var/tmp"];
}

/** What stands where files of a server of this name would lie. */
export function placesTaken(name: string): readonly string[] {
  return bases(null)
    .map((base) => join(base, name))
    .filter((path) => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined);
}
