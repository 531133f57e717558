/**
 * signals.test: Ctrl-C, a kill and a closed terminal in the middle of a proof: cleaned up, told, nothing kept.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fakeServer } from "../../../scripts/database/fake-server.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { folderWith, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const FILES = {
  "sleep.sql": "INSERT INTO public.stock VALUES (11, 11); SELECT pg_sleep(30);",
  "lock.sql": "INSERT INTO public.stock VALUES (11, 11); UPDATE public.stock SET amount = 0 WHERE id = 1;",
};
const SIGINT = 2;
/** Above what it takes, far below limits.signalCleanupMs. */
const PROMPTLY_MS = 2000;

let files: string;
let stock: Stock;
let state: string;
beforeAll(async () => {
  files = folderWith(FILES);
  stock = await makeStock(await anyServer());
  state = stock.state();
});
afterAll(() => {
  rmSync(files, { recursive: true });
  stock.drop();
});

const rollback = (file: string, ...argv: string[]): string[] => {
  return ["proof", "rollback", "--url", stock.url(OWNER), "--sql", join(files, file), ...argv];
};

const SIGNALS = [
  ["SIGINT", 130, "INTERRUPTED"],
  ["SIGTERM", 143, "TERMINATED"],
  ["SIGHUP", 129, "HUNG_UP"],
] as const;

describe("in the middle of a statement", () => {
  for (const [signal, code, failure] of SIGNALS) {
    test(`${signal} ends with ${code}, and says what it means for the data`, async () => {
      const program = startCutter(rollback("sleep.sql"));
      await stock.seen("wait_event = 'PgSleep'");
      const start = performance.now();
      program.kill(signal);
      const ended = await program.ended;
      expect(performance.now() - start).toBeLessThan(PROMPTLY_MS);
      // Not only soon: the program waits until its backends are gone.
      expect(stock.backends()).toBe("");
      expect(stock.state()).toBe(state);
      expect({ code: ended.code, signal: ended.signal, stdout: ended.stdout }).toEqual({
        code,
        signal: null,
        stdout: "",
      });
      expect(readText(ended)).toMatchObject({ code: failure, data: expect.stringMatching(/rolls back|rolled back/) });
    });
  }

  test("under --json the interruption is the one document", async () => {
    const program = startCutter(rollback("sleep.sql", "--json"));
    await stock.seen("wait_event = 'PgSleep'");
    program.kill("SIGINT");
    const ended = await program.ended;
    expect(ended.code).toBe(130);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      schema: "cutter.failure/v1",
      code: "INTERRUPTED",
      exit_code: 130,
    });
    await stock.gone(1000);
  });
});

test("SIGINT while it waits for a lock of somebody else, which stays with him", async () => {
  const release = await stock.hold("UPDATE public.stock SET amount = 0 WHERE id = 1");
  const program = startCutter(rollback("lock.sql"));
  await stock.seen("wait_event_type = 'Lock'");
  program.kill("SIGINT");
  expect((await program.ended).code).toBe(130);
  await stock.gone(1000);
  await release();
  expect(stock.state()).toBe(state);
});

test("SIGINT in the middle of an installation: it is whole or not there", async () => {
  const release = await stock.hold("CREATE SCHEMA cutter_governance");
  const program = startCutter(["schema", "install", "--url", stock.socketUrl()]);
  await stock.seen("wait_event_type = 'Lock'");
  program.kill("SIGINT");
  const ended = await program.ended;
  expect(readText(ended)).toMatchObject({ code: "INTERRUPTED", data: expect.stringContaining("rolls back") });
  expect(ended.code).toBe(130);
  expect(stock.backends()).toBe("");
  await release();
  expect(stock.state()).toBe(state);
});

test("a second SIGINT ends a clean-up that a frozen backend holds up; the server rolls back by itself", async () => {
  const program = startCutter(rollback("sleep.sql"));
  const pid = await stock.seen("wait_event = 'PgSleep'");
  process.kill(pid, "SIGSTOP");
  program.kill("SIGINT");
  await Bun.sleep(100);
  const start = performance.now();
  program.kill("SIGINT");
  const ended = await program.ended;
  const took = performance.now() - start;
  process.kill(pid, "SIGCONT");
  expect(ended.code).toBe(130);
  expect(took).toBeLessThan(300);
  await stock.gone(1000);
  expect(stock.state()).toBe(state);
});

test("SIGINT while it logs in to a server that does not answer", async () => {
  const silent = await fakeServer(() => {});
  const program = startCutter([
    "proof",
    "rollback",
    "--url",
    `postgres://u:${TEST_PASSWORD}@127.0.0.1:${silent.port}/d`,
  ]);
  while (silent.came() === 0) await Bun.sleep(10);
  program.kill("SIGINT");
  const ended = await program.ended;
  silent.stop();
  expect(readText(ended)).toMatchObject({ code: "INTERRUPTED" });
  expect(ended.code).toBe(130);
});

test("SIGINT while the embedded database starts or runs", async () => {
  const program = startCutter(["proof", "rollback", "--embedded"]);
  await program.catches(SIGINT);
  await Bun.sleep(50);
  program.kill("SIGINT");
  expect(await program.ended).toMatchObject({ code: 130, signal: null, stdout: "" });
});

/** A verb that computes without a pause when the signal comes, and has its result then. */
const COMPUTING = `
  const { installSignals, unlessSignalled } = await import(${JSON.stringify(join(import.meta.dir, "../exit.ts"))});
  const mute = async () => {};
  const terminal = { alarm: mute, detail: mute, clear() {}, colour: { stdout: "off", stderr: "off" } };
  installSignals({ terminal, format: "text", exit: process.exit });
  process.kill(process.pid, "SIGINT");
  for (const end = performance.now() + 100; performance.now() < end; );
  await unlessSignalled();
  process.exit(6);
`;

test("SIGINT while the program computes is not lost with the result that it has then", async () => {
  const child = Bun.spawn([process.execPath, "-e", COMPUTING], { stdio: ["ignore", "ignore", "ignore"] });
  expect(await child.exited).toBe(130);
});
