/**
 * catalog-transaction: one read-only snapshot in which names are printed the same way everywhere.
 *
 * The server leaves out the schema of whatever search_path finds, so it is pinned to pg_catalog. Never writes; always
 * ends with ROLLBACK. Called by verify and baseline; an installer, which has a transaction of its own, pins it itself.
 */
import { Failure, joinFailure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";

const BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

export async function inCatalogTransaction<T>(
  session: Session,
  work: () => Promise<T | Failure>,
): Promise<T | Failure> {
  const begun = await session.query(BEGIN);
  if (begun instanceof Failure) return begun;
  const pinned = await session.query("SET LOCAL search_path = pg_catalog");
  const result = pinned instanceof Failure ? pinned : await work();
  const ended = await session.query("ROLLBACK");
  if (!(ended instanceof Failure)) return result;
  return result instanceof Failure ? joinFailure(result, ended) : ended;
}
