/**
 * processes: every process that a sandbox starts beside its servers: client programs, keys, and our own program.
 *
 * Without a shell, in a group of its own, with nothing of our environment but what is handed in; it dies with us, and
 * `endAll` ends what still runs. Each is in the journal. Output goes to memory, bounded, or to a file. Called by the
 * steps and the scenarios.
 */
import { sleep } from "../kernel/clock.ts";
import { limits } from "../kernel/limits.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { findTool } from "../readiness/service-state/tool.ts";
import type { Journal } from "./journal.ts";

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
    this.commandLines.push([...command, ...Object.entries(order.environment).map((pair) => pair.join("="))].join(" "));
    const end = this.#journal.begin({ kind: "process", what: command.join(" ") });
    this.#journal.countProcess();
    const begun = performance.now();
    let child: Bun.Subprocess;
    try {
      child = Bun.spawn([...dyingWithUs(), ...command], {
        cwd: order.directory ?? "/",
        env: { ...order.environment },
        stdin: order.input === undefined ? "ignore" : Bun.file(order.input),
        stdout: order.output === undefined ? "pipe" : Bun.file(order.output),
        stderr: "pipe",
        detached: true,
      });
    } catch (error) {
      end(`not started: ${errnoOf(error)}`);
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
        end(signal === null ? `exit ${code}` : signal);
        return { code: signal === null ? code : null, signal, stdout, stderr, elapsedMs: performance.now() - begun };
      }),
    };
    this.#running.add(running);
    return running;
  }

  /** Ends what still runs, and waits until it has ended. */
  async endAll(): Promise<void> {
    const all = [...this.#running];
    for (const running of all) running.kill("SIGKILL");
    await Promise.race([Promise.all(all.map(({ ended }) => ended)), sleep(limits.closeTimeoutMs)]);
  }
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

/** The first part; the rest is read and not kept. */
async function bounded(stream: Bun.Subprocess["stdout"]): Promise<string> {
  if (!(stream instanceof ReadableStream)) return "";
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    if (bytes < limits.sandboxOutputBytes) pieces.push(piece);
    bytes += piece.byteLength;
  }
  return Buffer.concat(pieces).toString("utf8");
}
