/**
 * encodings.server.test: databases that are not in UTF-8: the proofs and the schema work there as anywhere.
 */
import { describe, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, verdicts } from "../scripts/database/battery.ts";
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
