/**
 * locked-neighbour.server.test: relations that others hold or wait for exclusively are said to be locked, by name; the
 * proof of something else goes on.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testMajor } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { type OwnServer, startServer } from "../scripts/database/server.ts";
import { openRoleSession, succeed } from "../scripts/database/target.ts";
import { sleep } from "../src/kernel/clock.ts";
import { countRelations } from "../src/kernel/counts/count.ts";
import type { Session } from "../src/kernel/session/session.ts";

let server: OwnServer;
let database: TestDatabase;
let sql: string;

beforeAll(async () => {
  server = await startServer(testMajor(), { settings: ["max_prepared_transactions = 5"] });
  database = await createDatabase(server, { template: "empty" });
  database.psql(`CREATE ROLE clerk LOGIN;
    CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2);
    CREATE TABLE neighbour AS SELECT generate_series(1, 5) AS n;
    ALTER TABLE orders OWNER TO clerk; ALTER TABLE neighbour OWNER TO clerk`);
  sql = fileWith("plan.sql", "INSERT INTO public.orders VALUES (3)");
});

afterAll(async () => {
  await server?.stop();
});

async function proveAndCount() {
  const report = await batteryReport({ url: database.socketUrl("clerk"), flags: { sql } });
  const session = await openRoleSession(database, "clerk");
  const requests = ["public.neighbour", "public.orders"].map((relation) => ({ relation, filter: null }));
  const counted = succeed(await countRelations(session, requests));
  await session.close();
  const row = report.counts.find(({ relation }) => relation === "public.neighbour");
  return {
    proof: [report.failure, ...verdicts(report)],
    proofSees: [row?.before, row?.note],
    counts: counted.map(({ relation, rows, how, note }) => [relation, rows, how, note]),
  };
}

const LOCKED = (note: string) => ({
  proof: [null, ...ALL_PASS],
  proofSees: ["not observable", note],
  counts: [
    ["public.neighbour", null, "locked", note],
    ["public.orders", 2, "exact", null],
  ],
});

test("a prepared transaction holds it: no process can be named", async () => {
  database.psql("BEGIN; LOCK TABLE neighbour IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'held'");
  const got = await proveAndCount();
  database.psql("ROLLBACK PREPARED 'held'");
  expect(got).toEqual(LOCKED("AccessExclusiveLock, held by a prepared transaction"));
});

test("an ALTER TABLE waits for it behind a reader: a new reader would wait behind that", async () => {
  const reader = await openRoleSession(database, "clerk");
  const migration = await openRoleSession(database, "clerk");
  await reader.query("BEGIN");
  await reader.query("SELECT FROM neighbour");
  const altering = migration.query("ALTER TABLE neighbour ADD COLUMN late int");
  await until("EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock')");
  const got = await proveAndCount();
  await migration.cancel();
  await altering;
  await reader.close();
  await migration.close();
  expect(got).toEqual(LOCKED(`AccessExclusiveLock, awaited by pid ${migration.login.backendPid}`));
});

test("one that is locked while sizes are being read costs only itself", async () => {
  const holder = await openRoleSession(database, "clerk");
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE neighbour IN ACCESS EXCLUSIVE MODE");
  const session = await openRoleSession(database, "clerk");
  // The lock comes after pg_locks was read and before the size is: the server's own refusal, in that transaction.
  let refused = 0;
  const late: Session = Object.create(session, {
    query: {
      value: (text: string, parameters: []) => {
        if (!text.includes("pg_relation_size") || refused > 0) return session.query(text, parameters);
        refused += 1;
        return session.query("LOCK TABLE public.neighbour IN ACCESS SHARE MODE NOWAIT");
      },
    },
    lost: { value: () => session.lost() },
  });
  const requests = ["public.neighbour", "public.orders"].map((relation) => ({ relation, filter: null }));
  const counted = await countRelations(late, requests);
  await session.close();
  await holder.close();
  expect(refused).toBe(1);
  expect(succeed(counted).map(({ relation, rows, how }) => [relation, rows, how])).toEqual([
    ["public.neighbour", null, "locked"],
    ["public.orders", 2, "exact"],
  ]);
});

async function until(condition: string): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (database.psql(`SELECT ${condition}`) === "t") return;
    await sleep(5);
  }
  throw new Error(`never: ${condition}`);
}
