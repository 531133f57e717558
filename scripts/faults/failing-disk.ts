/**
 * failing-disk: a run of the program during which the disk fails at the N-th call of a kind, by strace.
 *
 * Only its main thread is looked at, where all calls on the state directory are made, and none on a socket or a pipe;
 * so that a number means the same call each time. Used by the fault tests; never by the program.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../database/files.ts";

export type DiskFault = {
  /** Names of system calls, with commas between. */
  readonly calls: string;
  readonly error: "ENOSPC" | "EIO" | "EROFS";
  readonly number: number;
  /** Whether that call alone fails, or it and all later ones, as on a disk that stays full. */
  readonly lasts: "once" | "on";
};

export type FailingDisk = {
  /** To be given to a run of the program as its script. */
  readonly script: string;
  /** Whether there was such a call. */
  struck(): boolean;
};

export function failingDisk({ calls, error, number, lasts }: DiskFault): FailingDisk {
  const log = join(temporaryFolder(), "strace");
  const when = `${number}${lasts === "on" ? "+" : ""}`;
  const words = ["-qq", "-o", log, "-e", `trace=${calls}`, "-e", `inject=${calls}:error=${error}:when=${when}`];
  return {
    script: `exec strace ${words.map((word) => `'${word}'`).join(" ")} "$@"`,
    struck: () => readFileSync(log, "utf8").includes("(INJECTED)"),
  };
}
