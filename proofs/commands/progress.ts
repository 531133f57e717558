/**
 * progress: shows which proof is running and for how long, once that takes more than a moment.
 *
 * Says nothing of what will come of it. Called by the commands that run a battery.
 */
import { showProgress } from "../../src/cli/command/progress.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { unfailing } from "../../src/kernel/observer.ts";
import type { ProofResult } from "../../src/report/battery.ts";
import { battery } from "../battery.ts";

export type BatteryProgress = {
  readonly ended: (result: ProofResult) => void;
  readonly stop: () => void;
};

export function showProofs(terminal: Terminal): BatteryProgress {
  const progress = showProgress(terminal);
  let done = 0;
  const begins = (): void => {
    const proof = battery[done];
    if (proof !== undefined) progress.now(`${proof.id}: ${proof.claim}`);
  };
  begins();
  return {
    ended: unfailing((result: ProofResult) => {
      done += 1;
      const told = terminal.detail(`${result.verdict.padEnd(12)} ${result.id} in ${result.durationMs} ms`);
      begins();
      return told;
    }),
    stop: progress.stop,
  };
}
