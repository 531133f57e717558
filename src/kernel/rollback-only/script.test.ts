/** Tests of script.ts, classify.ts, parameters.ts and unparsable.ts: no database. */
import { describe, expect, test } from "bun:test";
import { redact } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { decodeScript, parseScript } from "./script.ts";

async function refusal(text: string, parameters: readonly string[] = []): Promise<Failure> {
  const script = await parseScript(text, parameters);
  if (!(script instanceof Failure)) throw new Error(`not refused: ${text}`);
  return script;
}

async function texts(text: string, parameters: readonly string[] = []): Promise<readonly string[]> {
  const script = await parseScript(text, parameters);
  if (script instanceof Failure) throw new Error(script.message);
  return script.statements.map((statement) => statement.text);
}

describe("a script is split by PostgreSQL's own parser", () => {
  test("semicolons in strings, bodies and comments split nothing, and offsets count bytes", async () => {
    const script = await parseScript(
      "-- é ; \nSELECT 'ü;' ;;\n/* a /* nested; */ */ INSERT INTO t VALUES ('😀');\n\nDO $x$ BEGIN NULL; END $x$",
    );
    if (script instanceof Failure) throw new Error(script.message);
    const got = script.statements.map(({ index, line, kind, text }) => [index, line, kind, text]);
    expect(got).toEqual([
      [1, 2, "SELECT", "SELECT 'ü;'"],
      [2, 3, "INSERT", "INSERT INTO t VALUES ('😀')"],
      [3, 5, "DO", "DO $x$ BEGIN NULL; END $x$"],
    ]);
  });

  test("what PostgreSQL does not parse is refused with line and column, counted in characters", async () => {
    const failure = await refusal("SELECT 1;\nSELECT '😀' x y;");
    expect([failure.code, failure.facts.line, failure.facts.column]).toEqual(["SCRIPT_UNPARSABLE", 2, 14]);
  });

  test("a psql meta-command is named as one", async () => {
    const failure = await refusal("SELECT 1;\n\\copy t from 'x'\n");
    expect([failure.code, failure.facts.line]).toEqual(["SCRIPT_UNPARSABLE", 2]);
    expect(failure.message).toContain("\\copy is a psql meta-command");
  });

  test("data lines of COPY FROM STDIN are named as such", async () => {
    const failure = await refusal("COPY t FROM STDIN;\n1\t2\n\\.\n");
    expect(failure.code).toBe("SCRIPT_NOT_SEALABLE");
    expect(failure.message).toContain("COPY FROM STDIN");
  });

  test("nothing, comments alone, NUL, half a surrogate pair and bytes that are not UTF-8 are refused", async () => {
    for (const text of ["", " \n", "-- only this\n", ";;", "SELECT '\0'", "SELECT '\ud800'"]) {
      expect((await refusal(text)).code).toBe("SCRIPT_UNPARSABLE");
    }
    expect(decodeScript(new Uint8Array([0x53, 0xff]))).toBeInstanceOf(Failure);
    expect(decodeScript(new Uint8Array([0xef, 0xbb, 0xbf, 0x53]))).toBe("S");
  });

  test("an expression nested too deep for the parser is a refusal, and the parser still works afterwards", async () => {
    const failure = await refusal(`SELECT ${"(".repeat(200_000)}1${")".repeat(200_000)}`);
    expect(failure.code).toBe("SCRIPT_UNPARSABLE");
    expect(await texts("SELECT 1")).toEqual(["SELECT 1"]);
  });
});

const TRANSACTION_COMMANDS = `
BEGIN; BEGIN WORK; BEGIN TRANSACTION; BEGIN ISOLATION LEVEL SERIALIZABLE; BEGIN READ ONLY; BEGIN READ WRITE;
BEGIN DEFERRABLE; START TRANSACTION; START TRANSACTION READ ONLY; START TRANSACTION ISOLATION LEVEL REPEATABLE READ;
COMMIT; COMMIT WORK; COMMIT TRANSACTION; COMMIT AND CHAIN; COMMIT AND NO CHAIN; COMMIT WORK AND CHAIN; END; END WORK;
END TRANSACTION; END AND CHAIN; END AND NO CHAIN; ROLLBACK; ROLLBACK WORK; ROLLBACK TRANSACTION; ROLLBACK AND CHAIN;
ROLLBACK AND NO CHAIN; ABORT; ABORT WORK; ABORT TRANSACTION; ABORT AND CHAIN; ABORT AND NO CHAIN; SAVEPOINT a;
RELEASE a; RELEASE SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a; ROLLBACK WORK TO a; ABORT TRANSACTION;
PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'; /**/ cOmMiT /* ;*/ AND -- x
CHAIN; rollback`;

const OTHERS = `
COPY t FROM STDIN; COPY t TO STDOUT; COPY (SELECT 1) TO STDOUT; VACUUM; VACUUM FULL t; VACUUM (ANALYZE) t;
CREATE INDEX CONCURRENTLY ON t (a); CREATE UNIQUE INDEX CONCURRENTLY i ON t (a); DROP INDEX CONCURRENTLY i;
REINDEX INDEX CONCURRENTLY i; REINDEX (CONCURRENTLY) TABLE t; REINDEX SCHEMA s; REINDEX DATABASE d; REINDEX SYSTEM d;
ALTER TABLE a DETACH PARTITION b CONCURRENTLY; CREATE DATABASE d; DROP DATABASE d; CREATE TABLESPACE x LOCATION '/x';
DROP TABLESPACE x; ALTER SYSTEM SET work_mem = '1MB'; ALTER SYSTEM RESET ALL; ALTER DATABASE d SET TABLESPACE x;
CLUSTER; DISCARD ALL; LOAD 'x'; CHECKPOINT; CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p; DROP SUBSCRIPTION s;
ALTER SUBSCRIPTION s REFRESH PUBLICATION; SET standard_conforming_strings = off;
SET standard_conforming_strings TO 'no'; REINDEX (CONCURRENTLY true) TABLE t; REINDEX (CONCURRENTLY 1) INDEX i;
REINDEX (CONCURRENTLY false, CONCURRENTLY ON) TABLE t; REINDEX (VERBOSE, CONCURRENTLY maybe) TABLE t;
SELECT 1 INTO t; WITH x AS (SELECT 1) SELECT * INTO TEMP t FROM x; SELECT 1 INTO t UNION SELECT 2`;

