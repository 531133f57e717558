/**
 * progress: shows what a command is doing, how far it is and for how long, once that takes more than a moment.
 *
 * On a terminal one line that is drawn over itself, and a line that stays for each phase that is over; elsewhere a
 * plain line now and then; nothing under --quiet, and each step in its own line under --verbose. Says nothing of what
 * will come of it, costs the work nothing (it is drawn by a clock, never by what is counted), and can neither fail it
 * nor hold it up. Called by the commands.
 */
import { stopwatch } from "../../kernel/clock.ts";
import { limits } from "../../kernel/limits.ts";
import { type Advance, type Observer, unfailing } from "../../kernel/observer.ts";
import { paint, type Terminal } from "../terminal.ts";
import { Pace } from "./pace.ts";
import { duration, progressLine } from "./progress-line.ts";

export type Progress = {
  /** What begins now, e.g. `G4: a run stops at SG1`. */
  readonly now: (what: string) => void;
  /** How far what was begun is. */
  readonly advanced: Observer;
  /** A phase begins: it has its own time, and a line of its own once it is over. */
  readonly begins: (phase: string) => void;
  /** The phase was done; one that ends otherwise is left to `stop`, or to the next that begins. */
  readonly done: () => void;
  /** Nothing is shown any more, and no line is left. */
  readonly stop: () => void;
};

type Clock = { readonly drawMs: number; readonly lineMs: number };

const CLOCK: Clock = { drawMs: limits.progressDrawMs, lineMs: limits.progressLineMs };

/** The clock is another only in a test. */
export function showProgress(terminal: Terminal, { drawMs, lineMs } = CLOCK): Progress {
  const shown = new Shown(terminal);
  const draw = unfailing(() => shown.draw());
  const tell = unfailing(() => shown.tell());
  const [drawn, plain] = [setInterval(draw, drawMs), setInterval(tell, lineMs)];
  for (const timer of [drawn, plain]) timer.unref();
  return {
    now: unfailing((what: string) => shown.now(what)),
    advanced: unfailing((advance: Advance) => shown.advanced(advance)),
    begins: unfailing((phase: string) => shown.begins(phase)),
    done: unfailing(() => shown.ends("done")),
    stop: unfailing(() => {
      for (const timer of [drawn, plain]) clearInterval(timer);
      shown.ends("not told");
      terminal.clear();
    }),
  };
}

/** So that what took less than ten minutes stands in one column. */
const TOOK_COLUMNS = 8;

class Shown {
  readonly #terminal: Terminal;
  readonly #elapsed = stopwatch();
  #what = "starting";
  #phase: { readonly name: string; readonly sinceMs: number } | null = null;
  #advance: Advance | null = null;
  #pace = new Pace();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  now(what: string): void {
    this.#what = what;
    this.#advance = null;
    // Not waited for, and no unhandled rejection.
    this.#terminal.detail(what).catch(() => undefined);
    // What computes for long leaves no time to a clock.
    if (this.#elapsed() > limits.progressDrawMs) this.draw();
  }

  begins(name: string): void {
    this.ends("not told");
    this.#phase = { name, sinceMs: this.#elapsed() };
    this.now(name);
  }

  advanced(advance: Advance): void {
    const { unit, did, total } = advance;
    const isSame = this.#advance?.unit === unit && this.#advance.did === did && this.#advance.total === total;
    if (!isSame) this.#pace = new Pace();
    this.#advance = advance;
    this.#pace.record(this.#elapsed(), advance.done);
  }

  /** Only what is known is told: that it was done, or that it is over. */
  ends(how: "done" | "not told"): void {
    const phase = this.#phase;
    if (phase === null) return;
    this.#phase = null;
    this.#what = "";
    const tookMs = this.#elapsed() - phase.sinceMs;
    const { progress, colour } = this.#terminal;
    const took = duration(tookMs);
    if (progress === "lines" && how === "done") this.#terminal.tellProgress(`${phase.name}, ${took}`, "done: ");
    if (progress !== "drawn" || (how === "not told" && tookMs < limits.progressTellMs)) return;
    const tick = how === "done" ? paint(isUnicode() ? "\u2713" : "done", "green", colour.stderr) : " ";
    this.#terminal.tellProgress(`${took.padStart(TOOK_COLUMNS)}  ${phase.name}`, tick);
  }

  draw(): void {
    if (this.#what !== "") this.#terminal.draw((columns) => this.#line(columns));
  }

  tell(): void {
    if (this.#what === "" || this.#terminal.progress !== "lines") return;
    this.#terminal.tellProgress(this.#line(Number.POSITIVE_INFINITY));
  }

  #line(columns: number): string {
    const nowMs = this.#elapsed();
    const advance = this.#advance;
    const total = advance?.total ?? null;
    return progressLine(
      {
        ...{ elapsedMs: nowMs - (this.#phase?.sinceMs ?? 0), what: this.#what, advance },
        rate: advance === null ? null : this.#pace.rate(nowMs),
        leftMs: total === null ? null : this.#pace.leftMs(nowMs, total),
      },
      columns,
    );
  }
}

/** Whether a terminal of this locale can show more than ASCII, by the variable that libc would ask. */
function isUnicode({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv = process.env): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}
