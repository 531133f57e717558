/** Tests of the transaction that a backup is counted in, on each version: what it reads, and what it refuses. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { failed, onlyCell, openRoleSession, succeed } from "../../../scripts/database/target.ts";
import { sha256 } from "../../kernel/digest.ts";
import type { Session } from "../../kernel/session/session.ts";
import { takeSnapshot } from "./snapshot.ts";

let database: TestDatabase;
let session: Session;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database, "workflow_admin");
});
afterEach(async () => {
  await session.close();
  database.drop();
});

test("each relation that a cut can write is counted and digested, whatever the order of its rows", async () => {
  const { contents, encoding, name, takenAt } = succeed(await takeSnapshot(session));
  expect(contents.slice(0, 4).map(({ relation, rows }) => [relation, rows])).toEqual([
    ["public.information_unit", 158],
    ["public.iu_lifecycle_log", expect.any(Number)],
    ["public.system_vocab", expect.any(Number)],
    ["public.unit_version", 165],
  ]);
  expect([contents.length, encoding, session.status()]).toEqual([16, "UTF8", "T"]);
  expect(name).toMatch(/^[0-9A-F]{8}-[0-9A-F]{8}-\d+$/);
  expect(takenAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  // By another way: psql has the rows digested, and here they are sorted.
  const rows = database.psql(`SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 3;
    SELECT encode(sha256(convert_to(u::text, 'UTF8')), 'hex') FROM information_unit AS u`);
  expect(contents[0]?.contentSha256).toBe(sha256(`${rows.split("\n").sort().join("\n")}\n`));
});

test("one changed value changes the digest of its relation alone", async () => {
  const before = succeed(await takeSnapshot(session)).contents;
  database.psql("UPDATE system_vocab SET label = label || '!' WHERE ctid = (SELECT min(ctid) FROM system_vocab)");
  const again = await openRoleSession(database, "workflow_admin");
  const after = succeed(await takeSnapshot(again)).contents;
  await again.close();
  const changed = after.filter(({ contentSha256 }, index) => contentSha256 !== before[index]?.contentSha256);
  expect(changed.map(({ relation }) => relation)).toEqual(["public.system_vocab"]);
});

test("the transaction writes nothing and is not ended by the server for standing idle", async () => {
  succeed(await takeSnapshot(session));
  for (const setting of ["idle_in_transaction_session_timeout", "transaction_timeout"]) {
    const value = onlyCell(await session.query("SELECT current_setting($1, true) AS value", [setting]));
    expect([null, "0"]).toContain(value ?? null);
  }
  expect(failed(await session.query("DELETE FROM public.system_vocab")).facts.sqlstate).toBe("25006");
});

test("rows that row-level security would hide are no backup: it fails", async () => {
  database.psql(
    "ALTER TABLE unit_version ENABLE ROW LEVEL SECURITY; ALTER TABLE unit_version FORCE ROW LEVEL SECURITY",
  );
  const failure = failed(await takeSnapshot(session));
  expect(failure.message).toContain("row-level security");
});

test("a relation that is missing or no table is named; without the ledger the lifecycle is what there is", async () => {
  database.psql("DROP SCHEMA cutter_governance CASCADE");
  expect(succeed(await takeSnapshot(session)).contents.length).toBe(4);
  const again = await openRoleSession(database, "workflow_admin");
  await session.close();
  database.psql("ALTER TABLE iu_lifecycle_log RENAME TO other; CREATE VIEW iu_lifecycle_log AS SELECT * FROM other");
  const failure = failed(await takeSnapshot(again));
  await again.close();
  expect(`${failure.code} ${failure.message}`).toBe(
    "STOP_BACKUP_REFUSED public.iu_lifecycle_log: missing, or not an ordinary table",
  );
});
