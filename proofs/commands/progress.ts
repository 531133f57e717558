/**
 * progress: shows which proof is running and for how long, once that takes more than a moment.
 *
 * On a terminal one line that draws over itself, elsewhere a plain line now and then; nothing under --quiet. Says
 * nothing of what will come of it. Called by the commands that run a battery.
 */
import type { Terminal } from "../../src/cli/terminal.ts";
import { stopwatch } from "../../src/kernel/clock.ts";
import { limits } from "../../src/kernel/limits.ts";
import type { ProofResult } from "../../src/report/battery.ts";
import { battery } from "../battery.ts";

export type BatteryProgress = {
  ended(result: ProofResult): void;
  stop(): void;
};

export function showProgress(terminal: Terminal): BatteryProgress {
  const elapsed = stopwatch();
  let done = 0;
  const line = (): string => {
    const proof = battery[Math.min(done, battery.length - 1)];
    return `${Math.floor(elapsed() / 1000)} s, ${proof?.id}: ${proof?.claim}`;
  };
  const drawn = setInterval(() => void terminal.draw(line()), limits.progressDrawMs);
  const plain = setInterval(() => {
    if (terminal.progress === "lines") void terminal.talk(line());
  }, limits.progressLineMs);
  for (const timer of [drawn, plain]) timer.unref();
  return {
    ended(result) {
      done += 1;
      void terminal.detail(`${result.verdict.padEnd(12)} ${result.id} in ${result.durationMs} ms`);
    },
    stop() {
      for (const timer of [drawn, plain]) clearInterval(timer);
    },
  };
}
