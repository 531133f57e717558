/**
 * providers/account: the user that the sandbox's server runs as, and the words that start a program as that user.
 *
 * Never root: a superuser of the server can start programs, and would be root. As root we choose nobody before
 * postgres: a superuser of a sandbox that ran as postgres could read and end a production server of this machine. What
 * is started so gets SIGQUIT when this process dies, however it dies. Called by local and docker.
 */
import * as fs from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";

export type Account = {
  readonly uid: number;
  readonly gid: number;
  /** Of the user that cutter runs as, by which the server knows us on its socket (peer). */
  readonly caller: string;
  /** `dropped`: another user than ours, to which only root can go. */
  readonly is: "ours" | "dropped";
};

const CHOICE = ["nobody", "postgres"];

/** The account for this process. SANDBOX_PROVIDER_UNAVAILABLE where there is none to be used. */
export function serverAccount(passwd = "/etc/passwd"): Account | Failure {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const entries = readEntries(passwd);
  if (entries instanceof Failure) return entries;
  const own = entries.find((entry) => entry.uid === uid);
  if (own === undefined) return unavailable(`user ${uid} has no name in ${passwd}, and PostgreSQL needs one`);
  if (uid !== 0) return { uid, gid, caller: own.name, is: "ours" };
  const found = CHOICE.map((name) => entries.find((entry) => entry.name === name)).find((entry) => entry !== undefined);
  if (found === undefined || found.uid === 0) return unavailable(`root would need ${CHOICE.join(" or ")} in ${passwd}`);
  return { uid: found.uid, gid: found.gid, caller: own.name, is: "dropped" };
}

/** setpriv(1): the words that start a program as the account. They go through exec, so the process keeps its number. */
export function asAccount(account: Account, command: readonly string[]): readonly string[] {
  const death = ["setpriv", "--no-new-privs", "--pdeathsig", "QUIT"];
  // Those that a namespace of users gives, where it was started in one.
  const noRight = ["--inh-caps=-all", "--ambient-caps=-all"];
  if (account.is === "ours") return [...death, ...noRight, ...command];
  return [...death, "--reuid", `${account.uid}`, "--regid", `${account.gid}`, "--clear-groups", ...command];
}

/** Null where the account can go through this directory and all above it; else the one that is closed to it. */
export function closedTo(account: Account, directory: string): string | null {
  if (account.is === "ours") return null;
  const parts = directory.split("/").filter((part) => part !== "");
  const way = ["/", ...parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`)];
  return way.find((path) => !maySearch(account, fs.statSync(path))) ?? null;
}

function maySearch({ uid, gid }: Account, status: fs.Stats): boolean {
  if (status.uid === uid) return (status.mode & 0o100) !== 0;
  return (status.mode & (status.gid === gid ? 0o010 : 0o001)) !== 0;
}

type Entry = { readonly name: string; readonly uid: number; readonly gid: number };

function readEntries(path: string): readonly Entry[] | Failure {
  const content = readRegularFile(path, limits.kernelTableBytes);
  if (content instanceof Failure) return unavailable(content.message);
  return Buffer.from(content)
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      const [name = "", , uid = "", gid = ""] = line.split(":");
      return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
    });
}

function unavailable(reason: string): Failure {
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `a local server cannot be started: ${reason}`);
}
