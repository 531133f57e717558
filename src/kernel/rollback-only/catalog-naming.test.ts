/**
 * Tests that no change of a system catalog is silent: each by itself, and each beside others that have names, where it
 * once was.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, stopTestServers, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { sealed, sessionOn } from "../../../scripts/database/shop.ts";
import type { Session } from "../session/session.ts";

const WORLD = `
CREATE SCHEMA w;
CREATE TABLE w.t (id int PRIMARY KEY, body text);
CREATE INDEX lowered ON w.t (lower(body));
CREATE TABLE w.other (id serial PRIMARY KEY);
CREATE SEQUENCE w.s;
CREATE EXTENSION pg_trgm SCHEMA w;
CREATE FUNCTION w.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE w.agg (int) (sfunc = int4pl, stype = int);
CREATE OPERATOR FAMILY w.family USING btree;
CREATE VIEW w.v AS SELECT * FROM w.t;
CREATE FOREIGN DATA WRAPPER w_wrapper;
CREATE SERVER w_server FOREIGN DATA WRAPPER w_wrapper;
DO $$ BEGIN CREATE ROLE naming_a; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE naming_b; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
`;

/** What is done, and what is told of it. */
const CHANGES: readonly (readonly [script: string, ...told: string[]])[] = [
  ["ALTER FUNCTION w.f() DEPENDS ON EXTENSION pg_trgm", "created dependence on an extension on function w.f()"],
  ["ALTER EXTENSION pg_trgm ADD FUNCTION w.f()", "created extension membership on function w.f()"],
  ["ALTER EXTENSION pg_trgm DROP FUNCTION w.show_limit()", "dropped extension membership on function w.show_limit()"],
  ["ALTER INDEX w.lowered ALTER COLUMN 1 SET STATISTICS 77", "altered index column w.lowered.lower"],
  ["ALTER TABLE w.t SET (toast.autovacuum_enabled = false)", "altered toast table w.t"],
  ["ALTER TABLE w.t CLUSTER ON t_pkey", "altered index w.t_pkey"],
  ["ALTER TABLE w.t REPLICA IDENTITY USING INDEX t_pkey", "altered index w.t_pkey", "altered table w.t"],
  ["ALTER SEQUENCE w.s RESTART WITH 77", "altered sequence w.s"],
  ["TRUNCATE w.other RESTART IDENTITY", "altered index w.other_pkey", "altered sequence w.other_id_seq"],
  ["ALTER SEQUENCE w.s OWNED BY w.t.id", "created owning column on sequence w.s"],
  [
    "ALTER OPERATOR FAMILY w.family USING btree ADD OPERATOR 1 < (int4, int4), FUNCTION 1 btint4cmp(int4, int4)",
    "created operator on operator family w.family USING btree",
    "created support function on operator family w.family USING btree",
  ],
  ["CREATE USER MAPPING FOR naming_a SERVER w_server", "created user mapping naming_a on server w_server"],
  ["ALTER ROLE naming_b PASSWORD 'x'", "altered role, not named pg_authid (1 rows)"],
  [
    "ALTER ROLE naming_a CONNECTION LIMIT 5; ALTER ROLE naming_b PASSWORD 'x'",
    "altered role naming_a",
    "altered role, not named pg_authid (at most 1 further row)",
  ],
  [
    "CREATE ROLE naming_c; ALTER ROLE naming_a PASSWORD 'x'; ALTER ROLE naming_b PASSWORD 'x'",
    "altered role, not named pg_authid (at most 2 further rows)",
    "created role naming_c",
  ],
  ["UPDATE pg_index SET indisclustered = true WHERE indexrelid = 'w.t_pkey'::regclass", "altered index w.t_pkey"],
  ["SELECT lo_from_bytea(424242, 'x')", "altered not named pg_largeobject (1 rows)", "created large object 424242"],
];

const DECOY = "CREATE TABLE w.decoy (id int)";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(WORLD);
  session = await sessionOn(database, "postgres");
});

afterAll(async () => {
  await session?.close();
  database?.drop();
  await stopTestServers();
});

async function told(script: string): Promise<string[]> {
  const { effects } = await sealed(session, script);
  return effects.catalog.map(({ change, objectKind, name }) => `${change} ${objectKind} ${name}`).sort();
}

describe("told by itself, and beside others that have a name", () => {
  for (const [script, ...expected] of CHANGES) {
    test(script, async () => {
      expect(await told(script)).toEqual(expected);
      const beside = await told(`${DECOY}; ${script}`);
      expect(beside.filter((one) => !one.includes("(at most"))).toEqual(
        [...expected.filter((one) => !one.includes("(at most")), "created table w.decoy"].sort(),
      );
      expect(beside.filter((one) => one.includes("pg_authid"))).toEqual(
        expected.filter((one) => one.includes("pg_authid")),
      );
    });
  }

  test("an aggregate that is replaced, though its function is as it was", async () => {
    const script = "CREATE OR REPLACE AGGREGATE w.agg (int) (sfunc = int4pl, stype = int, initcond = '7')";
    const beside = await told(`CREATE FUNCTION w.g() RETURNS int LANGUAGE sql AS 'SELECT 1'; ${script}`);
    expect(beside).toEqual(["altered aggregate w.agg(integer)", "created function w.g()"]);
  });
});

describe("a catalog written to by hand is told though its rows are not", () => {
  test("what would follow from other changes", async () => {
    const script = "DELETE FROM pg_depend WHERE objid = 'w.v'::regclass";
    expect(await told(script)).toEqual(["altered not named pg_depend (1 rows)"]);
    expect(await told(`${DECOY}; ${script}`)).toEqual([
      expect.stringMatching(/^altered not named pg_depend \(\d+ rows\)$/),
      "created table w.decoy",
    ]);
  });

  test("a column that is noise, beside a change of the same catalog", async () => {
    const script = "UPDATE pg_class SET relpages = 4711 WHERE oid = 'w.t'::regclass";
    expect(await told(`${DECOY}; ${script}`)).toEqual([
      "altered not named pg_class (at most 1 further row)",
      "created table w.decoy",
    ]);
  });

  test("in a function, too", async () => {
    const script = "DO $$ BEGIN EXECUTE 'UPDATE pg_class SET relpages = 4711 WHERE oid = ''w.t''::regclass'; END $$";
    expect(await told(`${DECOY}; ${script}`)).toContain("altered not named pg_class (at most 1 further row)");
  });
});

test("large changes are told by their objects alone", async () => {
  const script = `CREATE EXTENSION citext; CREATE TABLE w.new (id serial PRIMARY KEY, body text);
    ALTER TABLE w.t OWNER TO naming_a; DROP EXTENSION pg_trgm; DROP TABLE w.other`;
  const lines = await told(script);
  expect(
    lines.filter((line) => /not named|toast|membership|dependence|support function|index column/.test(line)),
  ).toEqual([]);
  expect(lines).toContain("altered table w.t");
});
