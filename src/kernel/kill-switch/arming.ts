/**
 * arming: permission for one run's phases behind one gate: in the memory of this process, and nowhere else.
 *
 * One at a time. It is gone when the process ends, a phase fails or the run closes out, and nothing that could be read
 * from a file or the environment makes one. Made by the orchestrator from an approval that was verified; asked through
 * kill-switch.ts (live.md, section 1).
 */
import { Failure } from "../failure.ts";

export type ArmedGate = "SG1" | "SG2" | "REVERT" | "HARD_DELETE";

/** What the permission is for: all four have to fit what a method is about to do. */
export type ArmingScope = {
  readonly runId: string;
  readonly cutplanDigest: string;
  /** System identifier, timeline and database, as approved, in canonical JSON. */
  readonly target: string;
  readonly gate: ArmedGate;
};

export type Arming = ArmingScope & {
  /** ISO 8601, UTC: the earliest end of the approvals that it rests on. */
  readonly expiresAt: string;
};

let held: Arming | null = null;

export function currentArming(): Arming | null {
  return held;
}

/** KILL_SWITCH_OFF where another run or gate is armed: that one has to be disarmed first. */
export function arm(arming: Arming): Failure | null {
  if (held !== null && outOfScope(held, arming).length > 0) {
    return new Failure("KILL_SWITCH_OFF", `run ${held.runId} is armed for ${held.gate}, so nothing else can be`);
  }
  held = arming;
  return null;
}

/** Safe to call at any time, also where nothing is armed. */
export function disarm(): void {
  held = null;
}

/** The parts of the scope that do not fit, by name; empty where the arming is for just this. */
export function outOfScope(arming: ArmingScope, asked: ArmingScope): readonly string[] {
  const pairs: readonly (readonly [what: string, armed: string, asked: string])[] = [
    ["run", arming.runId, asked.runId],
    ["plan", arming.cutplanDigest, asked.cutplanDigest],
    ["target", arming.target, asked.target],
    ["gate", arming.gate, asked.gate],
  ];
  return pairs.filter(([, armed, wanted]) => armed !== wanted).map(([what]) => what);
}
