/**
 * Tests of what a sandbox is given of production's roles, on real servers: memberships and settings are there as they
 * are in production, what is dangerous is left out and told, and G-09 is red where the copy alone would be green.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { type OwnServer, startServer, startStandby } from "../../scripts/database/server.ts";
import { hostOf, targetOf } from "../../scripts/database/target.ts";
import { makeReference } from "../../scripts/faults/run-verbs.ts";
import { Failure } from "../kernel/failure.ts";
import { SUPERUSER } from "./providers/provider.ts";
import { makeSettings } from "./roles-made.ts";
import { sampleSandbox } from "./sample.ts";
import { known, type Sandbox } from "./sandbox.ts";
import { openLogin } from "./sessions.ts";
import { makeWorkDirectory, obtainDump, preflight } from "./steps/before.ts";
import { giveRoles, restore, startIsolated } from "./steps/build.ts";
import { DATABASE } from "./words.ts";

const PATIENCE_MS = 60_000;
const SECRET = "hidden-7Qx2-value";

let standby: OwnServer;
let sandbox: Sandbox;
const told: string[] = [];

const GRANTS = [
  "pg_read_all_data TO workflow_admin WITH ADMIN OPTION",
  "pg_write_all_data TO cutter_exec",
  "pg_write_server_files TO cutter_verify",
];

/** What is said of roles is the same wherever it is asked: here on a standby, which is production too. */
beforeAll(async () => {
  const primary = await startServer(15);
  const { name, psql } = await makeReference(primary);
  const here = `DATABASE ${name} SET`;
  const exec = `ROLE cutter_exec IN ${here}`;
  const alterations = [
    ...[`${exec} default_transaction_read_only = on`, `${exec} log_statement = 'none'`],
    ...[`${here} statement_timeout = '77s'`, `${here} search_path = '$user', 'a "b', public`],
    ...[
      `${here} app.secret = '${SECRET}'`,
      `${here} zero_damaged_pages = off`,
      `${here} dynamic_library_path = '$libdir'`,
    ],
    // No transaction of it can be begun on a standby.
    `${here} default_transaction_isolation = serializable`,
  ];
  psql(`ALTER DATABASE ${name} CONNECTION LIMIT 40; REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name} TO cutter_exec`);
  psql([...GRANTS.map((grant) => `GRANT ${grant}`), ...alterations.map((one) => `ALTER ${one}`)].join(";"));
  standby = await startStandby(primary);
  await primary.stop();
  const { port, socketDirectory } = standby;
  const target = targetOf([hostOf(port, { host: socketDirectory, password: null })], { database: name });
  const source = { kind: "live", pgDump: ["pg_dump"], pgRestore: ["pg_restore"], target } as const;
  sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state"), source });
  Object.assign(sandbox.order, { tell: async (sentence: string) => void told.push(sentence) });
  for (const step of [preflight, makeWorkDirectory, obtainDump, startIsolated, restore, giveRoles]) {
    expect(await step(sandbox)).toBe(null);
  }
}, PATIENCE_MS);
afterAll(async () => {
  expect((await sandbox.takeDown()).left).toEqual([]);
  await standby.stop();
});

/** Rows of one statement of a role, or the SQLSTATE. */
async function ask(role: string, statement: string): Promise<unknown> {
  const session = await openLogin(sandbox, { role, database: DATABASE });
  if (session instanceof Failure) return session.message;
  const reply = await session.query(statement).finally(() => session.close());
  return reply instanceof Failure ? reply.facts.sqlstate : reply.rows;
}

const SHOWN = `SELECT current_setting('default_transaction_read_only') AS read_only,
  current_setting('statement_timeout') AS timeout, current_setting('search_path') AS path,
  current_setting('app.secret', true) AS secret`;

test("sessions of a role begin as they do in production, and those of the superuser do not", async () => {
  const common = { timeout: "77s", path: `"$user", "a ""b", public`, secret: SECRET };
  expect(await ask("cutter_exec", SHOWN)).toEqual([{ ...common, read_only: "on" }]);
  expect(await ask("cutter_verify", SHOWN)).toEqual([{ ...common, read_only: "off" }]);
  expect(await ask(SUPERUSER, SHOWN)).toEqual([
    { timeout: "0", path: `"$user", public`, secret: SECRET, read_only: "off" },
  ]);
});

