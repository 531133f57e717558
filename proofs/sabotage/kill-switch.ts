/**
 * kill-switch: breaks the reading of the kill switch: on, armed, unreadable, not read, or another one at the last
 * proof.
 *
 * Only what the proof is told is changed; the real switch has no way to be turned on, which is the point.
 */
import type { Arming } from "../../src/kernel/kill-switch/arming.ts";
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

const arming: Arming = {
  runId: "sabotage",
  cutplanDigest: "",
  target: "",
  gate: "SG1",
  expiresAt: "9999-12-31T00:00:00.000Z",
};

export const armed: Sabotage = {
  name: "a run is armed",
  async apply(context) {
    return reads(context, () => ({ ...context.killSwitch(), armed: arming }));
  },
};

export const sourceNotRead: Sabotage = {
  name: "a source is not read",
  async apply(context) {
    return reads(context, () => {
      const reading = context.killSwitch();
      return { ...reading, sources: reading.sources.filter((source) => source.name !== "HOLD") };
    });
  },
};

/** Honest until the write was taken. */
function changesMidway(name: string, change: (reading: KillSwitchReading) => KillSwitchReading): Sabotage {
  return {
    name,
    async apply(context) {
      return reads(context, () => {
        const reading = context.killSwitch();
        return context.record.take === null ? reading : change(reading);
      });
    },
  };
}

export const switchFlippedMidway: Sabotage = changesMidway("the switch is flipped midway", turnedOn);

export const armedMidway: Sabotage = changesMidway("a run is armed midway", (reading) => ({
  ...reading,
  armed: arming,
}));

export const holdMidway: Sabotage = changesMidway("a HOLD appears midway", (reading) =>
  withSource(reading, { name: "HOLD", says: "off", detail: "run 7, phase 3" }),
);
