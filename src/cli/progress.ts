/**
 * progress: shows what a verb is doing and for how long, once that takes more than a moment.
 *
 * On a terminal one line that draws over itself, elsewhere a plain line now and then; nothing under --quiet, and each
 * step in its own line under --verbose. Says nothing of what will come of it. Called by the verbs of runs.
 */
import { stopwatch } from "../kernel/clock.ts";
import { limits } from "../kernel/limits.ts";
import type { Terminal } from "./terminal.ts";

export type Progress = {
  /** What begins now, e.g. `G4: a run stops at SG1`. */
  now(what: string): void;
  stop(): void;
};

export function showProgress(terminal: Terminal): Progress {
  const elapsed = stopwatch();
  let doing = "starting";
  const line = (): string => `${Math.floor(elapsed() / 1000)} s, ${doing}`;
  const drawn = setInterval(() => void terminal.draw(line()), limits.progressDrawMs);
  const plain = setInterval(() => {
    if (terminal.progress === "lines") void terminal.talk(line());
  }, limits.progressLineMs);
  for (const timer of [drawn, plain]) timer.unref();
  return {
    now(what) {
      doing = what;
      void terminal.detail(what);
      // What computes for long leaves no time to a timer.
      if (elapsed() > limits.progressDrawMs) void terminal.draw(line());
    },
    stop() {
      for (const timer of [drawn, plain]) clearInterval(timer);
    },
  };
}
