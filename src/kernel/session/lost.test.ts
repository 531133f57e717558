import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { type FakeServer, fakeServer } from "../../../scripts/database/fake-server.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, hostOf, onlyCell, openTestSession, succeed, targetOf } from "../../../scripts/database/target.ts";
import { stopwatch } from "../clock.ts";
import { limits } from "../limits.ts";
import type { Session } from "./session.ts";

let database: TestDatabase;
let session: Session;
let watching: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(`ALTER ROLE postgres PASSWORD '${TEST_PASSWORD}'`);
  watching = await openTestSession(socketTarget());
});

beforeEach(async () => {
  session = await openTestSession(socketTarget());
});

afterEach(async () => {
  await session.close();
  // A connection that a test leaked fails it.
  expect(await untilNoBackend(1_000)).toBe(0);
});

afterAll(async () => {
  await watching.close();
  database.drop();
});

const CHECK_OFTEN = { client_connection_check_interval: "100ms" };

function socketTarget() {
  const { socketDirectory, port } = database.server;
  return targetOf([hostOf(port, { host: socketDirectory, password: null })], { database: database.name });
}

/** The only cell of what the watching session sees, from outside. */
async function watch(sql: string): Promise<string> {
  return `${onlyCell(await watching.query(sql))}`;
}

async function kill({ login }: Session): Promise<void> {
  expect(await watch(`SELECT pg_terminate_backend(${login.backendPid}, 5000)`)).toBe("t");
}

/** Backends of the database, the watching one not among them. */
async function backends(): Promise<number> {
  const sql = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'`;
  return Number(await watch(sql));
}

async function untilNoBackend(withinMs: number): Promise<number> {
  const elapsed = stopwatch();
  while ((await backends()) > 0 && elapsed() < withinMs) await Bun.sleep(5);
  return backends();
}

async function untilRunning({ login }: Session): Promise<void> {
  const sql = `SELECT count(*) FROM pg_stat_activity WHERE pid = ${login.backendPid} AND state = 'active'`;
  for (let tries = 0; tries < 500 && (await watch(sql)) !== "1"; tries++) await Bun.sleep(2);
}

describe("a backend that is killed", () => {
  test("while idle is a lost session, and no second one is opened", async () => {
    await kill(session);
    await Bun.sleep(20);
    expect(session.lost()?.facts.sqlstate).toBe("57P01");
    const failure = failed(await session.query("SELECT 1"));
    expect([failure.code, failure.facts.sqlstate]).toEqual(["SESSION_LOST", "57P01"]);
    expect(await untilNoBackend(1_000)).toBe(0);
  });

  test("while idle in a transaction is a lost session, and the next statement runs nowhere", async () => {
    await session.query("BEGIN");
    await session.query("CREATE TABLE lost_with_it (a int)");
    await kill(session);
    const failure = failed(await session.query("CREATE TABLE elsewhere (a int)"));
    expect(failure.code).toBe("SESSION_LOST");
    expect(await watch("SELECT to_regclass('elsewhere') IS NULL AND to_regclass('lost_with_it') IS NULL")).toBe("t");
    expect(await untilNoBackend(1_000)).toBe(0);
  });

  test("in a statement answers it and everything behind it", async () => {
    const answers = ["SELECT pg_sleep(60)", "SELECT 1", "COMMIT"].map((text) => session.query(text));
    await untilRunning(session);
    await kill(session);
    const codes = (await Promise.all(answers)).map((answer) => failed(answer).code);
    expect(codes).toEqual(["SESSION_LOST", "SESSION_LOST", "SESSION_LOST"]);
  });

  test("in a statement with parameters, before the driver could bind them, hangs nothing", async () => {
    const answer = session.query("SELECT $1::text, pg_sleep(60)", ["x"]);
    await untilRunning(session);
    await kill(session);
    expect(failed(await answer).code).toBe("SESSION_LOST");
  });
});

