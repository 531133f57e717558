/**
 * restored-rows: how many rows each table of a dump has there, and how many it has where the dump was restored.
 *
 * The dump was read to its end, and calls a table as pg_dump does, in the bytes of the database's encoding; the server
 * is asked for its tables in the same form. Reads only, in the transaction of its caller. Called by restore.ts.
 */
import restoredTables from "../../sql/sandbox/restored-tables.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Row, Session } from "../kernel/session/session.ts";
import type { TableRows } from "./gates/server.ts";

/** Rows by table, each called as in the text of a dump that was read as latin1. */
export type DumpedRows = Readonly<Record<string, number>>;

export async function countRestored(session: Session, dumped: DumpedRows): Promise<readonly TableRows[] | Failure> {
  const listed = await session.query(restoredTables);
  if (listed instanceof Failure) return listed;
  const tables = new Map(listed.rows.map((row) => [partsOf(latin1(row.dumped_as ?? "")), row]));
  const counted: TableRows[] = [];
  for (const [name, rows] of Object.entries(dumped)) {
    const table = Buffer.from(name, "latin1").toString("utf8");
    const found = tables.get(partsOf(name));
    const restored = found === undefined ? null : await countRows(session, found);
    if (restored instanceof Failure) return restored;
    const may = found?.of_extension === "t" ? "have more, which its extension brought" : "have these";
    counted.push({ table, dumped: rows, restored, may });
  }
  return counted;
}

async function countRows(session: Session, { relation, partitioned }: Row): Promise<number | Failure> {
  const only = partitioned === "t" ? "" : "ONLY ";
  const counting = `SELECT pg_catalog.count(*) AS rows FROM ${only}${relation}`;
  const reply = await session.query(counting, [], { wallClockMs: limits.backupTimeoutMs });
  return reply instanceof Failure ? reply : Number(reply.rows[0]?.rows);
}

function latin1(hexadecimal: string): string {
  return Buffer.from(hexadecimal, "hex").toString("latin1");
}

/** What has to be quoted differs from version to version; what it is called does not. */
export function partsOf(name: string): string {
  const parts = name.match(/"(?:[^"]|"")*"|[^".]+/g) ?? [];
  return JSON.stringify(parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part)));
}
