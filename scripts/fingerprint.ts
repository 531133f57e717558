/**
 * fingerprint: everything of a cluster that a leak could change, as digests by name, to compare before and after.
 *
 * Every row of every catalog and table of a database (roles, grants, settings, large objects, subscriptions and origins
 * are rows too), pg_dumpall where the host has one new enough, slots, prepared transactions, the configuration files.
 * Sequence positions and the planner's estimates survive a rollback and are left out. Never writes. Used by tests.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../src/kernel/digest.ts";
import { psqlOn } from "./database/database.ts";
import { type Server, SUPERUSER } from "./database/server.ts";

/** Name of a part → digest of its text. */
export type Fingerprint = Readonly<Record<string, string>>;

const BESIDE_THE_ROWS: Readonly<Record<string, string>> = {
  slots: "SELECT slot_name, slot_type, active FROM pg_replication_slots ORDER BY 1",
  "prepared transactions": "SELECT gid, owner, database FROM pg_prepared_xacts ORDER BY 1",
  "server settings": "SELECT name, reset_val FROM pg_settings WHERE source IN ('configuration file') ORDER BY 1",
};

/** Columns that the server updates in place, transaction or not. */
const IN_PLACE = [
  ...["relpages", "reltuples", "relallvisible", "relallfrozen", "relhasindex", "relfrozenxid", "relminmxid"],
  ...["datfrozenxid", "datminmxid"],
];

/** One query per table, which psql's \gexec runs: its name and the digest of its rows in any order. */
const ROWS = `SELECT format('SELECT %L, count(*), md5(coalesce(string_agg(t.row, '','' ORDER BY t.row), '''')) FROM (
  SELECT (to_jsonb(x) - ''{${IN_PLACE.join(",")}}''::text[])::text AS row FROM %s AS x) AS t',
  c.oid::regclass, c.oid::regclass)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname <> 'pg_toast'
  AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')
ORDER BY c.oid \\gexec
`;

export function clusterFingerprint(server: Server, database: string): Fingerprint {
  const parts: Record<string, string> = {};
  const dump = dumpWithoutPositions(server);
  if (dump !== null) parts.dump = sha256(dump);
  for (const line of psqlOn(server, database, ROWS).split("\n")) {
    const [table = "", count, digest] = line.split("|");
    parts[table] = `${count} rows, ${digest}`;
  }
  for (const [name, query] of Object.entries(BESIDE_THE_ROWS)) parts[name] = sha256(psqlOn(server, "postgres", query));
  for (const file of ["postgresql.conf", "postgresql.auto.conf", "pg_hba.conf"]) {
    parts[file] = sha256(readFileSync(join(server.dataDirectory, file)));
  }
  return parts;
}

/** The whole cluster as SQL, or null where no pg_dumpall here is as new as the server. */
export function dumpWithoutPositions(server: Server): string | null {
  const own = join(server.binaries, "pg_dumpall");
  const program = existsSync(own) ? own : Bun.which("pg_dumpall");
  if (program === null) return null;
  const version = Bun.spawnSync([program, "--version"]).stdout.toString();
  if (Number(/ (\d+)/.exec(version)?.[1]) < server.major) return null;
  const run = Bun.spawnSync([program, "-h", server.socketDirectory, "-p", `${server.port}`, "-U", SUPERUSER]);
  if (run.exitCode !== 0) throw new Error(`pg_dumpall: ${run.stderr}`);
  const lines = run.stdout.toString().split("\n");
  // pg_dump writes a random word into \restrict.
  return lines.filter((line) => !/^SELECT pg_catalog\.setval\(|^\\(un)?restrict /.test(line)).join("\n");
}
