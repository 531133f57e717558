/**
 * database: one database per test on a shared server, cloned from a template, and the URLs to reach it.
 *
 * `testServer()` answers the server that the suite started (scripts/test names it in CUTTER_TEST_SERVERS) or starts one
 * for this process. The template with the reference schema is made once per server. The database of a failed test is
 * kept until its server ends.
 */
import {
  MAJORS,
  type Major,
  type OwnServer,
  psqlProgram,
  type Server,
  SUPERUSER,
  startServer,
  TEST_PASSWORD,
} from "./server.ts";

export type Template = "empty" | "reference";

export type TestDatabase = {
  readonly server: Server;
  readonly name: string;
  /** TCP on loopback with the test password; `socketUrl` is trusted and may be any role. */
  url(role: string): string;
  socketUrl(role?: string): string;
  /** Runs SQL as the superuser (or `role`) through psql; answers unaligned tuples; throws with psql's stderr. */
  psql(sql: string, role?: string): string;
  drop(): void;
};

const REFERENCE_TEMPLATE = "cutter_reference";
export const LOGIN_ROLES = [
  "cutter_exec",
  "cutter_verify",
  "context_pack_readonly",
  "cutter_rehearse",
  "workflow_admin",
] as const;

const started = new Map<Major, Promise<OwnServer>>();
let serial = 0;

/** The major version that this run of the suite is about. */
export function testMajor(): Major {
  const wanted = Number(process.env.CUTTER_TEST_MAJOR ?? "15");
  const major = MAJORS.find((known) => known === wanted);
  if (major === undefined) throw new Error(`CUTTER_TEST_MAJOR must be one of ${MAJORS.join(", ")}`);
  return major;
}

/** The shared server of the suite. Starts one for this process (and its tests) where the suite did not. */
export async function testServer(major: Major = testMajor()): Promise<Server> {
  const announced = JSON.parse(process.env.CUTTER_TEST_SERVERS ?? "{}") as Record<string, Server | undefined>;
  const shared = announced[`${major}`];
  if (shared !== undefined) return shared;
  const own = started.get(major) ?? startServer(major);
  started.set(major, own);
  return own;
}

/** Ends what testServer started in this process. */
export async function stopTestServers(): Promise<void> {
  for (const own of started.values()) await (await own).stop();
  started.clear();
}

/** As the superuser, on a database by name. Answers unaligned tuples; throws with psql's stderr. */
export function psqlOn(server: Server, database: string, sql: string): string {
  return psqlAs(SUPERUSER, { server, database }, sql);
}

function psqlAs(role: string, { server, database }: { server: Server; database: string }, sql: string): string {
  const settings = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-At", "-f", "-"];
  const run = Bun.spawnSync([psqlProgram(), ...settings], {
    stdin: Buffer.from(sql),
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      PGHOST: server.socketDirectory,
      PGPORT: `${server.port}`,
      PGUSER: role,
      PGDATABASE: database,
    },
  });
  if (run.exitCode !== 0) throw new Error(`psql: ${run.stderr}`);
  return run.stdout.toString().trimEnd();
}

/** Makes the template with the reference schema, once per server. */
export async function prepareReference(server: Server): Promise<void> {
  const known = psqlOn(server, "postgres", `SELECT 1 FROM pg_database WHERE datname = '${REFERENCE_TEMPLATE}'`);
  if (known === "1") return;
  const { referenceSql } = await import("../../src/schema/pieces.ts");
  const building = `${REFERENCE_TEMPLATE}_${process.pid}`;
  psqlOn(server, "postgres", `CREATE DATABASE ${building}`);
  psqlOn(server, building, `BEGIN;\n${referenceSql()}\nCOMMIT;`);
  for (const role of LOGIN_ROLES) psqlOn(server, "postgres", `ALTER ROLE ${role} LOGIN PASSWORD '${TEST_PASSWORD}'`);
  psqlOn(server, "postgres", `ALTER DATABASE ${building} RENAME TO ${REFERENCE_TEMPLATE}`);
}

/** `encoding`: as PostgreSQL names it, with the locale C, which fits all; UTF8 unless given. */
type DatabaseOptions = { readonly template: Template; readonly encoding?: string };

export async function createDatabase(server: Server, options: DatabaseOptions): Promise<TestDatabase> {
  if (options.template === "reference") await prepareReference(server);
  serial += 1;
  const name = `t_${process.pid}_${serial}`;
  const template = options.template === "reference" ? REFERENCE_TEMPLATE : "template0";
  const encoding = options.encoding === undefined ? "" : `ENCODING '${options.encoding}' LOCALE 'C'`;
  // Page by page through the log, as it is done from 15 on unless told otherwise, takes twice as long.
  const strategy = server.major < 15 ? "" : "STRATEGY file_copy";
  psqlOn(server, "postgres", `CREATE DATABASE ${name} TEMPLATE ${template} ${encoding} ${strategy}`);
  const socket = encodeURIComponent(server.socketDirectory);
  return {
    server,
    name,
    url: (role) => `postgres://${role}:${TEST_PASSWORD}@127.0.0.1:${server.port}/${name}`,
    socketUrl: (role = SUPERUSER) => `postgres://${role}@${socket}:${server.port}/${name}`,
    psql: (sql, role = SUPERUSER) => psqlAs(role, { server, database: name }, sql),
    drop: () => {
      psqlOn(server, "postgres", `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
