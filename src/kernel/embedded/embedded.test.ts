import { afterEach, beforeAll, describe, expect, test } from "bun:test";
import { ensureSnapshot } from "../../../scripts/snapshot.ts";
import { stopwatch } from "../clock.ts";
import { Failure } from "../failure.ts";
import { openSession } from "../session/open.ts";
import type { Reply, Session } from "../session/session.ts";
import { engineMissing } from "./carried.ts";
import { foreignSnapshot } from "./data-directory.ts";

let session: Session;

beforeAll(async () => {
  await ensureSnapshot();
}, 30_000);

afterEach(() => session.close());

async function open(): Promise<Session> {
  const opened = await openSession({ kind: "embedded", source: "--embedded" }, { label: "test" });
  if (opened instanceof Failure) throw new Error(opened.message);
  session = opened;
  return opened;
}

async function rows(text: string): Promise<unknown> {
  const reply = await session.query(text);
  return reply instanceof Failure ? `${reply.code} ${reply.message}` : reply.rows;
}

function code(answer: Reply | Failure): string {
  return answer instanceof Failure ? answer.code : answer.tag;
}

const COUNT = "SELECT count(*) AS units FROM public.information_unit";
const MARK = "SELECT pg_catalog.to_regclass('public.mark') AS mark";

describe("the embedded database", () => {
  test("holds the reference database, anew at each opening", async () => {
    await open();
    expect(await rows(COUNT)).toEqual([{ units: "158" }]);
    await session.query("CREATE TABLE public.mark ()");
    expect(await rows(MARK)).toEqual([{ mark: "mark" }]);
    await session.close();
    await open();
    expect(await rows(MARK)).toEqual([{ mark: null }]);
  });

  test("answers statements with and without parameters, and errors, as a server does", async () => {
    await open();
    const answers = [
      await session.query("SELECT $1::int + 1 AS n", ["41"]),
      await session.query("SELECT 1/0"),
      await session.query("SELECT nothing"),
      await session.query("BEGIN"),
      await session.query("CREATE TEMP TABLE t (i int)"),
    ];
    const got = answers.map((answer) => (answer instanceof Failure ? answer.facts.sqlstate : answer.tag));
    expect({ got, status: session.status() }).toEqual({
      got: ["SELECT 1", "22012", "42703", "BEGIN", "CREATE TABLE"],
      status: "T",
    });
  });

  test("has one session: a second one would be another database", async () => {
    await open();
    const second = await openSession({ kind: "embedded", source: "--embedded" }, { label: "second" });
    expect(second instanceof Failure && second.code).toBe("EMBEDDED_FAILED");
  });

  test("does not let system tables be changed, as a server does not", async () => {
    await open();
    expect(await rows("ALTER TABLE pg_catalog.pg_class ADD COLUMN more int")).toStartWith("PERMISSION_DENIED");
  });

  test("sees nothing of this process's environment and files", async () => {
    await open();
    expect(await rows(`COPY pg_class FROM '${import.meta.path}'`)).toContain("No such file");
  });
});

describe("a statement that does not end", () => {
  for (const text of ["SELECT pg_sleep(60)", "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"]) {
    test(`is cancelled, and the session lives on: ${text}`, async () => {
      await open();
      const answer = await session.query(text, [], { wallClockMs: 200 });
      expect([code(answer), await rows("SELECT 'alive' AS it")]).toEqual(["WALL_CLOCK_EXCEEDED", [{ it: "alive" }]]);
    });
  }

  test("a cancel that comes too late does not hit the next statement", async () => {
    await open();
    for (let i = 0; i < 20; i++) {
      const slow = session.query("SELECT count(*) FROM generate_series(1, 1000)");
      await session.cancel();
      await slow;
      expect(await rows("SELECT 'alive' AS it")).toEqual([{ it: "alive" }]);
    }
  });

  test("dies with its session where it swallows the cancel, and the thread is free again", async () => {
    await open();
    const inner = "BEGIN LOOP PERFORM 1; END LOOP; EXCEPTION WHEN query_canceled THEN NULL; END";
    const running = session.query(`DO $$ BEGIN LOOP ${inner}; END LOOP; END $$`);
    await Bun.sleep(100);
    await session.cancel();
    session.destroy();
    const sinceDestroy = stopwatch();
    expect(code(await running)).toBe("SESSION_LOST");
    await open();
    expect(await rows(COUNT)).toEqual([{ units: "158" }]);
    expect(sinceDestroy()).toBeLessThan(10_000);
  });
});

test("a recursion without end is an ordinary error", async () => {
  await open();
  const body = "BEGIN RETURN pg_temp.deeper(i + 1); END";
  await session.query(`CREATE FUNCTION pg_temp.deeper(i int) RETURNS int LANGUAGE plpgsql AS '${body}'`);
  expect(await rows("SELECT pg_temp.deeper(1)")).toContain("54001");
  expect(await rows("SELECT 'alive' AS it")).toEqual([{ it: "alive" }]);
});

describe("an instance that crashed is dead, and says so", () => {
  for (const [hazard, prepare, text] of [
    ["a program", "SELECT 1", "COPY pg_class TO PROGRAM 'cat'"],
    ["a stack that is full", "SELECT 1", `SELECT 1${"+ 1".repeat(200_000)}`],
    ["input that never comes", "CREATE TEMP TABLE t (i int)", "COPY t FROM STDIN"],
  ] as const) {
    test(`after ${hazard}`, async () => {
      await open();
      await session.query(prepare);
      const answers = [await session.query(text, [], { wallClockMs: 3_000 }), await session.query("SELECT 1")];
      expect(answers.map(code)).toEqual(["EMBEDDED_FAILED", "EMBEDDED_FAILED"]);
    });
  }
});

test("a snapshot of other SQL is refused by a built program", () => {
  expect([foreignSnapshot("a", "source"), foreignSnapshot("a", "a")]).toEqual([null, null]);
  expect(foreignSnapshot("a", "b")).toContain("other SQL");
});

test("a program without the engine says where it is, before anything else", () => {
  expect([engineMissing("inside"), engineMissing("none")?.code]).toEqual([null, "USAGE"]);
});
