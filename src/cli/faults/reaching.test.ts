/**
 * reaching.test: a database that cannot be reached, or may not be proven on, is named with a code, and nothing is left.
 *
 * Passwords come in every way there is, right and wrong; scripts/faults/program.ts searches each output for them.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { psqlProgram, TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { oldServer } from "../../../scripts/faults/old-server.ts";
import { folderWith, WRONG_PASSWORD } from "../../../scripts/faults/program.ts";
import { refusal } from "../../../scripts/faults/refusal.ts";
import { poolerTo } from "../../../scripts/faults/relay.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

let stock: Stock;
let state: string;
beforeAll(async () => {
  stock = await makeStock(await anyServer());
  state = stock.state();
});
afterAll(async () => {
  await stock.gone(1000);
  expect(stock.state()).toBe(state);
  stock.drop();
});

const TERMINATE = "5800000004";
const ROLLBACK = ["proof", "rollback"];
const on = (url: string, ...argv: readonly string[]): string[] => [...ROLLBACK, "--url", url, ...argv];
/** The stock over TCP, with changes to the URL. */
const urlWith = (from: string, to: string): string => stock.url(OWNER).replace(from, to);

test("a wrong password, from a URL, PGPASSWORD, a password file or an env file", async () => {
  const { port } = stock.server;
  const folder = folderWith({
    pgpass: `127.0.0.1:${port}:*:${OWNER}:${WRONG_PASSWORD}\n`,
    env: `DB_PASS=${WRONG_PASSWORD}\n`,
  });
  const passwordFile = join(folder, "pgpass");
  chmodSync(passwordFile, 0o600);
  chmodSync(join(folder, "env"), 0o600);
  const named = { PGHOST: "127.0.0.1", PGPORT: `${port}`, PGUSER: OWNER, PGDATABASE: stock.name };
  const told = await Promise.all([
    refusal(on(urlWith(TEST_PASSWORD, WRONG_PASSWORD))),
    refusal(ROLLBACK, { environment: { ...named, PGPASSWORD: WRONG_PASSWORD } }),
    refusal(ROLLBACK, { environment: { ...named, PGPASSFILE: passwordFile } }),
    refusal([...ROLLBACK, "--env-file", join(folder, "env"), "--env-map", "PGPASSWORD=DB_PASS"], {
      environment: named,
    }),
    refusal(["proof", "counts", "--url", urlWith(TEST_PASSWORD, WRONG_PASSWORD)]),
  ]);
  rmSync(folder, { recursive: true });
  for (const one of told) {
    expect(one).toMatchObject({ exit: 5, code: "AUTHENTICATION_FAILED" });
    expect(one.message).toContain("28P01");
    expect(one.data).toBe("No transaction was begun; nothing was read or written.");
  }
});

test("an unknown host, a port where nobody listens, a database that is not there", async () => {
  const told = await Promise.all([
    refusal(on(urlWith("127.0.0.1", "no-such-host.invalid"))),
    refusal(on(urlWith(`:${stock.server.port}`, ":1"))),
    refusal(on(urlWith(stock.name, "no_such_database"))),
  ]);
  expect(told.map(({ exit, code }) => ({ exit, code }))).toEqual([
    { exit: 5, code: "HOST_UNKNOWN" },
    { exit: 5, code: "CONNECT_FAILED" },
    { exit: 5, code: "DATABASE_MISSING" },
  ]);
  expect(told[0]?.message).toContain("no-such-host.invalid");
  expect(told[1]?.message).toMatch(/127\.0\.0\.1:1\b.*(refused|ECONNREFUSED)/);
});

test("a server without TLS where sslmode asks for it", async () => {
  const told = await refusal(on(`${stock.url(OWNER)}?sslmode=require`));
  expect(told).toMatchObject({ exit: 5, code: "TLS_REFUSED" });
});

test("a role that may do nothing here", async () => {
  stock.psql(`CREATE ROLE fault_stranger LOGIN PASSWORD '${TEST_PASSWORD}'`);
  const folder = folderWith({ "write.sql": "INSERT INTO public.stock VALUES (11, 11);" });
  const told = await refusal(on(stock.url("fault_stranger"), "--sql", join(folder, "write.sql")));
  rmSync(folder, { recursive: true });
  stock.psql("DROP ROLE fault_stranger");
  expect(told.message).toContain("42501");
  expect(told).toMatchObject({ exit: 3, code: "STATEMENT_FAILED" });
});

test("a role whose last but one connection slot is taken", async () => {
  stock.psql(`CREATE ROLE fault_limited LOGIN PASSWORD '${TEST_PASSWORD}' CONNECTION LIMIT 2`);
  const holder = Bun.spawn([psqlProgram(), "-qX", stock.url("fault_limited"), "-c", "SELECT pg_sleep(60)"], {
    stderr: "ignore",
  });
  const pid = await stock.seen("usename = 'fault_limited' AND query LIKE '%pg_sleep%'");
  const told = await refusal(on(stock.url("fault_limited")));
  stock.psql(`SELECT pg_terminate_backend(${pid})`);
  await holder.exited;
  await stock.gone(2000);
  stock.psql("DROP ROLE fault_limited");
  expect(told).toMatchObject({ exit: 5, code: "TOO_MANY_CONNECTIONS" });
  expect(told.hint).toContain("pg_stat_activity");
});

test("a superuser, unless it is allowed by name", async () => {
  const told = await refusal(on(stock.socketUrl()));
  expect(told).toMatchObject({ exit: 4, code: "TARGET_IS_SUPERUSER", data: "Nothing was written." });
  expect(told.hint).toContain("--allow-superuser");
});

test("a server older than 14 is asked nothing", async () => {
  const old = await oldServer();
  const told = await refusal(on(`postgres://x@127.0.0.1:${old.port}/x?sslmode=disable`));
  old.stop();
  expect(told).toMatchObject({ exit: 4, code: "SERVER_TOO_OLD", data: "Nothing was written." });
  expect(told.message).toContain("13.14");
  expect([...new Set(old.asked().toString("hex").match(/.{10}/g) ?? [])]).toEqual([TERMINATE]);
});

test("a transaction pooler", async () => {
  const pooler = await poolerTo(stock.server);
  const url = `postgres://${OWNER}@127.0.0.1:${pooler.port}/${stock.name}?sslmode=disable`;
  const told = await refusal(on(url));
  pooler.stop();
  expect(told).toMatchObject({ exit: 4, code: "TARGET_IS_POOLER" });
  expect(told.message).toMatch(/logged in to backend \d+, answered by \d+/);
});
