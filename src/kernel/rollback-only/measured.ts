/**
 * measured: what was seen inside a transaction, before its rollback has settled what it amounts to.
 *
 * Relations and sequences stand here by oid: a name inside the transaction proves nothing. Types, and the one value for
 * a run of which nothing was seen. Made by blast-radius.ts and sealed.ts; settled by blast-radius.ts.
 */
import type { CatalogSight, DirtyCounts } from "./catalog-sight.ts";
import { UNKNOWN_XID } from "./effects.ts";

/** As sql/guard/counters.sql makes it. */
export type Counter = readonly [
  oid: string,
  name: string,
  persistence: string,
  inserted: number,
  updated: number,
  deleted: number,
];

export type Baseline = {
  readonly counters: readonly Counter[];
  readonly dirty: DirtyCounts;
  readonly startedAt: number;
};

export type HeldLock = { readonly lock: string; readonly heldMs: number | null; readonly statement?: number };

/** What was seen inside the transaction; settled into Effects after its rollback. */
export type Measured = {
  readonly xid: string | null;
  readonly before: readonly Counter[];
  readonly after: readonly Counter[];
  readonly dirtyBefore: DirtyCounts;
  readonly catalogs: readonly CatalogSight[];
  /** oids of relations locked to write, which includes sequences that nextval or setval moved; `all`: not known. */
  readonly relations: readonly string[] | "all";
  /** `oid mode`, and milliseconds since it was first seen or may have been taken. */
  readonly locks: readonly HeldLock[];
  /** Milliseconds, included in the locks' heldMs, that the witness looked; null where nobody did. */
  readonly lookedMs: number | null;
  readonly counted: boolean;
  /** The session has a schema for temporary objects. */
  readonly temporary: boolean;
  /** Why relations and catalogs that are not listed are not known to be untouched; null: all was seen. */
  readonly cutShort: string | null;
};

/** A run of which nothing came back but its failure. `xid` where it was seen before. */
export function unmeasured(xid: string | null, cutShort: string): Measured {
  const nothing = { before: [], after: [], dirtyBefore: {}, catalogs: [], locks: [], lookedMs: null };
  return { xid: xid ?? UNKNOWN_XID, ...nothing, relations: "all", counted: true, temporary: false, cutShort };
}
