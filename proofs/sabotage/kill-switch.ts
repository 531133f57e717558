/**
 * kill-switch: breaks the reading of the kill switch: on, unreadable, flipped between the first and the last proof.
 *
 * Only what the proof is told is changed; the real switch has no way to be turned on, which is the point.
 */
import type { KillSwitchReading, SwitchSource } from "../../src/kernel/kill-switch.ts";
import type { ProofContext } from "../context.ts";
import type { Sabotage } from "../proof.ts";

const undo = async () => null;

function withSource(
  reading: KillSwitchReading,
  changed: Pick<SwitchSource, "name" | "says" | "detail">,
): KillSwitchReading {
  const sources = reading.sources.map((source) => (source.name === changed.name ? { ...source, ...changed } : source));
  return { ...reading, sources };
}

function turnedOn(reading: KillSwitchReading): KillSwitchReading {
  return withSource(reading, { name: "EXECUTION_ENABLED", says: "on", detail: "true" });
}

function reads(context: ProofContext, killSwitch: () => KillSwitchReading) {
  return { context: { ...context, killSwitch }, undo };
}

export const switchOn: Sabotage = {
  name: "the switch is on",
  async apply(context) {
    return reads(context, () => turnedOn(context.killSwitch()));
  },
};

export const sourceUnreadable: Sabotage = {
  name: "a source exists and cannot be read",
  async apply(context) {
    const changed = { name: "HOLD", says: "unreadable", detail: "EACCES" } as const;
    return reads(context, () => withSource(context.killSwitch(), changed));
  },
};

export const switchFlippedMidway: Sabotage = {
  name: "the switch is flipped midway",
  async apply(context) {
    let readings = 0;
    return reads(context, () => {
      readings += 1;
      const reading = context.killSwitch();
      return context.record.take === null && readings === 1 ? reading : turnedOn(reading);
    });
  },
};
