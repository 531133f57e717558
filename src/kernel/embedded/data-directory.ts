/**
 * data-directory: where the embedded engine keeps its database, and the mark that says from which SQL it was made.
 *
 * Read by the engine and its worker, which check the mark, and by scripts/snapshot, which sets it. Pure.
 */

/** In the engine's own file system, which is memory. */
export const DATA_DIRECTORY = "/pglite/data";

/** Holds the SHA-256 of the reference database's SQL, in hex. PostgreSQL leaves files alone that it does not know. */
export const SQL_DIGEST_FILE = "cutter_sql_sha256";

/** Libraries that the engine loads when SQL asks for them, `plpgsql.so` among them. */
export const LIBRARY_DIRECTORY = "/pglite/lib/postgresql";

/** Why a snapshot with this mark is not the one of this program; null where it is, or where nothing was built. */
export function foreignSnapshot(madeFrom: string, carried: string): string | null {
  if (carried === "source" || madeFrom === carried) return null;
  return `its snapshot was made from other SQL (sha256 ${madeFrom}) than this program carries (sha256 ${carried})`;
}
