/**
 * processes: every process that a sandbox starts beside its servers: client programs, keys, and our own program.
 *
 * Without a shell, in a group of its own, with nothing of our environment but what is handed in; it dies with us, and
 * `endAll` ends what still runs, with what that started. Output goes to memory, bounded, or to a file. Called by the
 * steps and the scenarios.
 */
import { counted } from "../kernel/child-process.ts";
import { sleep } from "../kernel/clock.ts";
import { limits } from "../kernel/limits.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { findTool } from "../readiness/service-state/tool.ts";
import type { Journal } from "./journal.ts";
import { descendantsOf, signalProcess } from "./leftovers/process-identity.ts";

export type ProcessOrder = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute; the root directory unless given. */
  readonly directory?: string;
  /** A file that it reads; nothing unless given. */
  readonly input?: string;
  /** A file that its output goes to, which must not be there yet; else memory. */
  readonly output?: string;
  readonly timeoutMs?: number;
};

export type Ended = {
  /** null where a signal ended it, or it could not be started. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
};

export type Running = {
  readonly pid: number;
  kill(signal: "SIGKILL" | "SIGTERM" | "SIGINT"): void;
  readonly ended: Promise<Ended>;
};

export class Processes {
  readonly #journal: Journal;
  readonly #running = new Set<Running>();
  #barred: "no" | "yes" = "no";
  /** Words of all that were started: they are searched for secrets. */
  readonly commandLines: string[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  async run(order: ProcessOrder): Promise<Ended> {
    const running = this.start(order);
    return running === null ? UNSTARTED : running.ended;
  }

  /** null where it cannot be started, which the journal says. */
  start(order: ProcessOrder): Running | null {
    const { command, timeoutMs = limits.sandboxProcessTimeoutMs } = order;
    if (this.#barred === "yes") return null;
    this.commandLines.push([...command, ...Object.entries(order.environment).map((pair) => pair.join("="))].join(" "));
    const begun = performance.now();
    let child: Bun.Subprocess;
    try {
      child = counted(Bun.spawn([...dyingWithUs(), ...command], optionsOf(order)), command);
    } catch (error) {
      this.#journal.note("look", `not started, ${errnoOf(error)}: ${command.join(" ")}`);
      return null;
    }
    const kill = (signal: "SIGKILL" | "SIGTERM" | "SIGINT"): void => killGroup(child.pid, signal);
    const late = setTimeout(() => kill("SIGKILL"), timeoutMs);
    const outcome = Promise.all([child.exited, bounded(child.stdout), bounded(child.stderr)]);
    const running: Running = {
      pid: child.pid,
      kill,
      ended: outcome.then(([code, stdout, stderr]) => {
        clearTimeout(late);
        this.#running.delete(running);
        const signal = child.signalCode === null ? null : String(child.signalCode);
        return { code: signal === null ? code : null, signal, stdout, stderr, elapsedMs: performance.now() - begun };
      }),
    };
    this.#running.add(running);
    return running;
  }

  /** From now on none is started: the end of the sandbox has begun. */
  bar(): void {
    this.#barred = "yes";
  }

  /** Ends what still runs, and waits until it has ended. What it started may be in a group of its own. */
  async endAll(): Promise<void> {
    const all = [...this.#running];
    const below = all.flatMap(({ pid }) => descendantsOf(pid));
    for (const running of all) running.kill("SIGKILL");
    for (const one of below) signalProcess(one, "SIGKILL");
    await Promise.race([Promise.all(all.map(({ ended }) => ended)), sleep(limits.closeTimeoutMs)]);
  }
}

function optionsOf({ directory = "/", environment, input, output }: ProcessOrder) {
  return {
    ...{ cwd: directory, env: { ...environment }, detached: true },
    stdin: input === undefined ? "ignore" : Bun.file(input),
    stdout: output === undefined ? "pipe" : Bun.file(output),
    stderr: "pipe",
  } as const;
}

const UNSTARTED: Ended = { code: null, signal: null, stdout: "", stderr: "it could not be started", elapsedMs: 0 };

/** A process of ours that is killed takes its children with it, where the system can do that. */
function dyingWithUs(): readonly string[] {
  return findTool("setpriv", process.env) === null ? [] : ["setpriv", "--pdeathsig", "KILL"];
}

function killGroup(pid: number, signal: "SIGKILL" | "SIGTERM" | "SIGINT"): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of it has ended by itself.
    errnoOf(error);
  }
}

/** The first part; the rest is read and not kept. Where it breaks off, how the process ended says why. */
async function bounded(stream: Bun.Subprocess["stdout"]): Promise<string> {
  if (!(stream instanceof ReadableStream)) return "";
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream) {
      if (bytes < limits.sandboxOutputBytes) pieces.push(piece);
      bytes += piece.byteLength;
    }
  } catch (error) {
    errnoOf(error);
  }
  return Buffer.concat(pieces).toString("utf8");
}
