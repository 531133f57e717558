/**
 * stopped.test: a program that stands still (Ctrl-Z, a hung terminal) while it holds locks: they are gone in time.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { folderWith, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const FILES = {
  "lock.sql": "LOCK TABLE public.stock IN ACCESS EXCLUSIVE MODE;",
  "sleep.sql": "LOCK TABLE public.stock IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1);",
};
/** reliability.md: locks gone after a partition. */
const PROMISED_MS = 10_000;
const LOCKED = "SELECT count(*) FROM pg_locks WHERE relation = 'stock'::regclass AND mode = 'AccessExclusiveLock'";

let files: string;
let stock: Stock;
let state: string;
beforeAll(async () => {
  files = folderWith(FILES);
  stock = await makeStock(await anyServer());
  stock.psql(`CREATE VIEW public.slow AS SELECT pg_sleep(0.5)::text AS slept; GRANT SELECT ON public.slow TO ${OWNER}`);
  state = stock.state();
});
afterAll(() => {
  rmSync(files, { recursive: true });
  stock.drop();
});

const rollback = (file: string, ...argv: string[]): string[] => {
  return ["proof", "rollback", "--url", stock.url(OWNER), "--sql", join(files, file), ...argv];
};

test("SIGSTOP while the witness looks: the server gives the locks back by itself", async () => {
  const program = startCutter(rollback("lock.sql", "--watch", "public.slow"));
  await stock.seen("wait_event_type = 'Lock' AND wait_event = 'advisory'");
  process.kill(program.pid, "SIGSTOP");
  const start = performance.now();
  while (stock.psql(LOCKED) !== "0" && performance.now() - start < 2 * PROMISED_MS) await Bun.sleep(50);
  const took = performance.now() - start;
  process.kill(program.pid, "SIGCONT");
  const ended = await program.ended;
  expect(took).toBeLessThan(PROMISED_MS);
  expect([ended.code, ended.signal]).toEqual([3, null]);
  expect(readText(ended)).toMatchObject({ code: "GUARD_BROKEN" });
  expect(stock.state()).toBe(state);
}, 60_000);

test("Ctrl-Z is not obeyed while a connection is open, and that is said", async () => {
  const program = startCutter(rollback("sleep.sql"));
  await stock.seen("wait_event = 'PgSleep'");
  program.kill("SIGTSTP");
  const ended = await program.ended;
  expect([ended.code, ended.signal]).toEqual([0, null]);
  expect(ended.stderr).toContain("Ctrl-Z is not obeyed while a connection is open");
  expect(stock.state()).toBe(state);
}, 20_000);
