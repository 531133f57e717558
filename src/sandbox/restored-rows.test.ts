/** Tests of the rows that a restored database has, on a real server: each table by the name that a dump has for it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase } from "../../scripts/database/database.ts";
import { hostOf, openTestSession, succeed, targetOf } from "../../scripts/database/target.ts";
import { anyServer } from "../../scripts/faults/stock.ts";
import type { Session } from "../kernel/session/session.ts";
import { judge } from "../report/judgement.ts";
import { G08 } from "./gates/server.ts";
import { countRestored, type DumpedRows, partsOf } from "./restored-rows.ts";

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "empty" });
  database.psql(`CREATE SCHEMA theirs;
    CREATE TABLE theirs.b AS SELECT * FROM generate_series(1, 100);
    CREATE TABLE theirs."Näme ""x"".y" AS SELECT 1 AS i;
    CREATE TABLE theirs.parent (i int) PARTITION BY RANGE (i);
    CREATE TABLE theirs.child PARTITION OF theirs.parent FOR VALUES FROM (0) TO (9);
    INSERT INTO theirs.parent VALUES (1), (2);
    CREATE TABLE theirs.brought AS SELECT * FROM generate_series(1, 5);
    ALTER EXTENSION plpgsql ADD TABLE theirs.brought`);
  const host = hostOf(database.server.port, { host: database.server.socketDirectory, password: null });
  session = await openTestSession(targetOf([host], { database: database.name }));
});
afterAll(async () => {
  await session.close();
  database.drop();
});

const latin1 = (name: string): string => Buffer.from(name).toString("latin1");
const DUMPED: DumpedRows = {
  "theirs.b": 100,
  [latin1('theirs."Näme ""x"".y"')]: 1,
  ...{ '"theirs".child': 2, "theirs.parent": 2, "theirs.brought": 1 },
};

async function verdictOf(dumped: DumpedRows) {
  const tables = succeed(await countRestored(session, dumped));
  const content = { relation: "x", rows: 1, contentSha256: "a" };
  const judged = judge(G08.judge({ failure: null, notices: [], dumped: [content], restored: [content], tables }));
  return judged.mismatches.map(({ what, expected, seen }) => `${what}: ${expected}, ${seen}`);
}

test("tables are found by their name in a dump; those of an extension may have more rows", async () => {
  expect(await verdictOf(DUMPED)).toEqual([]);
});

test("G-08: rows that went or came while it was restored, in a table that no cut writes, turn it red", async () => {
  const fewer = Object.fromEntries(Object.entries(DUMPED).map(([name, rows]) => [name, rows + 1]));
  expect(await verdictOf({ ...fewer, "theirs.brought": 6, "theirs.gone": 0 })).toEqual(
    [
      ...["theirs.b: 101, 100", 'theirs."Näme ""x"".y": 2, 1', '"theirs".child: 3, 2', "theirs.parent: 3, 2"],
      ...["theirs.brought: 6, 5", "theirs.gone: 0, missing"],
    ].map((line) => `rows of ${line}`),
  );
  expect(await verdictOf({ "theirs.b": 99 })).toEqual(["rows of theirs.b: 99, 100"]);
});

test("a dot in quotes divides nothing", () => {
  expect([partsOf('"a.b".c'), partsOf('a."b.c"')]).toEqual(['["a.b","c"]', '["a","b.c"]']);
});
