/**
 * effects: what a rolled back transaction did while it lived: the blast radius and what a rollback does not undo.
 *
 * Types and two words, shared by both tiers (sealed, guarded), the proofs and the report. A count that is not known is
 * the word "uncountable" with a reason, never 0. Numbers are rows *attempted* as pg_stat_xact_all_tables counts them,
 * triggers, cascades, partitions and rolled back sub-transactions included.
 */
export type Count = number | "uncountable";

export type RelationEffect = {
  /** Of what is there outside the transaction too; null: created inside, or EVERY_OTHER_RELATION. */
  readonly oid: string | null;
  /** Schema-qualified and quoted where needed, e.g. `public.orders`. */
  readonly relation: string;
  readonly inserted: Count;
  readonly updated: Count;
  readonly deleted: Count;
  /**
   * Why a count is uncountable: `truncated`, `rewritten`, `dropped`, …; beside numbers, why they are the least that it
   * can be; null where all are known.
   */
  readonly reason: string | null;
};

export type CatalogEffect = {
  readonly change: "created" | "dropped" | "altered";
  /** PostgreSQL's own word, e.g. `table`, `index`, `function`, `column`, `trigger`, `grant`. */
  readonly objectKind: string;
  readonly name: string;
};

/** In place of a relation's name, quoted as such a name would be: what was not seen is not called untouched. */
export const EVERY_OTHER_RELATION = '"(every other relation)"';

/** In place of a transaction id: the run ended before it told one, and may have had one. */
export const UNKNOWN_XID = "not known";

/** Sequence positions survive a rollback. */
export type SequenceEffect = {
  readonly sequence: string;
  readonly before: string | null;
  readonly after: string | null;
  /** How far it moved, as a decimal string, or "uncountable" where the role may not read it. */
  readonly drift: string | "uncountable";
};

export type LockEffect = {
  readonly relation: string;
  /** e.g. `AccessExclusiveLock`. */
  readonly mode: string;
  /** Milliseconds from when it was first seen held to the rollback: an upper bound of the time others would wait. */
  readonly heldMs: number | null;
  /** Sealed tier: index of the statement after which it was first seen; else null. */
  readonly statement: number | null;
};

/** Something outside the transaction that the plan reached or may reach. */
export type Escape = {
  /** Name accepted by --allow-escape, e.g. `dblink`, `copy-program`, `plpython3u:public.notify_all`. */
  readonly name: string;
  /** What it is and through what it is reached, for a person. */
  readonly description: string;
  /** `refused` unless accepted by name; `listed` for C functions of extensions. */
  readonly weight: "refused" | "accepted" | "listed";
};

export type Effects = {
  /** null: the plan was assigned no transaction id, so it wrote nothing. UNKNOWN_XID: it may have been. */
  readonly xid: string | null;
  readonly relations: readonly RelationEffect[];
  readonly catalog: readonly CatalogEffect[];
  readonly sequences: readonly SequenceEffect[];
  readonly locks: readonly LockEffect[];
  /** Session-level advisory locks that the plan took and a rollback does not release, as text. */
  readonly advisoryLocks: readonly string[];
  /** Bytes of WAL written meanwhile by the whole server, an upper bound; null where the role may not ask. */
  readonly walBytes: string | null;
  /** LISTEN/NOTIFY, temporary objects and the like, in words. Empty where there was none. */
  readonly remarks: readonly string[];
};