test("a statement that production refuses since its role only reads is refused here, too", async () => {
  expect(await ask("cutter_exec", "UPDATE cutter_governance.run SET state = state")).toBe("25006");
});

test("memberships in PostgreSQL's own roles are there with their options, but for one that reaches files", async () => {
  const found = await ask(
    SUPERUSER,
    `SELECT m.member::regrole::text AS member, m.roleid::regrole::text AS parent, m.admin_option AS administers
      FROM pg_auth_members AS m
      WHERE m.roleid::regrole::text ~ '^pg_' AND m.member::regrole::text ~ '^(cutter|workflow)'
      ORDER BY 1`,
  );
  expect(found).toEqual([
    { member: "cutter_exec", parent: "pg_write_all_data", administers: "f" },
    { member: "workflow_admin", parent: "pg_read_all_data", administers: "t" },
  ]);
});

const EVERY = ": the throwaway database lets every role of the sandbox in";

test("what is not copied is told, each with why", () => {
  const wanted = [
    "membership cutter_verify in pg_write_server_files: pg_write_server_files may reach beyond the database",
    `privileges of the database {=T/postgres,postgres=CTc/postgres,cutter_exec=c/postgres}${EVERY}`,
    `connection limit of the database, 40${EVERY}`,
    "setting all roles in this database: zero_damaged_pages: a superuser alone may set it",
    "setting all roles in this database: dynamic_library_path: it decides what code a session loads",
    "setting role cutter_exec in this database: log_statement: it decides what the server's log holds, " +
      "which the gates read",
  ].map((one) => `not copied from production: ${one}`);
  expect(told.filter((one) => one.startsWith("not copied"))).toEqual(wanted);
  expect(sandbox.gates.of("G-09")?.facts.not_copied).toEqual(wanted);
});

test("G-09 names what is otherwise in production, copied or not", () => {
  const { verdict, mismatches = [] } = sandbox.gates.of("G-09") ?? {};
  expect({ verdict, what: mismatches.map(({ what }) => what).toSorted() }).toEqual({
    verdict: "FAIL",
    what: [
      "in production: membership cutter_verify in pg_write_server_files",
      "in production: setting all roles in this database: dynamic_library_path",
      "in production: setting all roles in this database: zero_damaged_pages",
      "in production: setting role cutter_exec in this database: log_statement",
      "membership cutter_exec in pg_write_all_data",
      "setting role cutter_exec in this database: default_transaction_read_only",
    ],
  });
});

test("what the throwaway server refuses is told, too, and by its name alone", async () => {
  const session = await openLogin(sandbox, { role: SUPERUSER, database: DATABASE });
  if (session instanceof Failure) throw new Error(session.message);
  const quoted = { role: "cutter_exec", name: "statement_timeout", value: `'${SECRET}'` };
  const of = { role: "cutter_exec", database: "every", name: "statement_timeout", context: "user" } as const;
  const made = await makeSettings(session, [{ ...of, quoted }]).finally(() => session.close());
  expect(made).toEqual({
    copied: [],
    leftOut: ["setting role cutter_exec: statement_timeout: the throwaway server refuses it (SQLSTATE 22023)"],
  });
});

test("a value that is copied is in no log, no journal and nothing that is told", () => {
  const { logFile } = known(sandbox.server, "server");
  expect(readFileSync(logFile ?? "", "utf8").includes("ALTER ROLE cutter_exec")).toBe(true);
  const all = [readFileSync(logFile ?? "", "utf8"), ...told, JSON.stringify(sandbox.gates.results())];
  expect([...all, ...sandbox.journal.entries.map(({ what }) => what)].filter((one) => one.includes(SECRET))).toEqual(
    [],
  );
});

test("a standby is told as one, and what is asked of it needs no transaction that it cannot begin", async () => {
  const source = known(sandbox.source, "source");
  expect(source.identity.server).toBe("standby");
  expect(source.remarks).toEqual([expect.stringContaining("its primary, which is production too, was not asked")]);
  expect(sandbox.gates.of("G-06")?.summary).toContain("a hot standby of it");
  expect(sandbox.gates.of("G-05")?.verdict).toBe("PASS");
  expect(await source.state()).toEqual(source.before);
  const watch = await source.watch();
  if (watch instanceof Failure) throw new Error(watch.message);
  const seen = await watch.seen(["r"]).finally(() => watch.end());
  expect(seen instanceof Failure ? seen.message : [seen.sessions, seen.runs]).toEqual([[`${sandbox.name} look`], []]);
});
