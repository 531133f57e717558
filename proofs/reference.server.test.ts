/**
 * reference.server.test: the main job: the battery on the reference database, as cutter_exec, with a password over TCP.
 *
 * Also through the second binary's entry as a process, for exit code, streams and what is left behind.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ALL_PASS, batteryReport, contentOf, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import type { BatteryReport } from "../src/report/battery.ts";

const PROJECT = dirname(import.meta.dirname);

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});

afterAll(() => database.drop());

const BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'cutter%'";

test("7/7, 158 → 159 → 158, the content of the database as before, and no backend left", async () => {
  const before = contentOf(database);
  const report = await batteryReport({ url: database.url("cutter_exec") });
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(report).toMatchObject({
    role: "cutter_exec",
    tier: "guarded",
    exit: 0,
    attempts: 1,
    target: { kind: "iu" },
    verdictLine: "CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS",
  });
  const counts = report.counts.map((row) => [row.relation, row.before, row.inTransaction, row.during, row.after]);
  expect(counts).toEqual([
    ["public.information_unit", 158, 159, 158, 158],
    ["public.unit_version", 165, 166, 165, 165],
    ["public.iu_lifecycle_log", 60, 60, 60, 60],
    ["public.system_vocab", 27, 27, 27, 27],
  ]);
  expect(report.effects?.sequences).toEqual([]);
  expect(proofOf(report, 6).facts).toMatchObject({ probe_rows_leaked: 0, transaction_status: "aborted" });
  expect(contentOf(database)).toBe(before);
  expect(database.psql(BACKENDS)).toBe("0");
});

test("cutter-proof as a process: the verdict is the last line, exit 0, evidence and nothing else is left", () => {
  const state = mkdtempSync(join(tmpdir(), "cutter-reference-"));
  const before = contentOf(database);
  const argv = ["rollback", "--url", database.url("cutter_exec"), "--state-dir", state];
  const run = Bun.spawnSync([process.execPath, "--no-env-file", join(import.meta.dirname, "main.ts"), ...argv], {
    env: { PATH: process.env.PATH ?? "", HOME: state },
  });
  const stdout = run.stdout.toString();
  expect({ code: run.exitCode, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
    code: 0,
    last: "CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS",
  });
  expect(stdout.match(/^PASS {2}PROOF-/gm)).toHaveLength(7);
  expect(stdout).toContain("158 → 159 → 158");
  const [id = ""] = readdirSync(join(state, "runs"));
  expect(run.stderr.toString()).toContain(id);
  expect(contentOf(database)).toBe(before);
  expect(database.psql(BACKENDS)).toBe("0");
  rmSync(state, { recursive: true });
});

const program = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  Bun.spawnSync([process.execPath, "--no-env-file", join(PROJECT, "src", "main.ts"), "proof", "rollback", ...argv], {
    env: { PATH: process.env.PATH ?? "", ...environment },
  });

test("what a person should know of the connection is said on stderr, and stops nothing", () => {
  const home = mkdtempSync(join(tmpdir(), "cutter-remark-"));
  const passwords = join(home, "open.pgpass");
  writeFileSync(passwords, "nobody:1:*:*:x\n", { mode: 0o644 });
  const run = program(["--url", database.socketUrl("cutter_exec"), "--state-dir", home], { PGPASSFILE: passwords });
  rmSync(home, { recursive: true });
  expect({ code: run.exitCode, stderr: run.stderr.toString() }).toEqual({
    code: 0,
    stderr: expect.stringContaining(passwords),
  });
});

test("on the embedded engine the PASS line of PROOF-6 says that there was one session", () => {
  const home = mkdtempSync(join(tmpdir(), "cutter-embedded-"));
  const run = program(["--embedded", "--state-dir", home, "--json"]);
  rmSync(home, { recursive: true });
  const report = JSON.parse(run.stdout.toString()) as BatteryReport;
  expect([run.exitCode, report.singleSession, proofOf(report, 6).verdict]).toEqual([0, true, "PASS"]);
  expect(proofOf(report, 6).summary).toEndWith("single session");
  expect(proofOf(report, 6).facts.seen_from).toBe("after only");
});

test("on the embedded engine rows are counted inside too, by the one session there is", () => {
  const home = mkdtempSync(join(tmpdir(), "cutter-embedded-"));
  const word = (key: string) => `INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.${key}', '${key}');`;
  const back = `DO $$ BEGIN ${word("two")} ${word("three")} RAISE EXCEPTION 'back';
    EXCEPTION WHEN raise_exception THEN END $$`;
  const sql = fileWith("words.sql", `${word("one")} ${back}`);
  const run = program(["--embedded", "--state-dir", home, "--json", "--sql", sql]);
  rmSync(home, { recursive: true });
  const report = JSON.parse(run.stdout.toString()) as BatteryReport;
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(report.effects?.relations[0]).toMatchObject({ relation: "public.system_vocab", inserted: 3 });
  const seen = report.counts.filter(({ inTransaction }) => inTransaction !== "not taken");
  expect(seen.map((row) => [row.relation, row.before, row.inTransaction, row.after])).toEqual([
    ["public.system_vocab", 27, 28, 27],
  ]);
});

test("the digest of the content sees a row, an UPDATE that keeps the count, and a changed function", () => {
  const seen = new Set([contentOf(database)]);
  for (const change of [
    "INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.leak', 'leak')",
    "UPDATE public.system_vocab SET label = 'changed' WHERE key = 'vocab.unit_kind.leak'",
    "ALTER FUNCTION public.fn_iu_enact(uuid, text) SECURITY INVOKER",
  ]) {
    database.psql(change);
    const after = contentOf(database);
    expect(seen.has(after)).toBe(false);
    seen.add(after);
  }
});
