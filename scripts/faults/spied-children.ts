/**
 * spied-children: every program that a run of ours starts, with its arguments and its environment, as the kernel has
 * them: by strace, which misses none, however short it lives.
 *
 * Used by the fault tests; never by the program.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryFolder } from "../database/files.ts";

export type Child = {
  /** Without its folder. */
  readonly program: string;
  /** As strace writes them. */
  readonly argv: string;
  readonly environment: string;
};

export type Spy = {
  /** To be given to a run of the program as its script. */
  readonly script: string;
  /** The program itself is the first. */
  children(): readonly Child[];
};

export function spiedChildren(): Spy {
  const log = join(temporaryFolder(), "strace");
  const words = ["-f", "--seccomp-bpf", "-qq", "-v", "-s", "65536", "-e", "trace=execve", "-e", "status=successful"];
  return {
    script: `exec strace ${words.join(" ")} -o '${log}' "$@"`,
    children() {
      const lines = readFileSync(log, "utf8").split("\n");
      return lines.flatMap((line) => {
        const [, path, argv, environment] = /execve\("([^"]*)", (\[.*?\]), (\[.*\])\) = 0$/.exec(line) ?? [];
        if (path === undefined || argv === undefined || environment === undefined) return [];
        return [{ program: basename(path), argv, environment }];
      });
    },
  };
}
