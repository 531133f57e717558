/**
 * database-identity: by what a database is known again: its cluster's system identifier, its oid and its name.
 *
 * Two databases of one name, or counts that were taken elsewhere, must not be compared as if they were one. Where the
 * role may not ask for the system identifier, another cluster cannot be ruled out, and that is said. A physical copy
 * has the identity of its original. Reads only. Called by `cutter proof counts`.
 */
import identityQuery from "../../../sql/counts/database-identity.sql" with { type: "text" };
import systemIdentifierQuery from "../../../sql/guard/system-identifier.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";

export type DatabaseIdentity = {
  /** Decimal, as initdb gave it to the cluster; null where the role may not ask. */
  readonly systemIdentifier: string | null;
  readonly database: string;
  readonly databaseOid: string;
  /** e.g. `15.18 (Debian …)`; it changes with every minor upgrade, so it is told and not compared. */
  readonly serverVersion: string;
};

export async function readDatabaseIdentity(session: Pick<Session, "query">): Promise<DatabaseIdentity | Failure> {
  const known = await session.query(identityQuery);
  if (known instanceof Failure) return known;
  const cluster = await session.query(systemIdentifierQuery);
  if (cluster instanceof Failure && cluster.code !== "PERMISSION_DENIED") return cluster;
  const row = known.rows[0];
  return {
    systemIdentifier: cluster instanceof Failure ? null : (cluster.rows[0]?.system_identifier ?? null),
    database: row?.database ?? "",
    databaseOid: row?.oid ?? "",
    serverVersion: row?.version ?? "",
  };
}

/** `not known`: nothing speaks against it, but the cluster of one is not known, or nothing of it is (null). */
export function compareIdentities(
  one: DatabaseIdentity | null,
  other: DatabaseIdentity | null,
): "same" | "another" | "not known" {
  if (one === null || other === null) return "not known";
  if (one.databaseOid !== other.databaseOid) return "another";
  if (one.systemIdentifier !== null && other.systemIdentifier !== null) {
    // Whatever its name: a database may be renamed.
    return one.systemIdentifier === other.systemIdentifier ? "same" : "another";
  }
  return one.database === other.database ? "not known" : "another";
}

export function describeIdentity({ systemIdentifier, database, databaseOid, serverVersion }: DatabaseIdentity): string {
  const cluster = systemIdentifier === null ? "whose identifier could not be read" : systemIdentifier;
  return `${database} (oid ${databaseOid}) of cluster ${cluster}, PostgreSQL ${serverVersion}`;
}
