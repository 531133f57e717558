/**
 * terminal: the two streams: stdout is the result, stderr is talk.
 *
 * Every text passes redact(), and each line of talk printable(). Writes wait until the stream took them, so a large
 * result into a slow pipe is whole; the event loop lives on meanwhile, so a signal is still answered. A reader that
 * closed stdout is no fault: what remains is dropped and the verdict stands. It never decides an exit code. Made once
 * by program.ts; used by each verb.
 */
import { printable } from "../kernel/evidence/printable.ts";
import { redact, redactFact } from "../kernel/evidence/redaction.ts";
import { type Fact, Failure } from "../kernel/failure.ts";
import { COLUMNS, fill } from "./command/fill.ts";
import { columnsNow, redrawnLine } from "./command/redrawn.ts";

export type Talk = "quiet" | "normal" | "verbose";
export type Colour = "on" | "off";

export type Terminal = {
  /** A part of the result, to stdout, as it is: the caller ends its lines. */
  result(text: string): Promise<void>;
  /** The whole result as one JSON document, to stdout. Strings in it are redacted one by one, so it stays JSON. */
  document(value: Fact): Promise<void>;
  /** A line to stderr; nothing under --quiet. */
  talk(line: string): Promise<void>;
  /** A line to stderr under --verbose. */
  detail(line: string): Promise<void>;
  /**
   * A line to stderr, always: failures, and what must not be missed. `label` stands before it and is shown as it is, in
   * colour: our own words only.
   */
  alarm(line: string, label?: string): Promise<void>;
  /**
   * Shows a line of progress, made for so many columns, over the last one; whatever is written next takes its place.
   * Nothing unless "drawn". Never waits: what a stopped terminal does not take is not shown.
   */
  draw(lineOf: (columns: number) => string): void;
  /** A line of progress that stays; nothing under --quiet. Never waits for a terminal either, nor loses it there. */
  tellProgress(line: string, label?: string): void;
  /** Takes a line of progress away. */
  clear(): void;
  readonly colour: { readonly stdout: Colour; readonly stderr: Colour };
  /** Whether progress may be drawn over itself on stderr. */
  readonly progress: "drawn" | "lines" | "none";
  /** What kept the result from being written, other than a reader that went away: a full disk, say. */
  lost(): Failure | undefined;
};

export type TerminalSettings = { readonly talk: Talk; readonly color: "auto" | "always" | "never" };

/** Shorter lines are let be on any terminal. */
const NARROW = 40;
/** What goes on below a phase that is over stands below its name: behind the tick and the time that it took. */
const BEHIND_TIME = " ".repeat(11);

type Environment = Readonly<Record<string, string | undefined>>;

export function createTerminal(settings: TerminalSettings, environment: Environment = process.env): Terminal {
  const stdout = openStream("stdout");
  const stderr = openStream("stderr");
  const progress = redrawnLine();
  const say = async (line: string, label = ""): Promise<void> =>
    stderr.write(`${progress.wipe()}${fitted(label + printable(redact(line)))}\n`);
  const show = async (text: string): Promise<void> => {
    const first = progress.wipe();
    if (first !== "") await stderr.write(first);
    await stdout.write(text);
  };
  const nothing = (): Promise<void> => Promise.resolve();
  const isTerminal = (name: StreamName): boolean => process.getBuiltinModule("node:tty").isatty(DESCRIPTORS[name]);
  /** In a file or pipe a line stays one line, for grep. */
  const fitted = (text: string, indent = "  "): string =>
    text.length > NARROW && isTerminal("stderr") ? fill(text, indent, Math.min(columnsNow(), COLUMNS)) : text;
  const colourOf = (stream: StreamName): Colour =>
    decideColour({ color: settings.color, environment, device: isTerminal(stream) ? "terminal" : "other" });
  const terminal: Terminal = {
    result: async (text) => show(redact(text)),
    document: async (value) => show(`${JSON.stringify(redactFact(value), null, 2)}\n`),
    talk: settings.talk === "quiet" ? nothing : say,
    detail: settings.talk === "verbose" ? say : nothing,
    alarm: say,
    draw(lineOf) {
      if (terminal.progress === "drawn") progress.draw((columns) => printable(redact(lineOf(columns))));
    },
    tellProgress(line, label = "") {
      if (terminal.progress === "none") return;
      if (isTerminal("stderr") && progress.possible())
        progress.print(fitted(label + printable(redact(line)), BEHIND_TIME));
      else say(line, label).catch(() => undefined);
    },
    clear: () => progress.clear(),
    colour: {
      get stdout() {
        return colourOf("stdout");
      },
      get stderr() {
        return colourOf("stderr");
      },
    },
    get progress() {
      if (settings.talk === "quiet") return "none";
      return isTerminal("stderr") && environment.TERM !== "dumb" && progress.possible() ? "drawn" : "lines";
    },
    lost: () => stdout.lost(),
  };
  return terminal;
}

type ColourQuestion = {
  readonly color: "auto" | "always" | "never";
  readonly environment: Environment;
  readonly device: "terminal" | "other";
};

/** no-color.org: any value of NO_COLOR that is not empty turns colour off; an explicit --color wins over it. */
function decideColour({ color, environment, device }: ColourQuestion): Colour {
  if (color !== "auto") return color === "always" ? "on" : "off";
  if ((environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb") return "off";
  return device === "terminal" ? "on" : "off";
}

const STYLES = { bold: [1, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], dim: [2, 22] } as const;

/** The text in a style, or as it is where colour is off. */
export function paint(text: string, style: keyof typeof STYLES, colour: Colour): string {
  if (colour === "off") return text;
  const [start, end] = STYLES[style];
  return `\u001b[${start}m${text}\u001b[${end}m`;
}

type Output = { write(text: string): Promise<void>; lost(): Failure | undefined };

type StreamName = "stdout" | "stderr";

const DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

const outputs = new Map<StreamName, Output>();

/** One wrapper per stream and process, so that a crash report knows what the run's terminal knew. */
function openStream(name: StreamName): Output {
  const open = outputs.get(name) ?? makeOutput(name);
  outputs.set(name, open);
  return open;
}

/** Bun's own file sink: a stream of process takes longer to make than all else that a short command does. */
function makeOutput(name: StreamName): Output {
  let sink: Bun.FileSink | undefined;
  let gone: NodeJS.ErrnoException | undefined;
  return {
    async write(text) {
      if (gone !== undefined) return;
      try {
        sink ??= Bun[name].writer();
        // A write that cannot wait in the buffer answers with its own promise, and its own error.
        await sink.write(text);
        await sink.flush();
      } catch (error) {
        gone = error as NodeJS.ErrnoException;
      }
    },
    lost: () => {
      if (gone === undefined || gone.code === "EPIPE" || gone.code === "EIO") return undefined;
      return new Failure("FILE_WRITE_FAILED", `the result could not be written to stdout: ${gone.code}`);
    },
  };
}