describe("what cannot be sealed is refused with a reason", () => {
  for (const command of [...TRANSACTION_COMMANDS.split(";\n"), ...OTHERS.split(";\n")].flatMap((line) =>
    line.split("; "),
  )) {
    test(command.trim().replaceAll("\n", " "), async () => {
      const failure = await refusal(`SELECT 1;\n${command}`);
      expect(failure.code).toBe("SCRIPT_NOT_SEALABLE");
      expect(failure.message.length).toBeGreaterThan(30);
    });
  }

  test("every offending statement is named, not only the first", async () => {
    const failure = await refusal("BEGIN;\nSELECT 1;\nVACUUM;\nCOMMIT;");
    expect(failure.facts.statements).toHaveLength(3);
    for (const line of ["line 1, BEGIN", "line 3, VACUUM", "line 4, COMMIT"]) expect(failure.message).toContain(line);
  });

  test("their harmless neighbours are not refused", async () => {
    const neighbours = [
      ...["ANALYZE t", "CREATE INDEX ON t (a)", "REINDEX TABLE t", "CLUSTER t", "DISCARD PLANS", "CLOSE ALL"],
      ...["COPY t FROM '/x'", "SET standard_conforming_strings = on", "EXPLAIN ANALYZE SELECT 1", "CALL p()"],
      ...[
        "ALTER TABLE a DETACH PARTITION b",
        "SET CONSTRAINTS ALL DEFERRED",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
      ],
      ...["REINDEX (CONCURRENTLY false) TABLE t", "REINDEX (VERBOSE, CONCURRENTLY Off) INDEX i"],
      "REINDEX (CONCURRENTLY 0) TABLE t",
    ];
    expect(await texts(neighbours.join(";\n"))).toEqual(neighbours);
  });
});

describe("parameters are quoted literals where the parser saw a parameter", () => {
  test("strings, bodies and PREPARE keep their dollars", async () => {
    const script =
      "SELECT '$1', $2 /* $1 */, $1::int; PREPARE p AS SELECT $1; DO $$ BEGIN EXECUTE '$1' USING 1; END $$";
    expect(await texts(script, ["7", "it's \\ 😀"])).toEqual([
      "SELECT '$1',  E'it''s \\\\ 😀'  /* $1 */,  '7' ::int",
      "PREPARE p AS SELECT $1",
      "DO $$ BEGIN EXECUTE '$1' USING 1; END $$",
    ]);
  });

  test("a value missing or left over is refused", async () => {
    expect((await refusal("SELECT $2", ["a"])).code).toBe("USAGE");
    expect((await refusal("SELECT $1", ["a", "b"])).code).toBe("USAGE");
    expect((await refusal("SELECT 1", ["a"])).code).toBe("USAGE");
  });
});

test("a password that a script sets is a secret from then on, wherever it is quoted", async () => {
  await texts(`CREATE ROLE a PASSWORD 'canary-1-pw'; ALTER ROLE a ENCRYPTED PASSWORD E'canary-2-\\'pw';
    ALTER USER a WITH PASSWORD $x$canary-3-pw$x$; CREATE USER MAPPING FOR a SERVER s OPTIONS (password 'canary-4-pw');
    DO $$ BEGIN EXECUTE 'ALTER ROLE sub PASSWORD ''canary-5-pw'' VALID UNTIL ''nonsense'''; END $$`);
  const quoted = [1, 2, 3, 4, 5].map((number) => redact(`${number}: canary-${number}-${number === 2 ? "'" : ""}pw`));
  expect(quoted).toEqual([1, 2, 3, 4, 5].map((number) => `${number}: [redacted]`));
});

test("a statement that nests too deeply for the parser is refused in words, without a line", async () => {
  const { code, message, hint, facts } = await refusal(`SELECT 1;\nSELECT ${"1+".repeat(100_000)}1`);
  expect([code, message]).toEqual(["SCRIPT_UNPARSABLE", "the parser ran out of stack: a statement nests too deeply"]);
  expect(hint).toStartWith("Which line it is, the parser does not say: look for");
  expect(facts.parser).toBe("Maximum call stack size exceeded.");
});

test("so is one that it assigns, declares or keeps in a setting, though a later statement quotes it", async () => {
  const script = `SET app.api_password = 'canary-6-pw'; SELECT set_config('app.password', 'canary-7-pw', true);
    DO $$ DECLARE password text := 'canary-8-pw'; BEGIN RAISE 'x'; END $$; SET LOCAL app.passphrase TO 'canary-9''pw'`;
  await parseScript(script);
  const quoted = "it said: canary-6-pw, canary-7-pw, canary-8-pw, canary-9'pw";
  expect(redact(quoted)).toBe("it said: [redacted], [redacted], [redacted], [redacted]");
});
