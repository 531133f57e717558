/**
 * generic.server.test: a database of which nothing is known: the probe table where the role may make one, a temporary
 * one where it may not, and what is said of each.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  ALL_PASS,
  type BatteryOrder,
  batteryReport,
  contentOf,
  proofOf,
  verdicts,
} from "../../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";

const SETUP = `
DO $$ BEGIN CREATE ROLE prober LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE onlooker LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA "Odd Name" AUTHORIZATION prober;
CREATE SCHEMA closed;
CREATE TABLE public.thing AS SELECT generate_series(1, 5) AS n;
GRANT SELECT ON public.thing TO PUBLIC;
`;

let database: TestDatabase;
let before: string;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(SETUP);
  before = contentOf(database);
});

afterAll(() => {
  expect(contentOf(database)).toBe(before);
  database.drop();
});

const prove = (role: string, flags: BatteryOrder["flags"] = {}) =>
  batteryReport({ url: database.socketUrl(role), flags });

test("with a schema of its own: made, filled, changed, altered, seen by nobody else, gone", async () => {
  const report = await prove("prober");
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(report).toMatchObject({ exit: 0, tier: "guarded", target: { kind: "generic" } });
  expect(report.target.chosenBecause).toContain("no information unit contract");
  expect(proofOf(report, 2).facts).toMatchObject({ sqlstate: "22P02", status_after: "I" });
  expect(proofOf(report, 4).summary).toBe("probe in schema Odd Name");
  expect(proofOf(report, 5).facts).toMatchObject({ rows_inside: 3, during: "observable" });
  const [probe] = report.effects?.relations ?? [];
  expect(probe).toMatchObject({ inserted: 4, updated: 1, deleted: 1 });
  expect(probe?.relation).toStartWith('"Odd Name".cutter_probe_');
  expect(report.counts).toMatchObject([{ relation: "public.thing", before: 5, during: 5, after: 5 }]);
  expect(proofOf(report, 6).facts).toMatchObject({ probe_rows_leaked: 0, transaction_status: "aborted" });
});

test("without any right to create: a temporary table, and that nobody could see it", async () => {
  const report = await prove("onlooker");
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(proofOf(report, 4).summary).toBe("probe in a temporary table: no schema where the role may create");
  expect(proofOf(report, 5).facts).toMatchObject({ during: "not observable: a temporary table", rows_inside: 3 });
  expect(report.notUndone.map(({ detail }) => detail).join()).toContain("temporary tables were written to");
});

test("without even that right it is red before anything is tried", async () => {
  database.psql(`REVOKE TEMPORARY ON DATABASE ${database.name} FROM PUBLIC`);
  const report = await prove("onlooker");
  database.psql(`GRANT TEMPORARY ON DATABASE ${database.name} TO PUBLIC`);
  expect(proofOf(report, 4).mismatches).toEqual([{ what: "may create temporary tables", expected: "t", seen: "f" }]);
  expect(report).toMatchObject({ exit: 3, attempts: 0 });
});

test("--probe-schema names a schema that is not there, is closed to the role, or is its own", async () => {
  const [absent, closed, own] = [
    await prove("prober", { "probe-schema": "nowhere" }),
    await prove("prober", { "probe-schema": "closed" }),
    await prove("prober", { "probe-schema": "Odd Name" }),
  ];
  expect(absent.failure).toMatchObject({
    code: "OBJECT_MISSING",
    data: "Nothing was written.",
    hint: expect.stringMatching(/^Name a schema that is there/),
  });
  expect(closed.failure).toMatchObject({ code: "PERMISSION_DENIED", data: "Nothing was written." });
  expect(absent.failure?.message).toContain("there is no such schema");
  expect(closed.failure?.message).toContain("the role may not create in it");
  expect([absent.attempts, closed.attempts]).toEqual([0, 0]);
  expect(verdicts(own)).toEqual(ALL_PASS);
});

test("a superuser is refused unless allowed by name, and the report shows it", async () => {
  const refused = await prove("postgres");
  expect(refused).toMatchObject({ exit: 4, failure: { code: "TARGET_IS_SUPERUSER" }, attempts: 0 });
  const allowed = await batteryReport({ url: database.socketUrl(), options: { allowances: ["superuser"] } });
  expect(verdicts(allowed)).toEqual(ALL_PASS);
  expect(allowed.allowances).toEqual(["--allow-superuser"]);
});

test("a session that acts as a replica is red before anything is written", async () => {
  database.psql(`ALTER DATABASE ${database.name} SET session_replication_role = replica`);
  const report = await prove("prober");
  database.psql(`ALTER DATABASE ${database.name} RESET session_replication_role`);
  const red = report.proofs.filter(({ verdict }) => verdict === "FAIL").flatMap(({ mismatches }) => mismatches);
  expect(red).toEqual([{ what: "session_replication_role", expected: "origin", seen: "replica" }]);
  expect(report).toMatchObject({ exit: 3, attempts: 0 });
});
