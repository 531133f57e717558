/**
 * kill-switch-facts: how the battery, the dry run and `cutter proof killswitch` put the state of the switch into facts.
 *
 * Reads nothing itself: the reading comes from the kernel, which is the only one to look at the sources.
 */
import type { Facts } from "../kernel/failure.ts";
import { executionEnabled, type KillSwitchReading } from "../kernel/kill-switch.ts";
import { VERSION } from "../kernel/version.ts";

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
