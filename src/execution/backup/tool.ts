/**
 * backup/tool: one program as a process of ours whose streams are pumped by us: pg_dump, pg_restore, gpg.
 *
 * Without a shell, in a process group of its own that is killed whole, and that does not outlive us by a signal, but
 * for what cleans up then. A write never waits for a program that has ended, and what it complains is kept, bounded.
 * Never throws for what the program does. Called by the parts of backup.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { counted } from "../../kernel/child-process.ts";
import { sleep } from "../../kernel/clock.ts";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { redact } from "../../kernel/evidence/redaction.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { processEnding } from "../../kernel/session/registry.ts";

export type Tool = {
  readonly name: string;
  readonly output: AsyncIterable<Buffer>;
  /** Takes a piece; "ended" where the program no longer reads. Waits while the program is behind. */
  write(piece: Uint8Array): Promise<"taken" | "ended">;
  /** Closes the program's input. */
  end(): void;
  kill(): void;
  /** Resolves when the program and its streams have ended: null for exit code 0, else why not. */
  readonly ended: Promise<string | null>;
  /** Known when it has ended: whether there was such a program at all. */
  start(): "done" | "failed";
  /** What came on descriptor 3, as gpg's --status-fd 3 sends it. Complete once it ended. */
  status(): string;
};

export type ToolOrder = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What becomes of it when a signal ends us; `goes on`: it cleans up. */
  readonly onSignal?: "killed" | "goes on";
};

export function startTool(order: ToolOrder): Tool {
  const [name = ""] = order.command;
  try {
    return toolOf(name, startChild(order), order);
  } catch (error) {
    return unstarted(name, `${name} cannot be started: ${errnoOf(error)}`);
  }
}

function startChild({ command: [name = "", ...words], environment }: ToolOrder): ChildProcess {
  const stdio = ["pipe" as const, "pipe" as const, "pipe" as const, "pipe" as const];
  return counted(spawn(name, words, { cwd: "/", env: environment, stdio, detached: true }), [name, ...words]);
}

/** Most failures to start are told by an event; a file that is no program is thrown. */
function unstarted(name: string, reason: string): Tool {
  const nothing = (): void => {};
  return {
    ...{ name, ended: Promise.resolve(reason), end: nothing, kill: nothing, status: () => "", start: () => "failed" },
    output: Readable.from([]),
    write: async () => "ended",
  };
}

function toolOf(name: string, child: ChildProcess, { onSignal = "killed" }: ToolOrder): Tool {
  const kill = (): void => killGroup(child);
  const streams = child.stdio as unknown as [Writable, Readable, Readable, Readable];
  // What an ended program did not read is told by the write, and by how it ended.
  for (const stream of streams) stream?.on("error", () => {});
  const complaint = gather(child.stderr);
  const status = gather(streams[3]);
  const told = endOfStream(streams[3]);
  const ended = endOf(child, { name, complaint })
    .then((reason) => Promise.race([told, sleep(limits.toolStatusWaitMs)]).then(() => reason))
    .finally(() => processEnding.removeEventListener("abort", kill));
  if (onSignal === "killed") processEnding.addEventListener("abort", kill);
  if (onSignal === "killed" && processEnding.aborted) kill();
  return {
    name,
    output: child.stdout as AsyncIterable<Buffer>,
    write: (piece) => Promise.race([writeTo(child.stdin, piece), ended.then(() => "ended" as const)]),
    end: () => child.stdin?.end(),
    kill,
    ended,
    status,
    start: () => (child.pid === undefined ? "failed" : "done"),
  };
}

export type ToolAnswer =
  | { readonly output: string; readonly status: string }
  | { readonly reason: string; readonly start: "done" | "failed" };

/** The output of a program that reads this and answers in one go; a sentence in place of it where it fails. */
export async function askTool(order: ToolOrder, input: Uint8Array = new Uint8Array()): Promise<ToolAnswer> {
  const tool = startTool(order);
  const late = setTimeout(tool.kill, limits.backupToolTimeoutMs);
  const pieces: Buffer[] = [];
  let bytes = 0;
  const reading = readOutput(tool, (piece) => {
    bytes += piece.byteLength;
    if (bytes <= limits.toolOutputBytes) pieces.push(piece);
  });
  if (input.byteLength > 0) await tool.write(input);
  tool.end();
  const [reason] = await Promise.all([tool.ended, reading]);
  clearTimeout(late);
  if (reason !== null) return { reason, start: tool.start() };
  if (bytes > limits.toolOutputBytes) return { reason: `${order.command[0]} answered without end`, start: "done" };
  return { output: Buffer.concat(pieces).toString("utf8"), status: tool.status() };
}

/** Reads the output to its end. Where the program was killed it breaks off; how it ended says why. */
export async function readOutput({ output }: Tool, keep: (piece: Buffer) => void): Promise<void> {
  try {
    for await (const piece of output) keep(piece);
  } catch (error) {
    errnoOf(error);
  }
}

/** The last whole characters that came, bounded; the stream is read to its end whatever it says. */
function gather(stream: Readable | null | undefined): () => string {
  let text = "";
  stream?.on("data", (piece: Buffer) => {
    text = (text + piece.toString("utf8")).slice(-limits.toolComplaintCharacters);
  });
  return () => text;
}

type Named = { readonly name: string; readonly complaint: () => string };

function endOf(child: ChildProcess, { name, complaint }: Named): Promise<string | null> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`${name} cannot be started: ${errnoOf(error)}`));
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(null);
      const how = signal === null ? `ended with ${code}` : `was killed (${signal})`;
      resolve([`${name} ${how}`, firstLines(complaint())].filter(Boolean).join(": "));
    });
  });
}

/** A child counts as closed when its first three streams are; what it said on the fourth may still be on its way. */
function endOfStream(stream: Readable | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null || stream === undefined) return resolve();
    for (const event of ["end", "close", "error"]) stream.once(event, () => resolve());
  });
}

function firstLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return boundedText(redact(lines.slice(0, 3).join("; ")), limits.evidenceLineCharacters);
}

function writeTo(stream: Writable | null, piece: Uint8Array): Promise<"taken" | "ended"> {
  return new Promise((resolve) => {
    if (stream === null) return resolve("ended");
    stream.write(piece, (error) => resolve(error ? "ended" : "taken"));
  });
}

/** The streams too, since a process that left the group may hold them open. */
function killGroup(child: ChildProcess): void {
  for (const stream of child.stdio) stream?.destroy();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // ESRCH: all of it has ended by itself.
    errnoOf(error);
  }
}
