/**
 * relation: what the catalog says of the relations that are to be counted, before one row is read.
 *
 * Called by count.ts, by the witness and by proofs/. Never takes a lock that it would have to wait for: a relation that
 * another session holds exclusively, or waits for, is reported as locked, with the pids that do.
 */
import describeRelations from "../../../sql/counts/relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import type { Cell, Row, Session } from "../session/session.ts";

export type RelationFacts = {
  /** As asked for. */
  readonly wanted: string;
  /** Schema-qualified, quoted where needed; null where there is no such relation. */
  readonly relation: string | null;
  /** With all partitions and inheritance children. */
  readonly bytes: number;
  /** Rows by the planner's statistics, scaled to the present size; null where never analysed. */
  readonly estimatedRows: number | null;
  readonly readable: boolean;
  /** Whether this role has any right to change its rows: INSERT, UPDATE, DELETE or TRUNCATE. */
  readonly writable: boolean;
  readonly rowSecurity: boolean;
  /** Who makes a reader of it wait: by a lock on it, on a child or on an index. Null: nobody. */
  readonly lock: ExclusiveLock | null;
};

/** AccessExclusiveLock, and the pids that have it or wait for it; 0 is a prepared transaction, which has none. */
export type ExclusiveLock = { readonly state: "held" | "awaited"; readonly pids: readonly number[] };

/** `measured` opens each relation; `catalog` takes the size of the last VACUUM or ANALYZE, and opens none. */
export type Sizes = "measured" | "catalog";

export async function describe(
  session: Pick<Session, "query">,
  names: readonly string[],
  sizes: Sizes = "catalog",
): Promise<readonly RelationFacts[] | Failure> {
  const reply = await session.query(describeRelations, [textArray(names), sizes]);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(relationFacts);
}

/** A text[] literal. */
export function textArray(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

function relationFacts(row: Row): RelationFacts {
  const tuples = row.tuples ?? null;
  return {
    wanted: row.wanted ?? "",
    relation: row.relation ?? null,
    bytes: Number(row.bytes ?? 0),
    estimatedRows: tuples === null ? null : Number(tuples),
    readable: row.readable === "t",
    writable: row.writable === "t",
    rowSecurity: row.row_security === "t",
    lock: exclusiveLock(pids(row.held_by ?? null), pids(row.awaited_by ?? null)),
  };
}

function exclusiveLock(holders: readonly number[], waiters: readonly number[]): ExclusiveLock | null {
  if (holders.length > 0) return { state: "held", pids: holders };
  return waiters.length > 0 ? { state: "awaited", pids: waiters } : null;
}

function pids(list: Cell): number[] {
  return list === null || list === "" ? [] : list.split(",").map(Number);
}
