/**
 * backup/contents: the relations that a cut can write, and what they hold in one snapshot: rows, and a digest of them.
 *
 * The digest is of the sorted SHA-256 of all rows as text, so it does not depend on their order, and a restored table
 * has the same. Reads only, in the transaction of its caller, whose settings pin how values are written. Called by
 * snapshot.ts and scratch.ts.
 */
import backupRelations from "../../../sql/execution/backup-relations.sql" with { type: "text" };
import { LineDigest } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import type { Reply, Session } from "../../kernel/session/session.ts";
import { refuseBackup } from "./refusal.ts";

export type RelationContent = {
  /** `schema.table`, quoted where SQL needs it. */
  readonly relation: string;
  readonly rows: number;
  readonly contentSha256: string;
};

/** In order. STOP_BACKUP_REFUSED where one of the lifecycle's is missing or no ordinary table. */
export async function findRelations(session: Session): Promise<readonly string[] | Failure> {
  const reply = await session.query(backupRelations);
  if (reply instanceof Failure) return reply;
  const missing = reply.rows.filter(({ ordinary }) => ordinary !== "t").map(({ relation }) => relation);
  if (missing.length > 0) return refuseBackup(`${missing.join(", ")}: missing, or not an ordinary table`);
  return reply.rows.map(({ relation }) => relation ?? "");
}

export async function readContents(
  session: Session,
  relations: readonly string[],
  observe?: Observer,
): Promise<readonly RelationContent[] | Failure> {
  const contents: RelationContent[] = [];
  for (const relation of relations) {
    const content = await readContent(session, relation, observe);
    if (content instanceof Failure) return content;
    contents.push(content);
  }
  return contents;
}

async function readContent(
  session: Session,
  relation: string,
  observe: Observer | undefined,
): Promise<RelationContent | Failure> {
  const ask = (text: string): Promise<Reply | Failure> =>
    session.query(text, [], { wallClockMs: limits.backupTimeoutMs });
  const counted = await ask(`SELECT pg_catalog.count(*) AS rows FROM ONLY ${relation}`);
  if (counted instanceof Failure) return counted;
  const rows = Number(counted.rows[0]?.rows);
  const row = "pg_catalog.convert_to(whole_row::pg_catalog.text, 'UTF8')";
  const declared = await ask(`DECLARE contents NO SCROLL CURSOR FOR SELECT r.digest FROM (
    SELECT pg_catalog.encode(pg_catalog.sha256(${row}), 'hex') AS digest FROM ONLY ${relation} AS whole_row
    ) AS r ORDER BY r.digest COLLATE pg_catalog."C"`);
  if (declared instanceof Failure) return declared;
  const digest = new LineDigest();
  let read = 0;
  while (read < rows) {
    const batch = await ask(`FETCH FORWARD ${limits.ledgerRowsPerFetch} FROM contents`);
    if (batch instanceof Failure) return batch;
    for (const row of batch.rows) digest.add(row.digest ?? "");
    read += batch.rows.length;
    observe?.({ unit: "rows", did: `of ${relation} digested`, done: read, total: rows });
    if (batch.rows.length === 0) return refuseBackup(`${relation}: ${rows} rows were counted, and ${read} read`);
  }
  const closed = await ask("CLOSE contents");
  return closed instanceof Failure ? closed : { relation, rows, contentSha256: digest.end() };
}

/** Rows by relation, as the ledger keeps them. */
export function countsOf(contents: readonly RelationContent[]): Readonly<Record<string, number>> {
  return Object.fromEntries(contents.map(({ relation, rows }) => [relation, rows]));
}
