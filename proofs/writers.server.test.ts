/**
 * writers.server.test: other sessions that write while the proof runs. Never a PASS that was not seen, never a leak
 * that is theirs: taken again, then INCONCLUSIVE with their names.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { openRoleSession } from "../scripts/database/target.ts";
import { sleep } from "../src/kernel/clock.ts";
import { defaultCountOptions } from "../src/kernel/counts/request.ts";
import type { Session } from "../src/kernel/session/session.ts";

const SETUP = `
DO $$ BEGIN CREATE ROLE busy_clerk LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT INSERT, SELECT, DELETE ON public.information_unit TO busy_clerk;
CREATE SCHEMA office;
GRANT USAGE ON SCHEMA office TO busy_clerk, cutter_exec;
CREATE TABLE office.note (word text);
CREATE TABLE office.quiet (word text);
CREATE TABLE office.archive AS SELECT n, repeat('x', 800) AS filler FROM generate_series(1, 21000) AS n;
ANALYZE office.archive;
INSERT INTO office.quiet VALUES ('before');
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA office TO busy_clerk, cutter_exec;
`;

/** More turns than any test lasts; each commits by itself. */
const TURNS = 200_000;
const endlessly = (statement: string): string =>
  `DO $writer$ BEGIN FOR turn IN 1 .. ${TURNS} LOOP
    ${statement}; COMMIT; PERFORM pg_sleep(0.001); END LOOP; END $writer$`;
const UNIT = `INSERT INTO public.information_unit (canonical_address, unit_kind, identity_profile, created_by)
  SELECT 'CLERK/' || gen_random_uuid(), unit_kind, identity_profile, 'clerk' FROM public.information_unit LIMIT 1`;

let database: TestDatabase;
let clerk: Session;
let work: Promise<unknown>;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  database.psql(SETUP);
});

afterAll(() => database.drop());

beforeEach(async () => {
  clerk = await openRoleSession(database, "busy_clerk");
  work = Promise.resolve();
});

afterEach(async () => {
  await clerk.cancel();
  await work;
  await clerk.close();
});

function starts(statement: string): void {
  work = clerk.query(statement);
}

/** Lets something be done while the plan, with all written, waits for a lock that the clerk holds. */
async function meanwhile<T>(running: () => Promise<T>, act: () => Promise<unknown> | unknown): Promise<T> {
  await clerk.query("SELECT pg_advisory_lock(4711)");
  const report = running();
  await until("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted)");
  await act();
  await clerk.query("SELECT pg_advisory_unlock(4711)");
  return report;
}

async function until(condition: string): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    if (database.psql(`SELECT ${condition}`) === "t") return;
    await sleep(5);
  }
  throw new Error(`never: ${condition}`);
}

const script = (text: string) => ({ url: database.url("cutter_exec"), flags: { sql: fileWith("plan.sql", text) } });
const NOTE = "INSERT INTO office.note VALUES ('planned'); SELECT pg_advisory_xact_lock(4711);";

test("a writer that never rests: INCONCLUSIVE, exit 3, every attempt used, and who it was", async () => {
  starts(endlessly(UNIT));
  await until("count(*) > 160 FROM public.information_unit");
  const report = await batteryReport({ url: database.url("cutter_exec"), options: { retries: 2 } });
  expect(report).toMatchObject({ exit: 3, attempts: 3, failure: { code: "NOT_PROVEN" } });
  expect(verdicts(report).slice(0, 4)).toEqual(ALL_PASS.slice(0, 4));
  expect(["PASS", "INCONCLUSIVE"]).toContain(proofOf(report, 5).verdict);
  const look = proofOf(report, 6);
  expect(look.verdict).toBe("INCONCLUSIVE");
  expect(look.summary).toContain("busy_clerk (pid");
  expect(look.mismatches.map(({ what }) => what)).toContain("public.information_unit (after)");
  expect(look.facts).toMatchObject({ probe_rows_leaked: 0, transaction_status: "aborted" });
  expect(proofOf(report, 7).verdict).toBe("PASS");
  expect(report.verdictLine).toEndWith("NOT_PROVEN");
  expect(report.failure?.data).toContain("others were writing");
}, 20_000);

