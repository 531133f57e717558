/**
 * proof: what a proof is: an id, a claim, a run that answers a judgement, and the sabotages that must turn it red.
 *
 * Types only. The proofs stand in proof-1-….ts to proof-7-….ts, their order in battery.ts, what runs them in runner.ts.
 */
import type { Failure } from "../src/kernel/failure.ts";
import type { Judgement } from "../src/report/judgement.ts";
import type { ProofContext, TargetKind } from "./context.ts";

export type ProofId = `PROOF-${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

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
  readonly targets?: readonly TargetKind[];
  /** Only makes sense where the witness has a session of its own. */
  readonly sessions?: "two";
  apply(context: ProofContext): Promise<Sabotaged | Failure>;
};

export type Sabotaged = { readonly context: ProofContext; undo(): Promise<Failure | null> };
