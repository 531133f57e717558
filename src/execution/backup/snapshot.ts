/**
 * backup/snapshot: one read-only transaction that counts and digests, and whose snapshot pg_dump then reads in.
 *
 * What is counted is what is dumped. The transaction stays open, idle, until the dump is done; it writes nothing and
 * is never committed. Called by make.ts and by scratch.ts, which has no dump.
 */
import backupSettingsQuery from "../../../sql/execution/backup-settings.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import type { Session } from "../../kernel/session/session.ts";
import { findRelations, type RelationContent, readContents } from "./contents.ts";

export type BackupSnapshot = {
  /** As pg_dump --snapshot takes it. */
  readonly name: string;
  /** When the transaction began, by the server's clock, in UTC. */
  readonly takenAt: string;
  /** Of the database, e.g. `UTF8`. */
  readonly encoding: string;
  readonly contents: readonly RelationContent[];
};

/** Leaves the transaction open; closing the session ends it. */
export async function takeSnapshot(session: Session, observe?: Observer): Promise<BackupSnapshot | Failure> {
  const begun = await beginReading(session);
  if (begun instanceof Failure) return begun;
  const exported = await session.query(EXPORT);
  if (exported instanceof Failure) return exported;
  const { name, taken_at: takenAt, encoding } = exported.rows[0] ?? {};
  const relations = await findRelations(session);
  if (relations instanceof Failure) return relations;
  const contents = await readContents(session, relations, observe);
  if (contents instanceof Failure) return contents;
  return { name: name ?? "", takenAt: takenAt ?? "", encoding: encoding ?? "", contents };
}

const EXPORT = `SELECT pg_catalog.pg_export_snapshot() AS name,
  pg_catalog.current_setting('server_encoding') AS encoding,
  pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS taken_at`;

/** Begins a transaction that sees one state of the database, and writes values the same way everywhere. */
export async function beginReading(session: Session): Promise<Failure | null> {
  const settled = await session.query(backupSettingsQuery, [
    ...[`${limits.lockTimeoutMs}`, `${limits.backupTimeoutMs}`, `${limits.clientConnectionCheckMs}`],
  ]);
  if (settled instanceof Failure) return settled;
  const begun = await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return begun instanceof Failure ? begun : null;
}
