/**
 * exit: how a command ends: exit codes by name, the report of a Failure, of a bug, and of a signal.
 *
 * A Failure is told on stderr, and under --json also as one document on stdout. A bug is told with what to send. This
 * file never ends the process itself: main.ts hands in what does. Called by command/program.ts and main.ts.
 */
import { sleep } from "../kernel/clock.ts";
import { type Fact, Failure, type FailureCode } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { endingWords, openSessions } from "../kernel/session/registry.ts";
import { versionLine } from "../kernel/version.ts";
import { paint, type Terminal } from "./terminal.ts";

/** cli.md; a Failure carries its own in failure-table.ts. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  notProven: 3,
  refused: 4,
  unreachable: 5,
  waiting: 6,
  unknown: 7,
} as const;

export type ReportFormat = "text" | "json";

/** Tells of a failure and answers the exit code. */
export async function reportFailure(
  failure: Failure,
  { terminal, format }: { readonly terminal: Terminal; readonly format: ReportFormat },
): Promise<number> {
  if (format === "json") await terminal.document(failureDocument(failure));
  return tellFailure(failure, terminal);
}

/** On stderr only: for a command whose result already says that it failed. Answers the exit code. */
export async function tellFailure(failure: Failure, terminal: Terminal): Promise<number> {
  const { stderr } = terminal.colour;
  await terminal.alarm(`: ${failure.message}`, paint(`error ${failure.code}`, "red", stderr));
  await terminal.alarm(`data: ${failure.data}`);
  await terminal.alarm(`hint: ${failure.hint}`);
  for (const line of causes(failure.cause)) await terminal.detail(`cause: ${line}`);
  for (const [name, fact] of Object.entries(failure.facts)) {
    await terminal.detail(`fact: ${name} = ${JSON.stringify(fact)}`);
  }
  return failure.exitCode;
}

/** The document `cutter.failure/v1`: what is printed under --json in place of a result. */
function failureDocument(failure: Failure): Fact {
  return {
    schema: "cutter.failure/v1",
    code: failure.code,
    exit_code: failure.exitCode,
    message: failure.message,
    data: failure.data,
    hint: failure.hint,
    facts: failure.facts,
    causes: causes(failure.cause),
  };
}

/** From the nearest cause to the first; a chain that bites its tail is cut off. */
function causes(cause: unknown): string[] {
  const lines: string[] = [];
  let next = cause;
  while (next !== undefined && next !== null && lines.length < limits.causeChain) {
    if (next instanceof Failure) lines.push(`${next.code}: ${next.message}`);
    else if (next instanceof Error) lines.push(`${next.name}: ${next.message}`);
    else lines.push(String(next));
    next = typeof next === "object" ? (next as { cause?: unknown }).cause : undefined;
  }
  return lines;
}

/** Tells of a mistake in this program, with all that its makers need, and answers the exit code. */
export async function reportBug(
  error: unknown,
  { terminal, format }: { readonly terminal: Terminal; readonly format: ReportFormat },
): Promise<number> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = error instanceof Error ? error.message : String(error);
  const data = "What was not committed, the server rolls back. Look at the last report before you go on.";
  const hint = "Please send the lines from here on, with the command that you gave. Secrets are taken out of them.";
  const version = versionLine();
  const platform = `${process.platform} ${process.arch}, Bun ${Bun.version}`;
  if (format === "json") {
    const facts = { version, platform, stack };
    await terminal.document({ schema: "cutter.failure/v1", code: "BUG", exit_code: 1, message, data, hint, facts });
  }
  const label = paint("error BUG", "red", terminal.colour.stderr);
  await terminal.alarm(`: a mistake in cutter itself: ${message}`, label);
  for (const line of [`data: ${data}`, `hint: ${hint}`, version, platform]) await terminal.alarm(line);
  for (const frame of framesOf(stack)) await terminal.alarm(frame);
  return EXIT.bug;
}

