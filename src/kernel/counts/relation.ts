/**
 * relation: what the catalog says of the relations that are to be counted, before one row is read.
 *
 * Called by count.ts and by the witness. Never takes a lock that it would have to wait for: a relation that another
 * session holds exclusively is reported as locked, with the pids that hold it.
 */
import describeRelations from "../../../sql/counts/relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import type { Cell, Row, Session } from "../session/session.ts";

export type RelationFacts = {
  /** As asked for. */
  readonly wanted: string;
  /** Schema-qualified, quoted where needed; null where there is no such relation. */
  readonly relation: string | null;
  readonly bytes: number;
  /** Rows by the planner's statistics, scaled to the present size; null where never analysed. */
  readonly estimatedRows: number | null;
  readonly readable: boolean;
  readonly rowSecurity: boolean;
  /** pids that hold AccessExclusiveLock. */
  readonly lockedBy: readonly number[];
};

const BLOCK_BYTES = 8192;

export async function describe(
  session: Pick<Session, "query">,
  names: readonly string[],
): Promise<readonly RelationFacts[] | Failure> {
  const reply = await session.query(describeRelations, [textArray(names)]);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(relationFacts);
}

/** A text[] literal. */
export function textArray(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

function relationFacts(row: Row): RelationFacts {
  const bytes = Number(row.bytes ?? row.partition_bytes ?? 0);
  return {
    wanted: row.wanted ?? "",
    relation: row.relation ?? null,
    bytes,
    estimatedRows: estimate(Number(row.tuples ?? -1), Number(row.pages ?? 0), bytes),
    readable: row.readable === "t",
    rowSecurity: row.row_security === "t",
    lockedBy: pids(row.locked_by ?? null),
  };
}

/** As the planner does it: tuples per page when last analysed, times the pages of now. */
function estimate(tuples: number, pages: number, bytes: number): number | null {
  if (tuples < 0) return null;
  if (pages === 0) return bytes === 0 ? 0 : null;
  return Math.round((tuples / pages) * (bytes / BLOCK_BYTES));
}

function pids(list: Cell): number[] {
  return list === null || list === "" ? [] : list.split(",").map(Number);
}
