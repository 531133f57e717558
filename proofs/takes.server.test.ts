/**
 * takes.server.test: a disturbed proof that is taken again: what the first take saw stays in the report, and where the
 * plan may have moved the rows itself there is no second one.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { sleep } from "../src/kernel/clock.ts";
import type { BatteryReport } from "../src/report/battery.ts";
import { textReport } from "../src/report/text.ts";

const OWNER = "diary_owner";
const SETUP = `
DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA diary; GRANT USAGE, CREATE ON SCHEMA diary TO ${OWNER};
SET ROLE ${OWNER};
CREATE TABLE diary.log (id serial PRIMARY KEY, note text);
CREATE TABLE diary.page (n int);
INSERT INTO diary.log (note) SELECT 'old' FROM generate_series(1, 100);
`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(SETUP);
});

afterAll(() => database.drop());

beforeEach(() => {
  database.psql("DELETE FROM diary.log WHERE note <> 'old'; ALTER SEQUENCE diary.log_id_seq RESTART WITH 101");
});

/** While the first take stands still with all written, another session writes a row, and is gone. */
async function disturbedOnce(text: string, accepted: readonly string[] = []): Promise<BatteryReport> {
  const sql = fileWith("plan.sql", `${text};\nSELECT pg_sleep(0.3)`);
  const flags = { sql, "allow-escape": accepted };
  const running = batteryReport({ url: database.socketUrl(OWNER), flags });
  await until("EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')");
  database.psql("INSERT INTO diary.log (id, note) VALUES (5555, 'leak')");
  return running;
}

async function until(condition: string): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (database.psql(`SELECT ${condition}`) === "t") return;
    await sleep(5);
  }
  throw new Error(`never: ${condition}`);
}

test("rows that moved in the first take are in the report of the second, and what was before it", async () => {
  const report = await disturbedOnce("INSERT INTO diary.page VALUES (1)");
  expect([report.attempts, ...verdicts(report)]).toEqual([2, ...ALL_PASS]);
  const look = proofOf(report, 6);
  expect(look.facts.earlier_takes).toEqual(["attempt 1: diary.log (during) 100 -> 101, diary.log (after) 100 -> 101"]);
  expect(look.summary).toContain("taken 2 times: diary.log moved in attempt 1");
  const row = report.counts.find(({ relation }) => relation === "diary.log");
  expect([row?.before, row?.after, row?.note]).toEqual([101, 101, "100 before the first take"]);
  const text = textReport(report).replaceAll(/\s+/g, " ");
  expect(text).toContain("diary.log moved in attempt 1");
  expect(text).toContain("100 before the first take");
});

test("an escape that was accepted may have moved them itself: no second take, no PASS", async () => {
  const report = await disturbedOnce("SELECT pg_cancel_backend(0)", ["pg_cancel_backend"]);
  expect([report.exit, report.attempts, proofOf(report, 6).verdict]).toEqual([3, 1, "INCONCLUSIVE"]);
  const why = "what may reach outside the transaction, pg_cancel_backend (accepted), may have moved them itself";
  expect(proofOf(report, 6).facts.not_taken_again).toBe(why);
  expect(proofOf(report, 6).summary).toContain(`not taken again: ${why}`);
  expect(report.failure?.data).toContain("rows moved meanwhile, and they may be its own");
});

test("SQL made at run time, which could not be read, neither", async () => {
  const report = await disturbedOnce("DO $$ BEGIN EXECUTE 'SELECT ' || '1'; END $$", ["dynamic-sql"]);
  expect([report.exit, report.attempts, proofOf(report, 6).verdict]).toEqual([3, 1, "INCONCLUSIVE"]);
  expect(proofOf(report, 6).summary).toContain("not taken again: what may reach outside the transaction, dynamic-sql");
});

test("sequences and WAL add up over the takes", async () => {
  const report = await disturbedOnce("SELECT nextval('diary.log_id_seq') FROM generate_series(1, 10)");
  expect(report.attempts).toBe(2);
  expect(report.effects?.sequences).toEqual([
    { sequence: "diary.log_id_seq", before: "100", after: "120", drift: "20" },
  ]);
  const said = report.notUndone.find(({ what }) => what === "sequence positions");
  expect(said?.detail).toBe("diary.log_id_seq moved by 20 (100 -> 120)");
  expect(proofOf(report, 6).facts.sequence_drift).toEqual(["diary.log_id_seq 20"]);
});

test("dead row versions and transaction ids add up over the takes", async () => {
  const report = await disturbedOnce("INSERT INTO diary.page SELECT generate_series(1, 7)");
  expect(report.attempts).toBe(2);
  const storage = report.notUndone.find(({ what }) => what === "storage")?.detail;
  expect(storage).toMatch(/^2 transaction ids, at most 14 dead row versions until the next vacuum, table statistics; /);
});
