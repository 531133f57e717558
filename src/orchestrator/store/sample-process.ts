/**
 * store/sample-process: another process with the run store open, for tests that need a real one to stop or die.
 *
 * Runs a few lines of code with the store's functions in scope; crash points are on. What it says is one JSON value a
 * line. Never used by the program itself.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

const MODULES = ["open-store.ts", "run-lock.ts", "sample-run.ts"].map((name) => join(import.meta.dir, name));

const PRELUDE = `
  const fs = await import("node:fs");
  const scope = {};
  for (const path of ${JSON.stringify(MODULES)}) Object.assign(scope, await import(path));
  const { openStore, acquireRunLock, ok, code, newRun, driveTo } = scope;
  const say = (value) => process.stdout.write(JSON.stringify(value ?? null) + "\\n");
  const stay = () => Bun.sleep(60_000);
  const [place, runId] = process.argv.slice(1);
`;

export type OtherProcess = {
  readonly pid: number;
  /** The next value that it says; undefined when it has ended. */
  readonly heard: () => Promise<unknown>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** The signal that ended it, or its exit code. */
  readonly ended: Promise<string | number | null>;
};

export type Order = {
  /** In the child: place, runId, fs, openStore, acquireRunLock, ok, code, newRun, driveTo, say, stay. */
  readonly code: string;
  readonly place: string;
  readonly runId?: string;
  /** What runs it, e.g. `unshare --mount`. */
  readonly below?: readonly string[];
};

const running = new Set<ReturnType<typeof Bun.spawn>>();

/** Kills those that a failed test has left; for afterAll. */
export function endOtherProcesses(): void {
  for (const child of running) child.kill("SIGKILL");
}

export function otherProcess({ code, place, runId = "", below = [] }: Order): OtherProcess {
  const define = ["--define", 'CUTTER_TEST_BUILD="crash-points"'];
  const command = [...below, process.execPath, ...define, "-e", PRELUDE + code, place, runId];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  running.add(child);
  child.exited.then(() => running.delete(child));
  const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    heard: async () => {
      const { value, done } = await lines.next();
      return done ? undefined : JSON.parse(value);
    },
    signal: (name) => child.kill(name),
    ended: child.exited.then(() => child.signalCode ?? child.exitCode),
  };
}

/** Everything that it says until it ends. */
export async function hearAll(process: OtherProcess): Promise<unknown[]> {
  const heard: unknown[] = [];
  for (let value = await process.heard(); value !== undefined; value = await process.heard()) heard.push(value);
  await process.ended;
  return heard;
}
