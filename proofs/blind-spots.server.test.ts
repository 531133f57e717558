/**
 * blind-spots.server.test: what the witness cannot see is never called unchanged.
 *
 * Each of these once said PASS; each is on a database that nobody minds.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { batteryReport, proofOf } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { TEST_PASSWORD } from "../scripts/database/server.ts";

let database: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  const server = await testServer();
  database = await createDatabase(server, { template: "empty" });
  other = await createDatabase(server, { template: "empty" });
  database.psql(`CREATE SCHEMA closed; CREATE TABLE closed.box AS SELECT 1 AS id;
    CREATE TABLE closed.bin AS SELECT 1 AS id; CREATE MATERIALIZED VIEW closed.later AS SELECT 1 AS id WITH NO DATA;
    DO $$ BEGIN CREATE ROLE blind_writer LOGIN PASSWORD '${TEST_PASSWORD}'; EXCEPTION WHEN duplicate_object THEN END $$;
    DO $$ BEGIN CREATE ROLE blind_witness LOGIN PASSWORD '${TEST_PASSWORD}';
      EXCEPTION WHEN duplicate_object THEN END $$;
    ALTER SCHEMA closed OWNER TO blind_writer; ALTER TABLE closed.box OWNER TO blind_writer;
    ALTER TABLE closed.bin OWNER TO blind_writer; ALTER MATERIALIZED VIEW closed.later OWNER TO blind_writer`);
});

afterAll(() => {
  database.drop();
  other.drop();
});

function prove(sql: string, witnessUrl?: string, flags: { "max-relations"?: number } = {}) {
  const order = { url: database.url("blind_writer"), flags: { sql: fileWith("x.sql", sql), ...flags } };
  return batteryReport(witnessUrl === undefined ? order : { ...order, witnessUrl });
}

test("a witness without the right to read what was touched is no witness of it", async () => {
  const report = await prove("UPDATE closed.box SET id = 2; TRUNCATE closed.bin", database.url("blind_witness"));
  const look = proofOf(report, 6);
  expect([look.verdict, report.exit]).toEqual(["FAIL", 3]);
  expect(look.mismatches.map((one) => [one.what, one.seen])).toEqual([
    ["rows of closed.bin", "42501 for the witness"],
    ["rows of closed.box", "42501 for the witness"],
  ]);
  expect(JSON.stringify(report.counts)).not.toContain("untouched by construction");
});

test("a table renamed away is not hidden by one made anew under its name", async () => {
  const script = `UPDATE closed.box SET id = 2; ALTER TABLE closed.box RENAME TO old_box;
    CREATE TABLE closed.box (id int); INSERT INTO closed.box VALUES (1), (2)`;
  const report = await prove(script, database.url("blind_witness"));
  expect(report.effects?.relations.map((one) => [one.relation, one.inserted, one.updated])).toEqual([
    ['closed."box (created inside)"', 2, 0],
    ["closed.box", 0, 1],
  ]);
  expect(proofOf(report, 6)).toMatchObject({
    verdict: "FAIL",
    mismatches: [{ what: "rows of closed.box", seen: "42501 for the witness" }],
  });
  // Made and gone again, under a name of its own: no blind spot.
  const own = await prove("CREATE TABLE closed.own AS SELECT 1 AS id", database.url("blind_witness"));
  expect(proofOf(own, 6).mismatches).toEqual([]);
});

test("each of many tables that were touched is looked at, however few are watched", async () => {
  const names = Array.from({ length: 130 }, (_, index) => `closed.many_${`${index}`.padStart(3, "0")}`);
  database.psql(
    names.map((name) => `CREATE TABLE ${name} (n int); ALTER TABLE ${name} OWNER TO blind_writer`).join(";"),
  );
  const insert = names.map((name) => `INSERT INTO ${name} VALUES (1)`).join(";");
  const report = await prove(insert, undefined, { "max-relations": 1 });
  expect([report.exit, report.effects?.relations.length]).toEqual([0, 130]);
  expect(proofOf(report, 6).facts).toMatchObject({
    relations_compared: 1,
    rows_with_own_xmin: names.map((name) => `${name} 0`),
  });
  // The last thirty, which a witness cannot read.
  database.psql("GRANT USAGE ON SCHEMA closed TO blind_witness");
  for (const name of names.slice(0, 100)) database.psql(`GRANT SELECT ON ${name} TO blind_witness`);
  const blind = await prove(insert, database.url("blind_witness"), { "max-relations": 1 });
  expect(proofOf(blind, 6).verdict).toBe("FAIL");
  expect(proofOf(blind, 6).mismatches).toEqual(
    names.slice(100).map((name) => ({
      what: `rows of ${name}`,
      expected: "seen by the witness",
      seen: "not watched, and not countable",
    })),
  );
  database.psql(`REVOKE USAGE ON SCHEMA closed FROM blind_witness; DROP TABLE ${names.join(",")}`);
});

test("a witness of another database sees no lock of ours, and that is said before anything is written", async () => {
  const report = await prove("UPDATE closed.box SET id = 2", other.url("blind_writer"));
  expect([proofOf(report, 3).verdict, proofOf(report, 5).verdict]).toEqual(["FAIL", "NOT RUN"]);
});

test("a materialized view that is not populated cannot be looked into, and is no failure", async () => {
  const report = await prove("REFRESH MATERIALIZED VIEW closed.later");
  expect(proofOf(report, 6).failure).toBeNull();
  expect(proofOf(report, 5).verdict).toBe("PASS");
});

test("after a script that outlives its time the backend is gone before anything is said of it", async () => {
  const busy =
    "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(0.01); EXCEPTION WHEN query_canceled THEN END; END LOOP; END $$";
  const report = await batteryReport({
    url: database.url("blind_writer"),
    flags: { sql: fileWith("busy.sql", `UPDATE closed.box SET id = 3; ${busy}`) },
    options: { statementTimeoutMs: 300 },
  });
  expect(report.exit).not.toBe(0);
  const there = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'blind_writer'";
  expect(database.psql(there)).toBe("0");
  expect(database.psql("SELECT id FROM closed.box")).toBe("1");
});