describe("a connection that breaks", () => {
  /** A way through to the real server that can be cut. */
  async function throughProxy(): Promise<{ proxy: FakeServer; pairs: [Socket, Socket][]; through: Session }> {
    const pairs: [Socket, Socket][] = [];
    const proxy = await fakeServer((inner) => {
      const outer = connect({ host: "127.0.0.1", port: database.server.port });
      outer.on("error", () => {});
      outer.on("data", (bytes) => inner.write(bytes));
      inner.on("data", (bytes) => outer.write(bytes));
      inner.on("close", () => outer.destroy());
      pairs.push([inner, outer]);
    });
    const through = await openTestSession(targetOf([hostOf(proxy.port)], { database: database.name }), CHECK_OFTEN);
    return { proxy, pairs, through };
  }

  test.each(["FIN", "RST"])("with %s in a statement is a lost session", async (how) => {
    const { proxy, pairs, through } = await throughProxy();
    const answer = through.query("SELECT pg_sleep(60)");
    await untilRunning(through);
    for (const [inner] of pairs) how === "FIN" ? inner.end() : inner.resetAndDestroy();
    expect(failed(await answer).code).toBe("SESSION_LOST");
    expect(failed(await through.query("SELECT 1")).code).toBe("SESSION_LOST");
    expect(proxy.came()).toBe(1);
    proxy.stop();
  });

  test("in the middle of a message is a lost session, with no row from it", async () => {
    const { proxy, pairs, through } = await throughProxy();
    for (const [inner, outer] of pairs) {
      outer.removeAllListeners("data");
      outer.on("data", (bytes: Buffer) => inner.end(bytes.subarray(0, 30)));
    }
    expect(failed(await through.query("SELECT 'a', 'b', 'c'")).code).toBe("SESSION_LOST");
    proxy.stop();
  });
});

describe("the wall clock", () => {
  test("cancels a statement, and the session goes on without a late cancel", async () => {
    const elapsed = stopwatch();
    const failure = failed(await session.query("SELECT pg_sleep(60)", [], { wallClockMs: 100 }));
    expect(elapsed()).toBeLessThan(1_500);
    expect([failure.code, failure.facts.statement, failure.facts.sqlstate]).toEqual([
      "WALL_CLOCK_EXCEEDED",
      "cancelled",
      "57014",
    ]);
    for (let n = 0; n < 20; n++) succeed(await session.query("SELECT pg_sleep(0.002)"));
    expect(session.lost()).toBe(null);
  });

  test("says so when the statement swallowed the cancel and was completed", async () => {
    // The postmaster signals the backend and its process group, so one request may arrive as two cancels.
    const swallow = `DO $$ BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN
      BEGIN PERFORM pg_sleep(0.1); EXCEPTION WHEN query_canceled THEN NULL; END;
      RAISE WARNING 'late'; END $$`;
    // The language is loaded at its first use, which takes time on a busy machine.
    await session.query("DO $$ BEGIN END $$");
    const failure = failed(await session.query(swallow, [], { wallClockMs: 1_000 }));
    expect(failure.message).toEndWith("completed as DO, and the server said: 01000 late");
    expect([failure.code, failure.facts.statement, failure.data, failure.facts.notices]).toEqual([
      "WALL_CLOCK_EXCEEDED",
      "completed as DO",
      "The statement took effect all the same: DO.",
      ["01000 late"],
    ]);
  });

  test("ends the session where the cancel is swallowed and the statement goes on", async () => {
    const own = await openTestSession(socketTarget(), CHECK_OFTEN);
    const swallow = `DO $$ BEGIN FOR turn IN 1 .. 1000 LOOP
      BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$`;
    await own.query("DO $$ BEGIN END $$");
    const elapsed = stopwatch();
    // Long enough for a busy machine to be inside the block: a cancel before that would not be swallowed.
    const failure = failed(await own.query(swallow, [], { wallClockMs: 1_000 }));
    const [took, next] = [elapsed(), await own.query("SELECT 1")];
    await own.close();
    await session.close();
    expect([failure.code, failure.facts.statement]).toEqual(["WALL_CLOCK_EXCEEDED", "ended"]);
    expect(took).toBeLessThan(limits.wallClockGraceMs + 2_000);
    expect(failed(next).code).toBe("SESSION_LOST");
    expect(await untilNoBackend(1_000)).toBe(0);
  });
});

