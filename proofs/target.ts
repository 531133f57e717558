/**
 * target: what a battery drives: the IU contract, a script, a spec file, or the generic probe.
 *
 * The contract that the four files under targets/ keep. PROOF-2, 4, 5 and 6 ask the target what they mean for it;
 * PROOF-1, 3 and 7 are the same for all. A target never judges by itself whether rows stayed: that is PROOF-6.
 */
import type { CountRequest, RelationCount } from "../src/kernel/counts/count.ts";
import type { Fact, Facts, Failure } from "../src/kernel/failure.ts";
import type { Effects } from "../src/kernel/rollback-only/effects.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { Mismatch } from "../src/report/battery.ts";
import type { ProofContext } from "./context.ts";
import type { Judgement } from "./proof.ts";

export type TargetKind = "iu" | "sql" | "spec" | "generic";

/** What the proof's own transaction did, told after it was rolled back. */
export type Drive = {
  readonly tier: "sealed" | "guarded";
  readonly effects: Effects;
  readonly facts: Facts;
  /** Rows of the watched relations seen from inside, after the writes; null where not taken. */
  readonly inTransaction: readonly RelationCount[] | null;
};

/** Called while the proof's transaction is open and has written all that it will. */
export type Moment = (xid: string | null) => Promise<Failure | null>;

export type DriveOrder = {
  readonly session: Session;
  readonly watched: readonly CountRequest[];
  readonly moment: Moment;
};

/** Rows that must not exist after the rollback, found by a query of the target's own. */
export type LeakQuery = { readonly what: string; readonly text: string; readonly parameters: readonly string[] };

export type ProofTarget = {
  readonly kind: TargetKind;
  readonly name: string;
  readonly chosenBecause: string;
  readonly tier: "sealed" | "guarded";
  /** The role that must drive it, or null where any may. */
  readonly expectedRole: string | null;
  /** PROOF-2: what refuses a write that was not meant. */
  refuses(context: ProofContext): Promise<Judgement>;
  /** PROOF-4: what is driven keeps its contract. */
  contract(context: ProofContext): Promise<Judgement>;
  /** The relations whose rows are counted before, during and after; the first ones matter most. */
  watched(context: ProofContext): Promise<readonly CountRequest[] | Failure>;
  /** PROOF-5: the write itself, in a transaction that the server refuses to commit. */
  drive(context: ProofContext, order: DriveOrder): Promise<Drive | Failure>;
  /** PROOF-5: what of the drive is not as declared. */
  judgeDrive(drive: Drive, before: readonly RelationCount[]): readonly Mismatch[];
  /** PROOF-6: how leaked rows are looked for. */
  readonly leaks: readonly LeakQuery[];
  /** Settings of the run that belong into the report. */
  readonly settings: { readonly [key: string]: Fact };
};
