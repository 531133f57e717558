/** Tests of an engine that outlives its sessions: what lasts, what must not, and that a dead one says so. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ensureSnapshot } from "../../../scripts/snapshot.ts";
import { Failure } from "../failure.ts";
import { openSession } from "../session/open.ts";
import type { Session } from "../session/session.ts";
import { type LastingEngine, startLastingEngine } from "./lasting.ts";

const started: LastingEngine[] = [];
let engine: LastingEngine;

beforeAll(async () => {
  await ensureSnapshot();
  engine = await start();
}, 60_000);

afterAll(async () => {
  expect(await Promise.all(started.map((one) => one.end()))).toEqual(started.map(() => "ended"));
});

/** A copy of the snapshot: a cluster by initdb is what the sandbox is tested with. */
async function start(): Promise<LastingEngine> {
  const one = await startLastingEngine("snapshot");
  if (one instanceof Failure) throw new Error(one.message);
  started.push(one);
  return one;
}

async function open(one = engine): Promise<Session> {
  const session = await openSession({ kind: "embedded", source: "--embedded", engine: one }, { label: "test" });
  if (session instanceof Failure) throw new Error(session.message);
  return session;
}

async function rows(session: Session, text: string): Promise<unknown> {
  const reply = await session.query(text);
  return reply instanceof Failure ? `${reply.facts.sqlstate ?? reply.code}` : reply.rows;
}

/** What a new session sees of one statement. */
async function next(text: string, one = engine): Promise<unknown> {
  const session = await open(one);
  return rows(session, text).finally(() => session.close());
}

describe("from one session to the next", () => {
  test("what was committed is there", async () => {
    await next("CREATE TABLE public.lasting AS SELECT 7 AS n");
    expect(await next("SELECT n FROM public.lasting")).toEqual([{ n: "7" }]);
  });

  test("an open transaction is rolled back, a failed one too", async () => {
    for (const last of ["SELECT 1", "SELECT 1/0"]) {
      const session = await open();
      for (const text of ["BEGIN", "CREATE TABLE public.never ()", last]) await rows(session, text);
      await session.close();
      expect(await next("SELECT to_regclass('public.never') AS t")).toEqual([{ t: null }]);
    }
  });

  test("role, settings, temporary tables, prepared statements and locks are gone", async () => {
    const session = await open();
    for (const text of [
      "SET statement_timeout = 4321",
      "CREATE TEMP TABLE mine ()",
      "PREPARE mine AS SELECT 1",
      "SELECT pg_advisory_lock(5)",
      "SET SESSION AUTHORIZATION cutter_exec",
    ]) {
      expect(await rows(session, text)).toBeArray();
    }
    expect(await rows(session, "SELECT session_user AS who")).toEqual([{ who: "cutter_exec" }]);
    await session.close();
    const seen = `SELECT session_user AS who, current_user AS role, current_setting('statement_timeout') AS timeout,
      to_regclass('pg_temp.mine') AS mine, (SELECT count(*) FROM pg_prepared_statements) AS prepared,
      (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks`;
    const before = { who: "postgres", role: "postgres", timeout: "0", mine: null, prepared: "0", locks: "0" };
    expect(await next(seen)).toEqual([before]);
  });

  test("a statement that runs when its session is lost is cancelled, and the next session is served", async () => {
    const session = await open();
    const running = rows(session, "SELECT pg_sleep(60)");
    await Bun.sleep(50);
    session.destroy();
    expect([await running, await next("SELECT 1 AS one")]).toEqual(["SESSION_LOST", [{ one: "1" }]]);
  });
});

test("a second session is refused while the first is open, and the first does not notice", async () => {
  const first = await open();
  const second = await openSession({ kind: "embedded", source: "--embedded", engine }, { label: "second" });
  expect([second instanceof Failure && second.code, await rows(first, "SELECT 1 AS one")]).toEqual([
    "EMBEDDED_FAILED",
    [{ one: "1" }],
  ]);
  await first.close();
});

describe("an engine that cannot go on is dead for every session after", () => {
  for (const [hazard, text, why] of [
    ["a crash", "COPY pg_class TO PROGRAM 'cat'", "Error: Unhandled cmd"],
    ["a statement that swallows the cancel", swallowing(), "what the last session ran cannot be ended"],
  ] as const) {
    test(`after ${hazard}`, async () => {
      const own = await start();
      const session = await open(own);
      const running = rows(session, text);
      await Bun.sleep(200);
      session.destroy();
      await session.close();
      const second = await openSession({ kind: "embedded", source: "--embedded", engine: own }, { label: "second" });
      expect([await running, second instanceof Failure && `${second.code} ${second.message}`]).toEqual([
        expect.stringMatching(/^(EMBEDDED_FAILED|SESSION_LOST)$/),
        `EMBEDDED_FAILED the embedded database is no longer usable: ${why}`,
      ]);
      await own.end();
    }, 30_000);
  }
});

function swallowing(): string {
  const inner = "BEGIN LOOP PERFORM 1; END LOOP; EXCEPTION WHEN query_canceled THEN NULL; END";
  return `DO $$ BEGIN LOOP ${inner}; END LOOP; END $$`;
}
