/**
 * kill-switch: how PROOF-1, PROOF-7 and `cutter proof killswitch` put the state of the switch into facts.
 *
 * Reads nothing itself: the reading comes from the kernel, which is the only one to look at the sources.
 */
import type { Facts } from "../src/kernel/failure.ts";
import { executionEnabled, type KillSwitchReading } from "../src/kernel/kill-switch.ts";
import { VERSION } from "../src/kernel/version.ts";

export function switchFacts(reading: KillSwitchReading): Facts {
  return {
    execution_enabled: executionEnabled(reading),
    armed: reading.armed === null ? "nothing" : reading.armed.runId,
    milestone: reading.milestone,
    version: VERSION,
    sources: reading.sources.map((source) => `${source.name} (${source.where}): ${source.says}, ${source.detail}`),
  };
}

/** What each source says, without the moment of reading: two readings that agree have the same text. */
export function switchState(reading: KillSwitchReading): string {
  return reading.sources.map((source) => `${source.name}=${source.says} (${source.detail})`).join(", ");
}
