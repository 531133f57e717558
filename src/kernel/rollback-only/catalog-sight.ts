/**
 * catalog-sight: what was seen of the system catalogs inside a transaction, and the changes that it amounts to.
 *
 * Types alone, shared by what gathers (catalog-changes.ts, sealed.ts), what names, and what tells the rest
 * (unnamed-changes.ts).
 */
import type { CatalogEffect } from "./effects.ts";

/** As sql/guard/catalog-rows.sql makes it. */
export type CatalogRow = readonly [
  classId: string,
  object: string,
  sub: number,
  type: string | null,
  identity: string | null,
  digest: string,
  aclDigest: string,
  file: string | null,
  empty: boolean | null,
  gone: boolean,
  /** What it is called instead of its type. */
  label: string | null,
];

export type RowCounts = readonly [inserted: number, updated: number, deleted: number];

/** By catalog, at the start of the transaction: what the session's previous one left in the counters. */
export type DirtyCounts = Readonly<Record<string, RowCounts>>;

/** One dirty catalog as the transaction saw it at its end. `survivors` only where rows were deleted. */
export type CatalogSight = {
  readonly catalog: string;
  /** Rows inserted, updated, deleted, as sql/guard/dirty-catalogs.sql counts them. */
  readonly counts: RowCounts;
  readonly rows: readonly CatalogRow[];
  readonly survivors: readonly string[] | null;
};

export type CatalogsSeen = {
  readonly sights: readonly CatalogSight[];
  readonly before: DirtyCounts;
  readonly xid: string;
  /** The session has a schema for temporary objects, whose rows are left out. */
  readonly temporary: boolean;
  /** Catalogs that were written to by hand, not by DDL. */
  readonly byHand: ReadonlySet<string>;
};

export type Change = {
  readonly catalog: string;
  readonly change: CatalogEffect["change"];
  readonly row: CatalogRow;
  /** Only the privileges differ. */
  readonly grant: boolean;
  readonly before: CatalogRow | null;
};
