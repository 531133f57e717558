/**
 * reader: somebody at a machine of their own: a home that holds nothing, the built program on the PATH, and nothing
 * that names a database.
 *
 * Where we are root the reader is an account without rights. `sudo -u postgres` is a stand-in of ours: it goes to the
 * test's server as its superuser, and nowhere else. Everything lies in one temporary folder. Used by stages.ts.
 */
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../database/files.ts";
import { type Server, SUPERUSER } from "../database/server.ts";
import type { Reader } from "./shell.ts";

const PROJECT = dirname(dirname(import.meta.dirname));
const PROGRAM = process.env.CUTTER_BINARY ?? join(PROJECT, "dist", "cutter");
const ACCOUNT = "nobody";

/** How the page calls what is somewhere else in a run. */
export const PAGE = { home: "/home/anna", port: "5432" } as const;

type Account = { readonly uid: number; readonly gid: number };

/** null where we are nobody special ourselves. */
function readerAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const entries = readFileSync("/etc/passwd", "utf8").split("\n");
  const entry = entries.find((line) => line.startsWith(`${ACCOUNT}:`));
  if (entry === undefined) throw new Error(`no account ${ACCOUNT} in /etc/passwd`);
  const [, , uid, gid] = entry.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

export function makeReader(server: Server): Reader {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: bun scripts/build.ts makes it`);
  const account = readerAccount();
  const folder = temporaryFolder();
  const [home, programs] = [join(folder, "anna"), join(folder, "bin")];
  // Others may pass through, as through /home.
  for (const path of [dirname(folder), folder]) chmodSync(path, 0o711);
  for (const path of [home, programs]) mkdirSync(path, { mode: 0o755 });
  if (account !== null) chownSync(home, account.uid, account.gid);
  copyFileSync(PROGRAM, programOf(home));
  writeFileSync(join(programs, "sudo"), sudoOf(server), { mode: 0o755 });
  const drop = account === null ? [] : ["--reuid", `${account.uid}`, "--regid", `${account.gid}`, "--clear-groups"];
  return {
    home,
    environment: {
      ...{ HOME: home, PATH: `${programs}:/usr/local/bin:/usr/bin:/bin` },
      ...{ LANG: "C.UTF-8", TERM: "dumb", USER: "anna", LOGNAME: "anna" },
    },
    as: ["setpriv", "--pdeathsig", "KILL", ...drop, "--"],
  };
}

/** Where the program of the reader with this home lies. */
export function programOf(home: string): string {
  return join(dirname(home), "bin", "cutter");
}

function sudoOf({ socketDirectory, port }: Server): string {
  const known = `[ "$1 $2 $3" = "-u ${SUPERUSER} psql" ] || { echo "sudo: not here: $*" >&2; exit 1; }`;
  return `#!/bin/sh\n${known}\nshift 2\nPGHOST=${socketDirectory} PGPORT=${port} PGUSER=${SUPERUSER} exec "$@" -X\n`;
}
