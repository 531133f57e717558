/**
 * adapter: the contract of six methods through which a run touches a database, whatever the mode.
 *
 * Three adapters keep it: simulator, rehearsal, production, and one contract test holds for all. An adapter is made for
 * one run and holds its plan. Each method is a gate, then one transaction, then a body; the bodies stand apart
 * (leg-a.ts, …) so that a proof can drive one in a transaction that cannot commit. This file holds no behaviour.
 */
import type { Facts, Failure } from "../kernel/failure.ts";

/** The phases that write, in order, and the one that takes back. */
export const METHODS = [
  "pre_write_backup",
  "cut_leg_a",
  "leg_b_record",
  "write_verify",
  "lifecycle_enact",
  "compensate",
] as const;

export type Method = (typeof METHODS)[number];

/** What a method is asked to do: for which run; the record of a phase is kept under the same attempt. */
export type Order = { readonly runId: string; readonly attempt?: number };

/** What a phase answers when its transaction has ended: `mismatch` is write_verify's, and recorded like any result. */
export type PhaseResult = {
  readonly method: Method;
  readonly outcome: "done" | "mismatch";
  /** For the record, as JSON. */
  readonly facts: Facts;
};

export type ExecutionAdapter = { readonly [method in Method]: (order: Order) => Promise<PhaseResult | Failure> };
