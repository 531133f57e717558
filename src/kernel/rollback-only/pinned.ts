/**
 * pinned: reads of our own, outside the tested transaction, that no object of the database can shadow.
 *
 * Operators cannot be qualified readably, and a role's search_path may put its own before pg_catalog's. So search_path
 * is set to pg_catalog for the work, lock_timeout to a short one, and both are then put back. Each statement of the
 * work commits by itself and holds no lock for longer. Never used inside the tested transaction. Called by
 * blast-radius.ts and escape-scan.ts.
 */
import { Failure, joinFailure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";

const READ = `SELECT pg_catalog.current_setting('search_path') AS path,
  pg_catalog.current_setting('lock_timeout') AS lock_timeout`;
const SET = `SELECT pg_catalog.set_config('search_path', $1, false), pg_catalog.set_config('lock_timeout', $2, false)`;

const PINNED_PATH = "pg_catalog, pg_temp";

export async function pinned<T>(session: Session, work: () => Promise<T | Failure>): Promise<T | Failure> {
  const settings = await session.query(READ);
  if (settings instanceof Failure) return settings;
  const { path = "", lock_timeout = "0" } = settings.rows[0] ?? {};
  const set = await session.query(SET, [PINNED_PATH, `${limits.surveyLockTimeoutMs}`]);
  if (set instanceof Failure) return set;
  const outcome = await work();
  const restored = await session.query(SET, [path, lock_timeout]);
  if (!(restored instanceof Failure)) return outcome;
  return outcome instanceof Failure ? joinFailure(outcome, restored) : restored;
}
