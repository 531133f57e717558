/** bounds.test: what a session of ours is held to after its login, whatever its role says. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { failed, onlyCell, openRoleSession, succeed } from "../../../scripts/database/target.ts";
import { limits } from "../limits.ts";
import { boundSession } from "./bounds.ts";
import type { Session } from "./session.ts";

const HASTY = "hasty_role";
let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(`DO $$ BEGIN CREATE ROLE ${HASTY} LOGIN;
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
    ALTER ROLE ${HASTY} IN DATABASE ${database.name} SET statement_timeout = '30ms'`);
});

afterAll(() => database.drop());

test("the role's statement_timeout does not end statements of ours", async () => {
  for (const readOnly of ["on", "off"] as const) {
    const session = await openRoleSession(database, HASTY);
    succeed(await boundSession(session, readOnly));
    const shown = "SELECT pg_catalog.current_setting('statement_timeout')";
    expect(onlyCell(await session.query(shown))).toBe(`${limits.statementTimeoutMs / 60_000}min`);
    succeed(await session.query("SELECT pg_sleep(0.1)"));
    await session.close();
  }
});

test("where it ends the very first one, the hint says whose setting it is", async () => {
  const session = await openRoleSession(database, HASTY);
  const slow: Session = Object.create(session, {
    query: {
      value: (text: string, parameters: []) => session.query(`${text}, pg_catalog.pg_sleep(0.2)`, parameters),
    },
  });
  const { facts, hint } = failed(await boundSession(slow, "on"));
  expect([facts.sqlstate, hint]).toEqual([
    "57014",
    `It is the role's own statement_timeout (or the database's), not --statement-timeout. Set it otherwise for this
session: PGOPTIONS='-c statement_timeout=0'.`.replace("\n", " "),
  ]);
  await session.close();
});
