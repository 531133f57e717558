/**
 * pinned: reads of our own, outside the tested transaction, that no object of the database can shadow.
 *
 * Operators cannot be qualified readably, and a role's search_path may put its own before pg_catalog's. So search_path
 * is set to pg_catalog for the work, lock_timeout to a short one, quoting to what is needed, and all are then put back.
 * Each statement of the work commits by itself and holds no lock for longer. Never used inside the tested transaction.
 * Called by blast-radius.ts and escape-scan.ts.
 */
import { Failure, joinFailure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";

const PINNED_PATH = "pg_catalog, pg_temp";

/** Read and set in one statement; MATERIALIZED, so that what was is read before it is changed. */
const PIN = `WITH was AS MATERIALIZED (
  SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.current_setting('lock_timeout') AS lock_timeout,
    pg_catalog.current_setting('quote_all_identifiers') AS quoting
)
SELECT was.path, was.lock_timeout, was.quoting, pg_catalog.set_config('quote_all_identifiers', 'off', false),
  pg_catalog.set_config('search_path', '${PINNED_PATH}', false),
  pg_catalog.set_config('lock_timeout', '${limits.surveyLockTimeoutMs}', false)
FROM was`;
const RESTORE = `SELECT pg_catalog.set_config('search_path', $1, false),
  pg_catalog.set_config('lock_timeout', $2, false),
  pg_catalog.set_config('quote_all_identifiers', $3, false)`;

export async function pinned<T>(session: Session, work: () => Promise<T | Failure>): Promise<T | Failure> {
  const was = await session.query(PIN);
  if (was instanceof Failure) return was;
  const { path = "", lock_timeout = "0", quoting = "off" } = was.rows[0] ?? {};
  const outcome = await work();
  const restored = await session.query(RESTORE, [path, lock_timeout, quoting]);
  if (!(restored instanceof Failure)) return outcome;
  return outcome instanceof Failure ? joinFailure(outcome, restored) : restored;
}
