/**
 * child-process: how many processes this program has started, which, and who is told of each as it begins.
 *
 * Starts none itself: whoever does hands the child over in the same breath, which tidy sees to. What the log of a
 * sandbox says is compared with this. Keeps numbers and program names, never words, which may be secret. Called by each
 * file that starts a program.
 */
import { basename } from "node:path";

export type StartedProcess = {
  readonly pid: number;
  readonly words: readonly string[];
  /** `to its end`: whoever started it waits for that; `until stopped`: it serves. */
  readonly runs: "to its end" | "until stopped";
  /** `exit 0`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
};

/** As the runtime has it: Bun.spawn, Bun.spawnSync, spawn of node:child_process. */
type Child = Spawned | Ended | NodeChild;
type Spawned = {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly signalCode: string | number | null;
};
type Ended = { readonly pid: number; readonly exitCode: number; readonly success: boolean };
type NodeChild = {
  readonly pid?: number | undefined;
  once(event: "exit", heard: (code: number | null, signal: string | null) => void): unknown;
};

type Counted = { readonly pid: number; readonly program: string };

const all: Counted[] = [];
const listeners = new Set<(started: StartedProcess) => void>();

/** The child as it came. One that could not be started has no number, and is not counted. */
export function counted<C extends Child>(
  child: C,
  words: readonly string[],
  runs: StartedProcess["runs"] = "to its end",
): C {
  const { pid } = child;
  if (pid === undefined) return child;
  all.push({ pid, program: basename(words[0] ?? "") });
  const ended = endOf(child);
  for (const listener of listeners) listener({ pid, words, runs, ended });
  return child;
}

function endOf(child: Child): Promise<string> {
  if ("success" in child) return Promise.resolve(`exit ${child.exitCode}`);
  if ("exited" in child) {
    return child.exited.then(
      (code) => (child.signalCode === null ? `exit ${code}` : String(child.signalCode)),
      () => "nobody knows how it ended",
    );
  }
  return new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? `exit ${code}`)));
}

/** In the order in which they were started; never shorter than it was. */
export function startedProcesses(): readonly Counted[] {
  return all;
}

/** The answer takes it back. */
export function onStartedProcess(listener: (started: StartedProcess) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
