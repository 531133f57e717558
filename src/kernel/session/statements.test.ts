import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { SUPERUSER } from "../../../scripts/database/server.ts";
import { failed, hostOf, onlyCell, openTestSession, succeed, targetOf } from "../../../scripts/database/target.ts";
import { limits } from "../limits.ts";
import type { Session } from "./session.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  const server = await testServer();
  database = await createDatabase(server, { template: "empty" });
  session = await openTestSession(socketTarget());
});

afterAll(async () => {
  await session.close();
  database.drop();
});

function socketTarget() {
  const { socketDirectory, port } = database.server;
  return targetOf([hostOf(port, { host: socketDirectory, password: null })], { database: database.name });
}

describe("values are the text that the server wrote", () => {
  const values: [type: string, text: string][] = [
    ["timestamptz", "2026-05-21 04:23:59.123456+00"],
    ["timestamp", "0044-03-15 12:00:00.000001 BC"],
    ["date", "infinity"],
    ["jsonb", '{"n": 123456789012345678901234567890.1234567890, "s": "a\\"b"}'],
    ["json", '"already a string"'],
    ["jsonb", "null"],
    ["bytea", "\\x00ff10"],
    ["boolean", "t"],
    ["bigint", "9223372036854775807"],
    ["numeric", "0.10000000000000000000000000000000001"],
    ["float8", "0.1"],
    ["int[]", "{1,NULL,3}"],
    ["text[]", '{"a,b","c\\"d",NULL}'],
    ["text", ""],
    ["text", "ä€😀 'quoted' \\ $1"],
    ["uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  ];

  test.each(values)("%s %s goes out and comes back unchanged", async (type, text) => {
    expect(onlyCell(await session.query(`SELECT $1::${type}`, [text]))).toBe(text);
  });

  test("a jsonb parameter is not encoded twice", async () => {
    expect(onlyCell(await session.query("SELECT jsonb_typeof($1::jsonb)", ['{"a":1}']))).toBe("object");
  });

  test("NULL is null, both ways", async () => {
    expect(onlyCell(await session.query("SELECT $1::text IS NULL", [null]))).toBe("t");
    expect(onlyCell(await session.query("SELECT $1::int", [null]))).toBe(null);
  });

  test("a column named __proto__ is a column", async () => {
    const { rows } = succeed(await session.query(`SELECT 'x' AS "__proto__", 'y' AS "constructor"`));
    expect(Object.entries(rows[0] ?? {})).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("a value of 5 MB and 20,000 rows arrive whole", async () => {
    const reply = succeed(await session.query("SELECT repeat('ä', 2500000) AS big"));
    expect(reply.rows[0]?.big?.length).toBe(2_500_000);
    const many = succeed(await session.query("SELECT n FROM generate_series(1, 20000) n"));
    expect({ rows: many.rows.length, last: many.rows.at(-1), tag: many.tag }).toEqual({
      rows: 20_000,
      last: { n: "20000" },
      tag: "SELECT 20000",
    });
  });

  test.each([
    ["a zero byte in the statement", "SELECT 1\0; DROP TABLE x", []],
    ["a zero byte in a parameter", "SELECT $1::text", ["a\0b"]],
    ["half a character", "SELECT $1::text", ["\ud800"]],
  ])("%s is refused and not sent", async (_, text, parameters) => {
    const failure = failed(await session.query(text, parameters));
    expect({ code: failure.code, sqlstate: failure.facts.sqlstate, data: failure.data }).toEqual({
      code: "DATABASE_ERROR",
      sqlstate: "22021",
      data: "The statement was not sent.",
    });
    expect(session.lost()).toBe(null);
  });
});

describe("what the server says about a statement", () => {
  test("two statements in one string are refused", async () => {
    const failure = failed(await session.query("SELECT 1; SELECT 2"));
    expect(failure.facts.sqlstate).toBe("42601");
    expect(session.status()).toBe("I");
  });

  test("status and tags follow a transaction", async () => {
    const seen: unknown[] = [];
    for (const text of ["BEGIN", "CREATE TABLE s (a int)", "INSERT INTO s VALUES (1), (2)", "SELECT 1/0", "ROLLBACK"]) {
      const reply = await session.query(text);
      seen.push(["tag" in reply ? reply.tag : reply.facts.sqlstate, session.status()]);
    }
    expect(seen).toEqual([
      ["BEGIN", "T"],
      ["CREATE TABLE", "T"],
      ["INSERT 0 2", "T"],
      ["22012", "E"],
      ["ROLLBACK", "I"],
    ]);
  });

  test("a COMMIT that the server turned into ROLLBACK shows in its tag", async () => {
    await session.query("BEGIN");
    await session.query("SELECT 1/0");
    expect(succeed(await session.query("COMMIT")).tag).toBe("ROLLBACK");
  });

  test("an empty statement has no tag, and is none", async () => {
    expect(succeed(await session.query("-- nothing"))).toEqual({ rows: [], tag: "", notices: [] });
  });

  test.each([
    ["SELECT * FROM missing_table", "OBJECT_MISSING", "42P01"],
    ["SELECT missing_function()", "OBJECT_MISSING", "42883"],
    ["CREATE TABLE missing_schema.t ()", "OBJECT_MISSING", "3F000"],
    ["SELECT 1 +", "DATABASE_ERROR", "42601"],
  ])("%s fails as %s", async (text, code, sqlstate) => {
    const failure = failed(await session.query(text));
    expect([failure.code, failure.facts.sqlstate]).toEqual([code, sqlstate]);
  });

  test("a missing right is PERMISSION_DENIED", async () => {
    await session.query("CREATE ROLE session_nobody");
    await session.query("SET ROLE session_nobody");
    const failure = failed(await session.query("SELECT * FROM pg_authid"));
    await session.query("RESET ROLE");
    await session.query("DROP ROLE session_nobody");
    expect([failure.code, failure.facts.sqlstate]).toEqual(["PERMISSION_DENIED", "42501"]);
  });

  test("a refusal names schema, table, column, constraint, detail and where", async () => {
    await session.query("CREATE TABLE facts (a int CONSTRAINT positive CHECK (a > 0))");
    const failure = failed(await session.query("DO $$ BEGIN INSERT INTO facts VALUES (-1); END $$"));
    expect(failure.facts).toMatchObject({
      sqlstate: "23514",
      schema: "public",
      table: "facts",
      constraint: "positive",
      detail: "Failing row contains (-1).",
      where: expect.stringContaining("inline_code_block"),
    });
  });

  test("a very long message is cut to its bound, and says so", async () => {
    const failure = failed(await session.query("DO $$ BEGIN RAISE '%', repeat('x', 1000000); END $$"));
    const kept = "x".repeat(limits.errorTextCharacters);
    expect(failure.facts.server_message).toBe(`${kept}… (cut here; 1000000 characters in all)`);
  });

  test("notices come with their statement, severity and SQLSTATE", async () => {
    const text = "DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two' USING ERRCODE = '01004'; END $$";
    expect(succeed(await session.query(text)).notices).toEqual([
      { severity: "NOTICE", code: "00000", message: "one" },
      { severity: "WARNING", code: "01004", message: "two" },
    ]);
    expect(succeed(await session.query("SELECT 1")).notices).toEqual([]);
  });

  test("a flood of notices is counted, not kept", async () => {
    const text = "DO $$ BEGIN FOR i IN 1..5000 LOOP RAISE NOTICE '%', i; END LOOP; END $$";
    const { notices } = succeed(await session.query(text));
    expect([notices.length, notices.at(-1)?.message]).toEqual([
      limits.replyNotices + 1,
      `${5000 - limits.replyNotices} further notices were not kept`,
    ]);
  });

  test("a client_encoding that database or options set is overridden", async () => {
    database.psql(`ALTER DATABASE ${database.name} SET client_encoding TO 'LATIN1'`);
    const own = await openTestSession({ ...socketTarget(), options: "-c client_encoding=LATIN1" });
    database.psql(`ALTER DATABASE ${database.name} RESET client_encoding`);
    expect(succeed(await own.query("SELECT U&'\\20AC' AS c, current_setting('client_encoding') AS e")).rows).toEqual([
      { c: "€", e: "UTF8" },
    ]);
    await own.close();
  });

  test("changing client_encoding ends the session rather than misread its text", async () => {
    const own = await openTestSession(socketTarget());
    await own.query("SET client_encoding TO LATIN1");
    const failure = failed(await own.query("SELECT 1"));
    expect([failure.code, failure.message]).toEqual([
      "SESSION_PROTOCOL",
      "client_encoding was changed to LATIN1; cutter reads UTF8 only",
    ]);
    await own.close();
  });
});

describe("COPY never streams", () => {
  test("COPY FROM STDIN is refused clearly, and the session goes on", async () => {
    await session.query("CREATE TABLE copied (a int)");
    const failure = failed(await session.query("COPY copied FROM STDIN"));
    expect(failure.message).toBe("ERROR 57014: COPY from stdin failed: cutter sends no COPY data");
    expect(failure.hint).toContain("use INSERT");
    expect(session.status()).toBe("I");
    expect(onlyCell(await session.query("SELECT count(*) FROM copied"))).toBe("0");
  });

  test("COPY FROM STDIN in a transaction aborts it", async () => {
    await session.query("BEGIN");
    failed(await session.query("COPY copied FROM STDIN"));
    expect(session.status()).toBe("E");
    await session.query("ROLLBACK");
  });

  test("COPY TO STDOUT is thrown away and gives its tag", async () => {
    const reply = succeed(await session.query("COPY (SELECT generate_series(1, 50000)) TO STDOUT"));
    expect(reply).toEqual({ rows: [], tag: "COPY 50000", notices: [] });
    expect(onlyCell(await session.query("SELECT 7"))).toBe("7");
  });
});

describe("a session keeps to itself", () => {
  test("statements sent at once run one after another", async () => {
    const texts = ["BEGIN", "CREATE TEMP TABLE turns ON COMMIT DROP AS SELECT 1 AS n", "SELECT n FROM turns", "COMMIT"];
    const replies = await Promise.all(texts.map((text) => session.query(text)));
    expect(replies.map((reply) => succeed(reply).tag)).toEqual(["BEGIN", "SELECT 1", "SELECT 1", "COMMIT"]);
  });

  test("it says who it is, and sends the parameters that it was given, empty ones too", async () => {
    const own = await openTestSession(socketTarget(), { default_transaction_read_only: "on", search_path: "" });
    expect(own.login).toMatchObject({
      engine: "server",
      serverVersionNumber: Number(onlyCell(await own.query("SHOW server_version_num"))),
      backendPid: Number(onlyCell(await own.query("SELECT pg_backend_pid()"))),
      address: `${database.server.socketDirectory}:${database.server.port}`,
      tls: null,
    });
    const shown = "SELECT current_setting('application_name') AS a, current_setting('search_path') AS s";
    expect(succeed(await own.query(shown)).rows).toEqual([{ a: "cutter/0.1.0 test", s: "" }]);
    expect(failed(await own.query("CREATE TABLE t ()")).facts.sqlstate).toBe("25006");
    await own.close();
  });

  test("a name and options that the operator chose win", async () => {
    const target = { ...socketTarget(), applicationName: "mine", options: "-c work_mem=77kB" };
    const own = await openTestSession(target);
    const shown = "SELECT current_setting('application_name') AS a, current_setting('work_mem') AS w";
    expect(succeed(await own.query(shown)).rows).toEqual([{ a: "mine", w: "77kB" }]);
    await own.close();
  });

  test("a statement costs one write, with parameters too", async () => {
    const { Channel } = await import("./channel.ts");
    const sent: number[] = [];
    const send = Channel.prototype.send;
    Channel.prototype.send = function (this: InstanceType<typeof Channel>, bytes: Buffer) {
      sent.push(bytes.length);
      send.call(this, bytes);
    };
    await session.query("SELECT 1");
    const plain = sent.splice(0).length;
    await session.query("SELECT $1::text", ["x"]);
    Channel.prototype.send = send;
    expect({ plain, withParameters: sent.length }).toEqual({ plain: 1, withParameters: 1 });
  });

  test("with parameters, what cannot be parsed, bound or run fails once, and the next one is answered", async () => {
    const codes: unknown[] = [];
    for (const [text, value] of [
      ["SELEC $1::text", "x"],
      ["SELECT $1::int4", "not a number"],
      ["SELECT 1 / $1::int4", "0"],
    ] as const) {
      codes.push(failed(await session.query(text, [value])).facts.sqlstate);
      expect(onlyCell(await session.query("SELECT $1::text || $2::text", ["a", "b"]))).toBe("ab");
    }
    expect(codes).toEqual(["42601", "22P02", "22012"]);
  });

  test("the role of the tests is the one that was asked for", async () => {
    expect(onlyCell(await session.query("SELECT current_user"))).toBe(SUPERUSER);
  });
});
