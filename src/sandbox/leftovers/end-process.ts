/**
 * leftovers/end-process: the end of one process that a record names, and of whatever it started.
 *
 * Asked to quit, then killed, each by number and start time, and waited for. What it started is known by its parents
 * while these live; nothing else ever gets a signal. Called by the providers and sweep.ts.
 */
import { sleep, stopwatch } from "../../kernel/clock.ts";
import { limits } from "../../kernel/limits.ts";
import { descendantsOf, isRunning, signalProcess } from "./process-identity.ts";
import type { ProcessResource } from "./resource.ts";

/** Null once neither it nor anything that it started runs; else what still does. */
export async function endProcess(ending: ProcessResource): Promise<string | null> {
  const all = [ending, ...(isRunning(ending) ? descendantsOf(ending.pid) : [])];
  // A server ends its own processes when it quits; what else it started does not know of that.
  for (const [signal, told] of [
    ["SIGQUIT", [ending]],
    ["SIGKILL", all],
  ] as const) {
    const refused = told.filter((one) => signalProcess(one, signal) === "refused");
    if (refused.length > 0) return `the system does not let us end process ${numbers(refused)}`;
    const elapsed = stopwatch();
    while (elapsed() < limits.sandboxStopTimeoutMs) {
      if (!all.some(isRunning)) return null;
      if (signal === "SIGQUIT" && !isRunning(ending)) break;
      await sleep(limits.sandboxPollMs);
    }
  }
  return `still running after SIGKILL: process ${numbers(all.filter(isRunning))}`;
}

function numbers(processes: readonly ProcessResource[]): string {
  return processes.map(({ pid }) => pid).join(", ");
}
