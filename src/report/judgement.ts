/**
 * judgement: what a proof or a gate says in the end, and the functions that make one.
 *
 * A verdict follows from the mismatches alone, so none can pass while it lists one. Pure. Used by every proof, target
 * and gate of a dry run; the reports draw it.
 */
import type { Facts, Failure } from "../kernel/failure.ts";
import type { Mismatch } from "./battery.ts";

export type Judgement = {
  readonly verdict: "PASS" | "FAIL" | "INCONCLUSIVE";
  /** The facts in one short line. */
  readonly summary: string;
  readonly facts: Facts;
  readonly mismatches: readonly Mismatch[];
  readonly failure: Failure | null;
};

export type Observation = {
  readonly summary: string;
  readonly facts: Facts;
  readonly mismatches: readonly Mismatch[];
  /** What differs and may be the doing of other sessions. */
  readonly disturbances?: readonly Mismatch[];
};

/** FAIL for a mismatch, INCONCLUSIVE where there are disturbances only, PASS where nothing differs from the claim. */
export function judge({ disturbances = [], ...observation }: Observation): Judgement {
  const disturbed = disturbances.length === 0 ? "PASS" : "INCONCLUSIVE";
  const verdict = observation.mismatches.length === 0 ? disturbed : "FAIL";
  return { ...observation, verdict, mismatches: [...observation.mismatches, ...disturbances], failure: null };
}

/** A proof that could not come to its end. */
export function failed(failure: Failure, facts: Facts = {}): Judgement {
  return { verdict: "FAIL", summary: `${failure.code}: ${failure.message}`, facts, mismatches: [], failure };
}

/** A mismatch where the two differ in their text; for building lists with flatMap. */
export function expectEqual(what: string, expected: unknown, seen: unknown): Mismatch[] {
  const [wanted, got] = [String(expected), String(seen)];
  return wanted === got ? [] : [{ what, expected: wanted, seen: got }];
}
