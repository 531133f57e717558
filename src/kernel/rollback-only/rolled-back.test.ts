/** rolled-back.test: the real answers of a server to a ROLLBACK, with and without a transaction. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../../scripts/database/target.ts";
import { isRolledBack } from "./rolled-back.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
});

afterAll(() => database.drop());

test("a ROLLBACK of nothing is none, however much the server tells beside it", async () => {
  for (const level of ["warning", "debug5"]) {
    const session = await openRoleSession(database);
    succeed(await session.query(`SET client_min_messages = ${level}`));
    const got: boolean[] = [];
    for (const before of ["BEGIN", "SELECT 1"]) {
      succeed(await session.query(before));
      got.push(isRolledBack(succeed(await session.query("ROLLBACK")), session.status()));
    }
    expect([level, ...got]).toEqual([level, true, false]);
    expect(isRolledBack(succeed(await session.query("SELECT 1")), session.status())).toBe(false);
    await session.close();
  }
});
