/**
 * proof: what a proof is: an id, a claim, a run that answers a judgement, and the sabotages that must turn it red.
 *
 * The types of the battery and the two functions that make a judgement. A verdict follows from the mismatches alone, so
 * no proof can pass while it lists one. Holds no database access.
 */
import type { Facts, Failure } from "../src/kernel/failure.ts";
import type { Mismatch } from "../src/report/battery.ts";
import type { ProofContext } from "./context.ts";

export const PROOF_IDS = ["PROOF-1", "PROOF-2", "PROOF-3", "PROOF-4", "PROOF-5", "PROOF-6", "PROOF-7"] as const;
export type ProofId = (typeof PROOF_IDS)[number];

export type Judgement = {
  readonly verdict: "PASS" | "FAIL" | "INCONCLUSIVE";
  /** The facts in one short line. */
  readonly summary: string;
  readonly facts: Facts;
  readonly mismatches: readonly Mismatch[];
  readonly failure: Failure | null;
};

export type Proof = {
  readonly id: ProofId;
  readonly claim: string;
  run(context: ProofContext): Promise<Judgement>;
  readonly sabotage: readonly Sabotage[];
};

/** Breaks one thing that a proof watches. `apply` answers the broken context and how to mend what it did outside. */
export type Sabotage = {
  readonly name: string;
  /** Only makes sense on these targets; all where absent. */
  readonly targets?: readonly string[];
  apply(context: ProofContext): Promise<Sabotaged | Failure>;
};

export type Sabotaged = { readonly context: ProofContext; undo(): Promise<Failure | null> };

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