/** The message comes before the frames, and may hold lines that look like ours: it is one line here. */
function framesOf(stack: string): readonly string[] {
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => /^\s+at /.test(line));
  return first === -1 ? [stack] : [lines.slice(0, first).join("\n"), ...lines.slice(first)];
}

/** Is told of the signal, as the failure that it will be reported as. */
type Cleanup = (signal: Failure) => Promise<void>;
const cleanups = new Set<Cleanup>();

/** Registers what must happen before a signal or a bug ends the process, e.g. a rollback. The answer takes it back. */
export function onSignal(cleanup: Cleanup): () => void {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

const SIGNALS = {
  SIGINT: { code: "INTERRUPTED", message: "interrupted (SIGINT)" },
  SIGTERM: { code: "TERMINATED", message: "terminated (SIGTERM)" },
  SIGHUP: { code: "HUNG_UP", message: "the terminal went away (SIGHUP)" },
} as const satisfies Record<string, { code: FailureCode; message: string }>;

export type SignalHandling = {
  readonly terminal: Terminal;
  readonly format: ReportFormat;
  /** Ends the process; main.ts owns it. */
  readonly exit: (code: number) => void;
};

let ending: "no" | "yes" = "no";

/**
 * Resolves while no signal came; never, once one did: its handler has the last word then. One that came while the
 * program computed is handed over by the event loop only, so that one turn of it is waited for.
 */
export async function unlessSignalled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  return ending === "no" ? Promise.resolve() : new Promise(() => {});
}

/** The terminal of a command: once a signal came, what the command finds of its own clean-up is no result any more. */
export function unlessSignalledTerminal(terminal: Terminal): Terminal {
  // Not a copy: what a terminal says of itself is found out when it is asked.
  const signalled = Object.create(terminal) as Terminal;
  Object.defineProperty(signalled, "progress", { get: () => (ending === "no" ? terminal.progress : "none") });
  return Object.assign(signalled, {
    result: (text: string) => unlessSignalled().then(() => terminal.result(text)),
    document: (value: Fact) => unlessSignalled().then(() => terminal.document(value)),
    draw: (lineOf: (columns: number) => string) => (ending === "no" ? terminal.draw(lineOf) : undefined),
  });
}

/** Before a bug ends the process: what was registered for a signal, within limits.signalCleanupMs. Only once. */
export async function cleanUp(): Promise<void> {
  if (ending === "yes") return;
  ending = "yes";
  await cleanUpFor(new Failure("INTERRUPTED", "a mistake in cutter itself ended it"));
}

async function cleanUpFor(reason: Failure): Promise<void> {
  const cleaned = Promise.allSettled([...cleanups].map((cleanup) => cleanup(reason)));
  await Promise.race([cleaned, sleep(limits.signalCleanupMs)]);
}

/** First signal: clean up within limits.signalCleanupMs, report, end. A second one ends at once. */
export function installSignals({ terminal, format, exit }: SignalHandling): void {
  for (const [signal, { code, message }] of Object.entries(SIGNALS)) {
    process.on(signal, async () => {
      const told = new Failure(code, message);
      const { exitCode } = told;
      if (ending === "yes") {
        terminal.clear();
        return exit(exitCode);
      }
      ending = "yes";
      await cleanUpFor(told);
      const words = endingWords();
      const failure = new Failure(code, message, words.length === 0 ? {} : { data: words.join(" ") });
      const reported = reportFailure(failure, { terminal, format });
      await Promise.race([reported, sleep(limits.signalReportMs)]);
      exit(exitCode);
    });
  }
  // A stopped program keeps its sessions, and they their locks.
  process.on("SIGTSTP", async () => {
    if (openSessions().length === 0) process.kill(process.pid, "SIGSTOP");
    else await terminal.alarm("Ctrl-Z is not obeyed while a connection is open: its locks would stay. Ctrl-C ends it.");
  });
  // A closed pipe is an error of the write that met it, never the end of the process.
  process.on("SIGPIPE", () => {});
}