describe("cancel", () => {
  test("ends the running statement and nothing behind it", async () => {
    const answers = [session.query("SELECT pg_sleep(60)"), session.query("SELECT 'behind'")] as const;
    await untilRunning(session);
    expect(await session.cancel()).toBe(null);
    expect(failed(await answers[0]).facts.sqlstate).toBe("57014");
    expect(onlyCell(await answers[1])).toBe("behind");
  });

  test.each(["cancel()", "the wall clock"])(
    "a request that is slow on its way does not hit the next statement: %s",
    async (by) => {
      let came = 0;
      const slow = await fakeServer((inner) => {
        const delay = ++came === 1 ? 0 : 150;
        const outer = connect({ host: "127.0.0.1", port: database.server.port });
        outer.on("error", () => {});
        outer.on("data", (bytes: Buffer) => inner.write(bytes));
        outer.on("close", () => inner.destroy());
        inner.on("data", (bytes: Buffer) => void setTimeout(() => outer.write(bytes), delay));
        inner.on("close", () => outer.destroy());
      });
      database.psql(`ALTER ROLE postgres PASSWORD '${TEST_PASSWORD}'`);
      const through = await openTestSession(targetOf([hostOf(slow.port)], { database: database.name }));
      const byClock = by === "the wall clock";
      const first = through.query("SELECT pg_sleep(0.08)", [], byClock ? { wallClockMs: 40 } : {});
      const second = through.query("SELECT pg_sleep(0.3)");
      await Bun.sleep(20);
      const cancelled = byClock ? null : through.cancel();
      const outcome = await first;
      expect("tag" in outcome ? outcome.tag : outcome.facts.statement).toBe(
        byClock ? "completed as SELECT 1" : "SELECT 1",
      );
      expect(succeed(await second).tag).toBe("SELECT 1");
      expect([await cancelled, came]).toEqual([null, 2]);
      await through.close();
      slow.stop();
    },
  );

  test("with nothing running does nothing", async () => {
    expect(await session.cancel()).toBe(null);
    expect(onlyCell(await session.query("SELECT pg_sleep(0.05)"))).toBe("");
  });
});

describe("the end of a session", () => {
  test("close leaves no backend, may be repeated, and answers what comes later", async () => {
    await session.close();
    await session.close();
    expect(await untilNoBackend(1_000)).toBe(0);
    expect(failed(await session.query("SELECT 1")).message).toBe("the session test was closed");
  });

  test("close in a statement cancels it and leaves no backend", async () => {
    const answer = session.query("SELECT pg_sleep(60)");
    await untilRunning(session);
    const elapsed = stopwatch();
    await session.close();
    expect(elapsed()).toBeLessThan(limits.closeTimeoutMs + 200);
    expect(failed(await answer).code).toBe("SESSION_LOST");
    expect(await untilNoBackend(1_000)).toBe(0);
  });

  test("destroy in a statement is noticed by a server that looks", async () => {
    const own = await openTestSession(socketTarget(), CHECK_OFTEN);
    const answer = own.query("SELECT pg_sleep(60)");
    await untilRunning(own);
    own.destroy();
    expect(failed(await answer).code).toBe("SESSION_LOST");
    await session.close();
    expect(await untilNoBackend(1_000)).toBe(0);
  });

  test("destroy in a transaction rolls it back", async () => {
    await session.query("BEGIN");
    await session.query("CREATE TABLE destroyed (a int)");
    session.destroy();
    expect(await untilNoBackend(1_000)).toBe(0);
    expect(await watch("SELECT to_regclass('destroyed') IS NULL")).toBe("t");
  });
});
