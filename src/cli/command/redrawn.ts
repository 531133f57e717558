/**
 * redrawn: the one line on stderr that is drawn over itself, on a terminal.
 *
 * It must never hold up whoever works: a terminal that is stopped (Ctrl-S) takes no more, and a write that waited for
 * it would hold a transaction open. So it is written through a descriptor of its own that does not wait, and what the
 * terminal does not take is not drawn. Hides no cursor and sets no mode, so there is nothing to restore but the line.
 * Made by terminal.ts, which writes `wipe()` before anything else that it writes.
 */
import { COLUMNS } from "./fill.ts";

export type RedrawnLine = {
  /** Whether there is a terminal that can be written to without waiting. Asked before anything is drawn. */
  possible(): boolean;
  /** `lineOf` is given the columns that there are. */
  draw(lineOf: (columns: number) => string): void;
  /** A whole line that stays; one that the terminal does not take now comes before whatever is written next. */
  print(line: string): void;
  /** What has to be written first by whoever writes next; nothing where there is nothing left to do. */
  wipe(): string;
  /** Takes the line away. */
  clear(): void;
};

/** The last one, where some terminals wrap at once; and those of the `^C` that a terminal shows itself. */
const FREE_COLUMNS = 3;
const WIPE_LINE = "\r\u001b[2K";
/** A new description of the same terminal: its flags are not those of the descriptor that others write to. */
const STDERR = "/proc/self/fd/2";

export function redrawnLine(): RedrawnLine {
  let descriptor: number | null | undefined;
  let drawn = "";
  let owed = "";
  const open = (): number | null => {
    if (descriptor === undefined) descriptor = openUnwaiting();
    return descriptor;
  };
  // Narrower than what stands there: where a terminal broke it up nobody can tell, so it is left and gone on below.
  const wipeOf = (columns: number): string => (Bun.stringWidth(drawn) > columns ? "\n" : WIPE_LINE);
  /** What is owed, where a line is drawn after it was taken away. */
  const before = (): string => `${drawn === "" ? "" : wipeOf(columnsNow())}${owed}`;
  /** What it leaves behind is known only where the terminal took it. */
  const write = (text: string, leaves: string): void => {
    const into = open();
    if (into === null) return;
    try {
      process.getBuiltinModule("node:fs").writeSync(into, before() + text);
      [drawn, owed] = [leaves, ""];
    } catch {
      // Stopped, or gone: whoever works goes on, and the next line may be taken again.
    }
  };
  return {
    possible: () => open() !== null,
    draw(lineOf) {
      if (open() === null) return;
      const columns = Math.max(columnsNow() - FREE_COLUMNS, 1);
      const line = fit(lineOf(columns), columns);
      // Even where nothing of ours stands: what was typed meanwhile is shown there.
      if (line !== drawn) write(drawn === "" ? `${WIPE_LINE}${line}` : line, line);
    },
    wipe() {
      const first = before();
      [drawn, owed] = ["", ""];
      return first;
    },
    clear() {
      if (drawn !== "" || owed !== "") write("", "");
    },
    print(line) {
      owed += `${line}\n`;
      write("", "");
    },
  };
}

/** The file system is loaded here and not above: most commands draw nothing, and start sooner so. */
function openUnwaiting(): number | null {
  const { openSync, constants } = process.getBuiltinModule("node:fs");
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync(STDERR, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // Somebody else's terminal, after su; or a system without /proc.
    return null;
  }
}

/** As the terminal is now; one that does not say counts as an old one. */
export function columnsNow(): number {
  const { columns } = process.stderr;
  return columns > 0 ? columns : COLUMNS;
}

/** The beginning of a text that is not wider than this, by display width. */
function fit(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text;
  let [fitting, width] = ["", 0];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += Bun.stringWidth(segment);
    if (width > columns) break;
    fitting += segment;
  }
  return fitting;
}
