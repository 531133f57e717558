/**
 * Tests of what is asked of production, on a real server: its roles whoever owns the cluster, and what its sessions did
 * while the dump was taken. Then of a live source: its password is in one private file, and is looked for.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDatabase, type TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { hostOf, openTestSession, succeed, targetOf } from "../../../scripts/database/target.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import type { Session } from "../../kernel/session/session.ts";
import { judge } from "../../report/judgement.ts";
import { G05 } from "../gates/before.ts";
import { searchTree } from "../measure/search-tree.ts";
import { sampleSandbox } from "../sample.ts";
import { makeWorkDirectory, obtainDump, preflight } from "../steps/before.ts";
import { readCreations } from "./foreign-roles.ts";
import { readingOf, watchDump } from "./reading.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await makeReference(await anyServer());
}, PATIENCE_MS);
afterAll(() => database.drop());

/** Of the superuser, whom the socket trusts. */
function target(applicationName: string) {
  const { port, socketDirectory } = database.server;
  const host = hostOf(port, { host: socketDirectory, password: null });
  return targetOf([host], { database: database.name, applicationName });
}

async function statements(session: Session, ...all: readonly string[]): Promise<void> {
  for (const statement of all) succeed(await session.query(statement));
}

test("of a cluster whose first superuser is called otherwise, that one is created like any role", async () => {
  const session = await openTestSession(target("test"));
  const usual = succeed(await readCreations(session));
  await statements(
    session,
    "BEGIN",
    "CREATE ROLE sandbox_second SUPERUSER",
    "SET LOCAL SESSION AUTHORIZATION sandbox_second",
    "ALTER ROLE postgres RENAME TO operator",
  );
  const renamed = succeed(await readCreations(session));
  await statements(session, "ROLLBACK");
  await session.close();
  expect(usual.filter((one) => /^CREATE ROLE (postgres|operator) /.test(one))).toEqual([]);
  expect(renamed.filter((one) => one.startsWith("CREATE ROLE operator SUPERUSER "))).toHaveLength(1);
});

/** What G-05 says of a dump by a session of this name that does these statements. */
async function dumping(name: string, ...work: readonly string[]) {
  const session = await openTestSession(target("the test, read"));
  await statements(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SELECT 1");
  const { seen } = await watchDump(session, "the test, dump", async () => {
    const dump = await openTestSession(target(name));
    await statements(dump, ...work, "SELECT pg_sleep(0.2)", "ROLLBACK");
    await dump.close();
  });
  const reading = succeed(await readingOf(session, succeed(seen)));
  await session.close();
  const { verdict, mismatches } = judge(G05.judge(reading));
  return { verdict, what: mismatches.map(({ what }) => what) };
}

test("G-05: a dump that reads is seen to read; one that writes, and one that nobody saw, turn it red", async () => {
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
  expect(await dumping("the test, dump", `${begin} READ ONLY`)).toEqual({ verdict: "PASS", what: [] });
  expect(await dumping("the test, dump", begin, "CREATE TABLE public.written (i int)")).toEqual({
    ...{ verdict: "FAIL", what: ["transaction id given to pg_dump's session"] },
  });
  expect(await dumping("somebody", begin)).toEqual({ verdict: "FAIL", what: ["looks at pg_dump's session"] });
});

test(
  "the password of a live connection stands in one private file, in no environment, and a copy of it is found",
  async () => {
    const host = hostOf(database.server.port);
    const owner = targetOf([host], { database: database.name, user: "workflow_admin" });
    const source = { kind: "live", pgDump: ["pg_dump"], pgRestore: ["pg_restore"], target: owner } as const;
    const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state"), source });
    for (const step of [preflight, makeWorkDirectory, obtainDump]) expect(await step(sandbox)).toBe(null);
    const file = sandbox.path("keys", "live.pgpass");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([
      ...[`*:*:*:workflow_admin:${TEST_PASSWORD}\n`, 0o600],
    ]);
    expect(sandbox.homes).toContain(file);
    expect(sandbox.processes.commandLines.filter((line) => line.includes(TEST_PASSWORD))).toEqual([]);
    const search = async () => {
      const homes = new Set(sandbox.homes);
      return (await searchTree(sandbox.workDirectory, { secrets: sandbox.secrets, homes })).found;
    };
    expect(await search()).toEqual([]);
    const leak = sandbox.path("states", "leak");
    writeFileSync(leak, readFileSync(file));
    expect(await search()).toEqual([`password of the live connection in ${leak}`]);
    rmSync(leak);
    expect(sandbox.gates.of("G-05")?.verdict).toBe("PASS");
    expect((await sandbox.takeDown()).left).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "of a database without the tables it is said that they are missing, in words of the sandbox",
  async () => {
    const empty = await createDatabase(database.server, { template: "empty" });
    const { port, socketDirectory } = database.server;
    const named = targetOf([hostOf(port, { host: socketDirectory, password: null })], { database: empty.name });
    const source = { kind: "live", pgDump: ["pg_dump"], pgRestore: ["pg_restore"], target: named } as const;
    const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state"), source });
    for (const step of [preflight, makeWorkDirectory]) expect(await step(sandbox)).toBe(null);
    const refused = await obtainDump(sandbox);
    empty.drop();
    expect([refused?.code, refused?.exitCode, refused?.message]).toEqual([
      ...["OBJECT_MISSING", 5, expect.stringContaining("public.unit_version")],
    ]);
    expect([refused?.hint, refused?.data].join(" ")).not.toMatch(/backup|ledger|hold/i);
    expect((await sandbox.takeDown()).left).toEqual([]);
  },
  PATIENCE_MS,
);
