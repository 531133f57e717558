/**
 * pinned: reads of our own, outside the tested transaction, that no object of the database can shadow.
 *
 * Operators cannot be qualified readably, and a role's search_path may put its own before pg_catalog's. So search_path is
 * set to pg_catalog for the work and then put back to what it was. Each statement of the work commits by itself and holds
 * no lock for longer. Never used inside the tested transaction. Called by blast-radius.ts and escape-scan.ts.
 */
import { Failure, joinFailure } from "../failure.ts";
import type { Session } from "../session/session.ts";

const READ = "SELECT pg_catalog.current_setting('search_path') AS path";
const SET = "SELECT pg_catalog.set_config('search_path', $1, false)";

export const PINNED_PATH = "pg_catalog, pg_temp";

export async function pinned<T>(session: Session, work: () => Promise<T | Failure>): Promise<T | Failure> {
  const path = await session.query(READ);
  if (path instanceof Failure) return path;
  const set = await session.query(SET, [PINNED_PATH]);
  if (set instanceof Failure) return set;
  const outcome = await work();
  const restored = await session.query(SET, [path.rows[0]?.path ?? ""]);
  if (!(restored instanceof Failure)) return outcome;
  return outcome instanceof Failure ? joinFailure(outcome, restored) : restored;
}
