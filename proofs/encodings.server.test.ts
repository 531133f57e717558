/**
 * encodings.server.test: databases that are not in UTF-8: the proofs and the schema work there as anywhere.
 */
import { describe, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, contentOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, LOGIN_ROLES, prepareReference, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { openRoleSession, succeed } from "../scripts/database/target.ts";
import { installSchema } from "../src/schema/install.ts";
import { verifySchema } from "../src/schema/verify.ts";

const OWNER = "shelf_owner";
const SETUP = `
DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE public.shelf (id int PRIMARY KEY, word text);
INSERT INTO public.shelf VALUES (1, 'one');
ALTER TABLE public.shelf OWNER TO ${OWNER};
`;

describe("a database in an encoding that lacks most characters", () => {
  for (const encoding of ["LATIN1", "LATIN9", "KOI8R"]) {
    test(`${encoding}: a script is proven, DDL and all`, async () => {
      const database = await createDatabase(await testServer(), { template: "empty", encoding });
      database.psql(SETUP);
      const text = `UPDATE public.shelf SET word = 'two'; ALTER TABLE public.shelf ADD note text; ANALYZE public.shelf;
        DO $$ BEGIN NULL; EXCEPTION WHEN OTHERS THEN NULL; END $$`;
      const sql = fileWith("plan.sql", text);
      const report = await batteryReport({ url: database.socketUrl(OWNER), flags: { sql } });
      expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
      database.drop();
    });
  }

  test("LATIN1: the schema is installed, and proven through its own functions", async () => {
    const server = await testServer();
    await prepareReference(server);
    const database = await createDatabase(server, { template: "empty", encoding: "LATIN1" });
    const [executing] = LOGIN_ROLES;
    const session = await openRoleSession(database);
    const installed = await installSchema(session, { reference: "load" });
    const verified = await verifySchema(session);
    await session.close();
    expect([succeed(installed).lifecycle, succeed(verified).differences]).toEqual(["installed", []]);
    const report = await batteryReport({ url: database.socketUrl(executing) });
    expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
    database.drop();
  });
});

describe("a database in SQL_ASCII, which holds whatever bytes it was sent", () => {
  test("names and data in UTF-8 are proven as anywhere", async () => {
    const database = await createDatabase(await testServer(), { template: "empty", encoding: "SQL_ASCII" });
    database.psql(`${SETUP} CREATE TABLE public."caf\u00e9" (n int); ALTER TABLE public."caf\u00e9" OWNER TO ${OWNER}`);
    const sql = fileWith("plan.sql", `INSERT INTO public."caf\u00e9" VALUES (1)`);
    const report = await batteryReport({ url: database.socketUrl(OWNER), flags: { sql } });
    expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
    expect(report.effects?.relations.map(({ relation }) => relation)).toEqual([`public."caf\u00e9"`]);
    database.drop();
  });

  test("a name that is not UTF-8 is refused before anything is tried, by its name", async () => {
    const database = await createDatabase(await testServer(), { template: "empty", encoding: "SQL_ASCII" });
    database.psql(`${SETUP} SET standard_conforming_strings = on;
      DO $$ BEGIN EXECUTE 'CREATE TABLE public."caf' || convert_from('\\xe9', 'SQL_ASCII') || '" (n int)'; END $$`);
    const sql = fileWith("plan.sql", "INSERT INTO public.shelf VALUES (2, 'two')");
    const before = contentOf(database);
    const report = await batteryReport({ url: database.socketUrl(OWNER), flags: { sql } });
    expect(report).toMatchObject({ exit: 4, attempts: 0, failure: { code: "TARGET_NAMES_UNREADABLE" } });
    expect(report.failure?.message).toMatch(/^names that are not UTF-8: relation public\.caf\\xe9 \(oid \d+\)$/);
    expect(verdicts(report).slice(2, 4)).toEqual(["PROOF-3 FAIL", "PROOF-4 NOT RUN"]);
    expect(contentOf(database)).toBe(before);
    database.drop();
  });
});
