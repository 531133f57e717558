/**
 * judgement: what a proof says in the end, and the functions that make one.
 *
 * A verdict follows from the mismatches alone, so no proof can pass while it lists one. Holds no database access.
 * Used by every proof and target.
 */
import type { Facts, Failure } from "../src/kernel/failure.ts";
import type { Mismatch } from "../src/report/battery.ts";

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
};

/** PASS where nothing differs from the claim, FAIL otherwise. */
export function judge(observation: Observation): Judgement {
  const verdict = observation.mismatches.length === 0 ? "PASS" : "FAIL";
  return { verdict, ...observation, failure: null };
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
