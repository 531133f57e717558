/**
 * counts-identity.server.test: of which database counts are: saved with them, compared, and told where it is not known.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CountsOrder, countsReport, runCounts } from "../../scripts/database/counts.ts";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, succeed } from "../../scripts/database/target.ts";

const STOCK = `CREATE SCHEMA stock; CREATE TABLE stock.plain AS SELECT g AS n FROM generate_series(1, 9) AS g;
  DO $$ BEGIN CREATE ROLE counter LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
  GRANT USAGE ON SCHEMA stock TO counter; GRANT SELECT ON stock.plain TO counter`;

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cutter-counts-"));
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(STOCK);
});

afterAll(() => {
  database.drop();
  rmSync(folder, { recursive: true });
});

const relations = ["stock.plain"];
const ask = (query: string) => database.psql(query);
const file = (name: string) => join(folder, name);
const order = (more: Partial<CountsOrder>) => ({ url: database.socketUrl("counter"), stateDir: folder, ...more });
const report = (more: Partial<CountsOrder>) => countsReport(order(more));
const run = (more: Partial<CountsOrder>) => runCounts(order(more));

/** A saved document, changed in its identity. */
async function savedWith(change: (identity: { [field: string]: unknown }) => unknown): Promise<string> {
  const save = file("identity.json");
  await report({ relations, save });
  const document = JSON.parse(readFileSync(save, "utf8")) as { identity: { [field: string]: unknown } };
  writeFileSync(save, JSON.stringify({ ...document, identity: change(document.identity) }));
  return save;
}

test("it is saved with them: the cluster's identifier, name and oid, the version", async () => {
  expect((await report({ relations })).identity).toEqual({
    systemIdentifier: ask("SELECT system_identifier FROM pg_control_system()"),
    database: database.name,
    databaseOid: ask("SELECT oid FROM pg_database WHERE datname = current_database()"),
    serverVersion: ask("SHOW server_version"),
  });
});

test("those of another database of the cluster are refused, and nothing is counted", async () => {
  const other = await createDatabase(database.server, { template: "empty" });
  other.psql(STOCK);
  const save = file("other-database.json");
  await report({ relations, save, url: other.socketUrl("counter") });
  const refused = failed(await run({ relations: ["stock.no_such"], compare: save }));
  other.drop();
  expect([refused.code, refused.facts]).toEqual([
    "OTHER_DATABASE",
    {
      there: expect.objectContaining({ database: other.name }),
      here: expect.objectContaining({ database: database.name }),
    },
  ]);
  expect(refused.message).toContain(`of ${other.name} (oid `);
});

test("sabotage: one thing of the identity changed in the file", async () => {
  const codes: string[] = [];
  for (const change of [
    { systemIdentifier: "1" },
    { databaseOid: "1" },
    { systemIdentifier: null, databaseOid: "1" },
    { systemIdentifier: null, database: "elsewhere" },
  ]) {
    const compare = await savedWith((identity) => ({ ...identity, ...change }));
    codes.push(failed(await run({ relations, compare })).code);
  }
  expect(codes).toEqual(Array(4).fill("OTHER_DATABASE"));
  const renamed = await savedWith((identity) => ({ ...identity, database: "old_name", serverVersion: "15.1" }));
  expect(await report({ relations, compare: renamed })).toMatchObject({
    verdict: "SAME",
    comparison: { database: "same" },
  });
});

test("what could not be read of it is told: in the file, by the role, by an earlier version", async () => {
  const text = async (compare: string) =>
    succeed(await run({ relations, compare, format: "text" })).text.replaceAll(/\s+/g, " ");
  const told = "Whether both are of one database is not known";
  expect(await text(await savedWith((identity) => identity))).not.toContain(told);
  expect(await text(await savedWith((identity) => ({ ...identity, systemIdentifier: null })))).toContain(told);
  expect(await text(await savedWith(() => undefined))).toContain(told);
  const save = await savedWith((identity) => identity);
  database.psql("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC", "postgres");
  const unread = await text(save);
  const identity = (await report({ relations, compare: save })).identity;
  database.psql("GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO PUBLIC", "postgres");
  expect([unread, unread]).toEqual([
    expect.stringContaining(told),
    expect.stringContaining("of cluster whose identifier could not be read"),
  ]);
  expect(identity?.systemIdentifier).toBeNull();
});
