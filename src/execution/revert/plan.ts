/**
 * revert/plan: how a run is to be taken back: what is done with its units, what is compared, and with which counts.
 *
 * A value, made by the orchestrator from the signed approval and pre.json. It decides nothing.
 */

/** Rows by relation, as `schema.table`. */
export type RevertCounts = { readonly [relation: string]: number };

export type RevertPlan = {
  /** `soft`: drafts become withdrawn and all rows stay; `hard`: the rows are deleted, with a HARD_DELETE approval. */
  readonly how: "soft" | "hard";
  /** `database`: every table must hold what pre.json says and what this run added; `change-set`: its own rows only. */
  readonly scope: "database" | "change-set";
  /** Of pre.json: public and governance tables, taken before the run's first phase. */
  readonly before: RevertCounts;
  /** The run that compensates, for the ledger. */
  readonly relatedRunId: string;
};
