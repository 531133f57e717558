/**
 * shadowed.server.test: a role whose search_path puts operators of its own before the server's: none of cutter's own
 * statements meets one. What the operator wrote himself still means what it means to his role.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { ALL_PASS, type BatteryOrder, batteryReport, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { openRoleSession, succeed } from "../scripts/database/target.ts";
import { countRelations } from "../src/kernel/counts/count.ts";
import { defaultCountOptions } from "../src/kernel/counts/request.ts";

/** Every operator of the server's that takes two plain types, as one that refuses to work. */
const SHADOWS = `
CREATE SCHEMA evil;
DO $$ DECLARE o record; BEGIN
  FOR o IN SELECT p.oid, p.oprname, p.oprleft::regtype AS l, p.oprright::regtype AS r, p.oprresult::regtype AS result
    FROM pg_operator AS p JOIN pg_type AS a ON a.oid = p.oprleft JOIN pg_type AS b ON b.oid = p.oprright
    WHERE p.oprnamespace = 'pg_catalog'::regnamespace AND a.typtype = 'b' AND b.typtype = 'b'
  LOOP
    EXECUTE format('CREATE FUNCTION evil.f%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS
      %L', o.oid, o.l, o.r, o.result,
      format('BEGIN RAISE EXCEPTION USING MESSAGE = %L; END', format('shadowed: %s (%s, %s)', o.oprname, o.l, o.r)));
    EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.f%s)',
      o.oprname, o.l, o.r, o.oid);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
`;

const SETUP = `
DO $$ BEGIN CREATE ROLE shadowed LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE at_home LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA home; GRANT USAGE, CREATE ON SCHEMA home TO shadowed, at_home;
CREATE TABLE home.orders (id int PRIMARY KEY, note text); INSERT INTO home.orders VALUES (1, 'A'), (2, 'b');
CREATE FUNCTION home.loud(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = upper($1) $$;
GRANT SELECT, INSERT ON home.orders TO shadowed, at_home;
`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(SETUP + SHADOWS);
  database.psql(`ALTER ROLE shadowed IN DATABASE ${database.name} SET search_path = evil, pg_catalog, public;
    ALTER ROLE at_home IN DATABASE ${database.name} SET search_path = home, public`);
});

afterAll(() => database.drop());

const prove = (role: string, flags: BatteryOrder["flags"], counts = defaultCountOptions) =>
  batteryReport({ url: database.socketUrl(role), flags: flags ?? {}, options: { counts } });

test("a script, with digests and a relation to watch", async () => {
  const sql = fileWith("plan.sql", "INSERT INTO home.orders VALUES (3, 'c')");
  const counts = { ...defaultCountOptions, digest: "content" } as const;
  const report = await prove("shadowed", { sql, watch: ["home.orders"] }, counts);
  expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
});

test("the generic probe, where the target is looked for in the catalog", async () => {
  const report = await prove("shadowed", {});
  expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
  expect(report.target.kind).toBe("generic");
});

test("a witness that may not read, so that the proof's own role is asked", async () => {
  database.psql("CREATE TABLE home.closed (n int); GRANT INSERT ON home.closed TO shadowed");
  const sql = fileWith("plan.sql", "INSERT INTO home.orders VALUES (3, 'c')");
  const report = await prove("shadowed", { sql });
  expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
  expect(report.counts.find(({ relation }) => relation === "home.closed")?.note).toBe(
    "42501, though the role may write to it",
  );
  database.psql("DROP TABLE home.closed");
});

test("conditions and the leak query of a spec are read as the role reads them", async () => {
  const spec = fileWith(
    "probe.toml",
    `statements = ["INSERT INTO orders VALUES (3, 'C')"]
leak_query = "SELECT count(*) AS rows FROM orders WHERE loud(note) AND id > 2"
[[watch]]
relation = "home.orders"
where = "loud(note)"
[[declare]]
relation = "home.orders"
inserted = 1
`,
  );
  const report = await prove("at_home", { spec });
  expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
  expect(proofOf(report, 6).facts).toMatchObject({ probe_rows_leaked: 0 });
  expect(report.counts.filter(({ filter }) => filter !== null).map(({ before, after }) => [before, after])).toEqual([
    [1, 1],
  ]);
});

test("a condition is read as the role reads it where each relation is counted by itself, too", async () => {
  const session = await openRoleSession(database, "at_home");
  const filter = { label: "loud", predicate: "loud(note)", parameters: [], path: "of the role" } as const;
  const nothing = { label: "none", predicate: "1 / (counted.id - 1) > 0", parameters: [], path: "pinned" } as const;
  await session.query("SET search_path = pg_catalog, pg_temp");
  const requests = [{ relation: "home.orders", filter }];
  expect(succeed(await countRelations(session, requests)).map(({ rows }) => rows)).toEqual([1]);
  const alone = await countRelations(session, [{ relation: "home.orders", filter: nothing }, ...requests]);
  expect(alone).toMatchObject({ facts: { sqlstate: "22012" } });
  await session.close();
});
