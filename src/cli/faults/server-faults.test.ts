/**
 * server-faults.test: the server, or the way to it, fails in the middle of a proof.
 *
 * Told with a code, within a bound, and nothing stays.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { cutter, type Ended, folderWith, type Running, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { relayTo } from "../../../scripts/faults/relay.ts";
import { makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const FILES = {
  "sleep.sql": "INSERT INTO public.stock VALUES (11, 11); SELECT pg_sleep(30);",
  "lock.sql": "INSERT INTO public.stock VALUES (11, 11); UPDATE public.stock SET amount = 0 WHERE id = 1;",
};

let files: string;
let server: OwnServer;
let stock: Stock;
let state: string;
beforeAll(async () => {
  files = folderWith(FILES);
  server = await startServer(15);
  stock = await makeStock(server);
  state = stock.state();
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await server.stop();
});

const rollback = (file: string, ...argv: string[]): string[] => [
  ...["proof", "rollback", "--sql", join(files, file)],
  ...(argv.includes("--url") ? argv : ["--url", stock.url(OWNER), ...argv]),
];

async function asleep(...argv: string[]): Promise<{ program: Running; pid: number }> {
  const program = startCutter(rollback("sleep.sql", ...argv));
  return { program, pid: await stock.seen("wait_event = 'PgSleep'") };
}

function told(ended: Ended) {
  expect(ended.stdout).toContain("NOT_PROVEN");
  return { exit: ended.code, ...readText(ended) };
}

async function nothingStayed(): Promise<void> {
  await stock.gone(1000);
  expect(stock.state()).toBe(state);
}

test("the backend of the proof is terminated", async () => {
  const { program, pid } = await asleep();
  stock.psql(`SELECT pg_terminate_backend(${pid})`);
  expect(told(await program.ended)).toMatchObject({
    exit: 5,
    code: "SESSION_LOST",
    message: expect.stringContaining("57P01"),
  });
  await nothingStayed();
});

test("the connections are cut", async () => {
  const relay = await relayTo(server);
  const url = `postgres://${OWNER}@127.0.0.1:${relay.port}/${stock.name}?sslmode=disable`;
  const { program } = await asleep("--url", url);
  relay.cut();
  const ended = told(await program.ended);
  relay.stop();
  expect(ended).toMatchObject({ exit: 5, code: "SESSION_LOST" });
  expect(ended.data).toContain("the witness could not look");
  await nothingStayed();
});

test("a statement takes longer than --statement-timeout", async () => {
  const ended = told(await cutter(rollback("sleep.sql", "--statement-timeout", "300")));
  expect(ended).toMatchObject({ exit: 3, code: "STATEMENT_FAILED", data: expect.stringContaining("rolled back") });
  expect(`${ended.message} ${ended.hint}`).toMatch(/57014.*--statement-timeout/);
  await nothingStayed();
});

test("somebody else holds a lock on the row", async () => {
  const release = await stock.hold("UPDATE public.stock SET amount = 0 WHERE id = 1");
  const ended = told(await cutter(rollback("lock.sql", "--lock-timeout", "300")));
  await release();
  expect(ended).toMatchObject({ exit: 3, code: "STATEMENT_FAILED" });
  expect(`${ended.message} ${ended.hint}`).toMatch(/line 1.*55P03.*--lock-timeout/);
  await nothingStayed();
});

test("somebody else holds the whole table", async () => {
  const release = await stock.hold("LOCK TABLE public.stock");
  const ended = told(await cutter(rollback("lock.sql", "--lock-timeout", "300")));
  await release();
  expect(ended).toMatchObject({ exit: 3, code: "STATEMENT_FAILED" });
  expect(`${ended.message} ${ended.hint}`).toMatch(/line 1.*55P03.*--lock-timeout/);
  await nothingStayed();
});

test("the server freezes: our own clock ends it", async () => {
  const { program } = await asleep("--statement-timeout", "500");
  const thaw = freeze(server.pid);
  const start = performance.now();
  const ended = await program.ended;
  const took = performance.now() - start;
  thaw();
  expect(told(ended)).toMatchObject({ exit: 5, data: expect.stringContaining("the witness could not look") });
  expect(took).toBeLessThan(12_000);
  await nothingStayed();
});

test("the server crashes", async () => {
  const { program } = await asleep();
  process.kill(server.pid, "SIGQUIT");
  const ended = told(await program.ended);
  expect(ended).toMatchObject({ exit: 5, code: "SESSION_LOST" });
  expect(ended.data).toContain("the witness could not look");
  await server.restart();
  expect(stock.state()).toBe(state);
});

/** Stops every process of a server, all of which are children of its first one; the answer lets them go on. */
function freeze(parent: number): () => void {
  process.kill(parent, "SIGSTOP");
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(/\s+/).map(Number);
  const all = [parent, ...children].filter((pid) => signal(pid, "SIGSTOP"));
  return () => {
    for (const pid of all) signal(pid, "SIGCONT");
  };
}

/** False where the process ended meanwhile, as an autovacuum worker may. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
