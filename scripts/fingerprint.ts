/**
 * fingerprint: everything of a cluster that a leak could change, as texts by name, to compare before and after.
 *
 * pg_dumpall (schemas, rows, roles, grants, settings, large objects) with sequence positions taken out, and what a dump
 * does not hold: slots, prepared transactions, subscriptions, origins, settings, the configuration files. Never writes.
 * Used by the tests of the rollback-only transaction and of the compiled binary.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../src/kernel/digest.ts";
import { psqlOn } from "./database/database.ts";
import { type Server, SUPERUSER } from "./database/server.ts";

/** Name of a part → digest of its text. */
export type Fingerprint = Readonly<Record<string, string>>;

const BESIDE_THE_DUMP: Readonly<Record<string, string>> = {
  slots: "SELECT slot_name, slot_type, active FROM pg_replication_slots ORDER BY 1",
  "prepared transactions": "SELECT gid, owner, database FROM pg_prepared_xacts ORDER BY 1",
  subscriptions: "SELECT oid, subname, subenabled FROM pg_subscription ORDER BY 1",
  origins: "SELECT * FROM pg_replication_origin ORDER BY 1",
  roles: "SELECT * FROM pg_authid ORDER BY 1",
  memberships: "SELECT roleid, member, admin_option FROM pg_auth_members ORDER BY 1, 2",
  settings: "SELECT * FROM pg_db_role_setting ORDER BY 1, 2",
  databases: "SELECT oid, datname, datdba, datacl FROM pg_database ORDER BY 1",
  tablespaces: "SELECT * FROM pg_tablespace ORDER BY 1",
  "server settings": "SELECT name, reset_val FROM pg_settings WHERE source IN ('configuration file') ORDER BY 1",
};

export function clusterFingerprint(server: Server, database: string): Fingerprint {
  const parts: Record<string, string> = { dump: sha256(dumpWithoutPositions(server)) };
  for (const [name, query] of Object.entries(BESIDE_THE_DUMP)) parts[name] = sha256(psqlOn(server, "postgres", query));
  const largeObjects = "SELECT loid, pageno, md5(data) FROM pg_largeobject ORDER BY 1, 2";
  parts["large objects"] = sha256(psqlOn(server, database, largeObjects));
  for (const file of ["postgresql.conf", "postgresql.auto.conf", "pg_hba.conf"]) {
    parts[file] = sha256(readFileSync(join(server.dataDirectory, file)));
  }
  return parts;
}

/** Positions survive a rollback, and pg_dump writes a random word into \restrict. */
export function dumpWithoutPositions(server: Server): string {
  const program = ["pg_dumpall", "-h", server.socketDirectory, "-p", `${server.port}`, "-U", SUPERUSER];
  const path = `${server.binaries}:${process.env.PATH ?? "/usr/bin:/bin"}`;
  const run = Bun.spawnSync(program, { env: { PATH: path } });
  if (run.exitCode !== 0) throw new Error(`pg_dumpall: ${run.stderr}`);
  const lines = run.stdout.toString().split("\n");
  return lines.filter((line) => !/^SELECT pg_catalog\.setval\(|^\\(un)?restrict /.test(line)).join("\n");
}