test("the same for a script, though the writer's own rows lie in the table that the script writes to", async () => {
  starts(endlessly("INSERT INTO office.note VALUES ('busy')"));
  await until("count(*) > 0 FROM office.note");
  const report = await batteryReport({ ...script(NOTE), options: { retries: 1 } });
  expect(report).toMatchObject({ exit: 3, attempts: 2 });
  expect(verdicts(report).slice(4, 6)).toEqual(["PROOF-5 PASS", "PROOF-6 INCONCLUSIVE"]);
  expect(proofOf(report, 6).summary).toContain("busy_clerk");
  expect(report.effects?.relations).toMatchObject([{ relation: "office.note", inserted: 1 }]);
});

test("a writer that stops during the first attempt: taken again, PASS with two attempts", async () => {
  const report = await meanwhile(
    () => batteryReport(script(NOTE)),
    () => clerk.query("INSERT INTO office.quiet VALUES ('once')"),
  );
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(report).toMatchObject({ exit: 0, attempts: 2 });
});

test("a writer to a relation that is only estimated is no alarm, and it is said not to be compared", async () => {
  starts(endlessly("INSERT INTO office.archive VALUES (0, 'busy')"));
  await until("count(*) > 21000 FROM office.archive");
  const report = await batteryReport(script(NOTE));
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(report.attempts).toBe(1);
  expect(proofOf(report, 6).facts.relations_not_compared).toContain("office.archive: estimate");
  expect(report.counts.find((row) => row.relation === "office.archive")?.mode).toBe("estimate");
});

test("an UPDATE by others is seen with --digest, and only then", async () => {
  const take = async (digest: "none" | "content") => {
    const running = () =>
      batteryReport({
        ...script(NOTE),
        options: { retries: 0, counts: { ...defaultCountOptions, digest } },
      });
    const report = await meanwhile(running, () => clerk.query("UPDATE office.quiet SET word = word || '.'"));
    return [report.exit, proofOf(report, 6).verdict, proofOf(report, 6).mismatches.map(({ what }) => what)];
  };
  expect(await take("content")).toEqual([3, "INCONCLUSIVE", ["office.quiet (during)", "office.quiet (after)"]]);
  expect(await take("none")).toEqual([0, "PASS", []]);
});

test("others write to a part of a table that a spec watches: told by its condition, and no leak", async () => {
  const spec = fileWith(
    "probe.toml",
    `statements = ["INSERT INTO office.note VALUES ('planned')", "SELECT pg_advisory_xact_lock(4711)"]
[[watch]]
relation = "office.quiet"
where = "word = 'watched'"
[[declare]]
relation = "office.note"
inserted = 1`,
  );
  const report = await meanwhile(
    () => batteryReport({ url: database.url("cutter_exec"), flags: { spec }, options: { retries: 0 } }),
    () => clerk.query("INSERT INTO office.quiet VALUES ('watched')"),
  );
  expect(proofOf(report, 6).verdict).toBe("INCONCLUSIVE");
  expect(proofOf(report, 6).mismatches[0]).toEqual({
    what: "office.quiet [word = 'watched'] (during)",
    expected: "0",
    seen: "1",
  });
});

test("a table that others drop meanwhile is no leak", async () => {
  database.psql("CREATE TABLE office.temporary (); GRANT SELECT ON office.temporary TO cutter_exec");
  const report = await meanwhile(
    () => batteryReport({ ...script(NOTE), options: { retries: 0 } }),
    () => database.psql("DROP TABLE office.temporary"),
  );
  expect(report).toMatchObject({ exit: 3 });
  expect(proofOf(report, 6)).toMatchObject({
    verdict: "INCONCLUSIVE",
    mismatches: [
      { what: "office.temporary (during)", expected: "0", seen: "missing" },
      { what: "office.temporary (after)", expected: "0", seen: "missing" },
    ],
  });
});
