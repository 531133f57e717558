/**
 * counts/request: what is to be counted, how it may be counted, and what a count says.
 *
 * Types, and the options of whoever says nothing. A count that is not a number says why in its place, never 0. Used by
 * everything that counts.
 */
import { limits } from "../limits.ts";
import type { Observer } from "../observer.ts";

export type CountMode = "exact" | "estimate" | "auto";

/** `predicate` is SQL; values come in as parameters `$1…`. */
export type RowFilter = {
  readonly label: string;
  readonly predicate: string;
  readonly parameters: readonly string[];
  /** How names in the predicate are found: `pinned` for ours, as the role finds them for an operator's. */
  readonly path: "pinned" | "of the role";
};

export type CountRequest = { readonly relation: string; readonly filter: RowFilter | null };

export type RelationCount = {
  readonly relation: string;
  readonly filter: string | null;
  readonly rows: number | null;
  /** `visible rows`: counted, but row-level security applies to this role, so there may be more. */
  readonly how: "exact" | "visible rows" | "estimate" | "unreadable" | "missing" | "locked" | "over budget";
  /** Content digest, where asked for: equal content gives an equal digest, in any row order. */
  readonly digest: string | null;
  /** For a person: row-level security active, who holds the lock, … */
  readonly note: string | null;
};

export type CountOptions = {
  readonly mode: CountMode;
  readonly digest: "none" | "content";
  /** Longest wait for a lock and for all exact counts together, in milliseconds. */
  readonly budgetMs: number;
  /** Told how many relations were counted; then each statement counts few, and has the budget for itself. */
  readonly observe?: Observer;
};

export const defaultCountOptions: CountOptions = { mode: "auto", digest: "none", budgetMs: limits.exactCountBudgetMs };
