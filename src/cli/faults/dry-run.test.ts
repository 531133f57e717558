/**
 * dry-run.test: `cutter dryrun --survey` by hand, as the role that reads: seven gates, and a database left as it was.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import { type Desk, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { clusterFingerprint } from "../../../scripts/fingerprint.ts";
import { dryRunSchema } from "../../report/dry-run-schema.ts";

const COUNTS = { information_unit: 158, unit_version: 165, iu_lifecycle_log: 60 };
/** Nobody listens there. */
const NOWHERE = ["--survey", "--url", "postgres://nobody@127.0.0.1:1/nothing"];

let database: TestDatabase;
beforeAll(async () => {
  database = await makeReference(await testServer());
});
afterAll(() => database.drop());

type Report = v.InferOutput<typeof dryRunSchema>;

async function dryRun(desk: Desk, ...argv: string[]): Promise<{ ended: Ended; report: Report }> {
  const ended = await desk.run(["dryrun", ...surveying(database), "--json", ...argv]);
  return { ended, report: v.parse(dryRunSchema, JSON.parse(ended.stdout)) };
}

test("seven gates pass, the counts are those of before, and the server has nothing that it did not have", async () => {
  const desk = makeDesk();
  const before = clusterFingerprint(database.server, database.name);
  const { ended, report } = await dryRun(desk);
  expect(clusterFingerprint(database.server, database.name)).toEqual(before);
  expect([ended.code, report.exit, report.verdictLine]).toEqual([0, 0, "CUTTER_DRYRUN 7/7 ALL_GATES_PASS"]);
  expect(report.gates.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((number) => `G${number} PASS`),
  );
  const counted = report.counts.filter(({ how }) => how === "exact");
  expect(counted.map(({ relation, filter, before: was, after }) => [relation, filter, was, after])).toEqual([
    ...Object.entries(COUNTS).map(([name, rows]) => [`public.${name}`, null, rows, rows]),
    ...Object.keys(COUNTS).map((name) => [`public.${name}`, "ICX-CONST", 60, 60]),
  ]);
  const ledger = report.counts.filter(({ relation }) => relation.startsWith("cutter_governance."));
  expect(new Set(ledger.map(({ how, note }) => `${how}: ${note}`))).toEqual(
    new Set(["unreadable: 42501, untouched by construction"]),
  );
  expect(ledger.length).toBe(12);
  const [, survey, , , , , untouched] = report.gates;
  expect(survey?.facts.transaction_id).toBe("none assigned");
  expect(untouched?.summary).toContain("no transaction id assigned");
  const switched = report.gates.map(({ facts }) => [facts.execution_enabled, facts.armed]);
  expect([switched[0], switched[6]]).toEqual(Array(2).fill([false, "nothing"]));
  expect(report.document).toMatchObject({ id: "ICX-CONST", because: "the document with the most units (60)" });
});

test("its two runs have their own ids and one source version, and cutter verify accepts all that is left", async () => {
  const desk = makeDesk();
  const { report } = await dryRun(desk);
  const [first, second] = report.runs;
  expect(report.runs.map(({ state }) => state)).toEqual(["CLOSEOUT_REPORTED", "CLOSEOUT_REPORTED"]);
  expect(first?.runId).not.toBe(second?.runId);
  expect(first?.sourceVersionId).toBe(second?.sourceVersionId ?? "");
  expect(first?.sourceVersionId).toMatch(/^live-dryrun-sv-[0-9a-f]{16}$/);
  for (const id of [report.sessionId, ...report.runs.map(({ runId }) => runId)]) {
    const verified = await desk.run(["verify", id]);
    expect([verified.code, verified.stdout.split("\n").at(-2)]).toEqual([0, "CUTTER_VERIFY INTACT"]);
  }
  expect(readdirSync(join(desk.state, "runs"))).toEqual([report.sessionId]);
  expect(report.folder).toBe(join(desk.state, "runs", report.sessionId));
});

test("left at its gates it is finished by two resumes; a third does no work and opens no connection", async () => {
  const desk = makeDesk();
  const { ended, report } = await dryRun(desk, "--stop-at-gates");
  expect([ended.code, report.failure?.code]).toEqual([6, "STOP_APPROVAL_REQUIRED"]);
  expect(report.gates.map(({ verdict }) => verdict).join(", ")).toBe("PASS, PASS, PASS, PASS, NOT RUN, NOT RUN, PASS");
  const id = runIdIn(ended);
  for (const words of [["runs"], ["verify", report.sessionId]]) {
    const { stdout } = await desk.run(words);
    // A word that is longer by itself stays whole: a path, a digest.
    const wide = stdout
      .split("\n")
      .filter((line) => line.length > 80 && (words[0] === "runs" || !/^ *\S+$/.test(line)));
    expect([words[0], wide.filter((line) => !line.includes(desk.state))]).toEqual([words[0], []]);
    expect(stdout).toContain(words[0] === "runs" ? id : "CUTTER_VERIFY INTACT");
  }
  expect(report.gates.slice(4, 6).map(({ summary }) => summary)).toEqual(
    Array(2).fill(`${id} was left waiting at its gate`),
  );
  const states: unknown[] = [];
  for (const where of [surveying(database), surveying(database), NOWHERE, NOWHERE]) {
    const resumed = await desk.run(["resume", id, ...where]);
    const { state, stop } = await desk.show(id);
    const { stdout: listed } = await desk.run(["runs"]);
    expect(listed.split("\n").filter((line) => line.length > 80 && !line.includes(desk.state))).toEqual([]);
    states.push([resumed.code, state, stop?.code ?? null, resumed.stderr.includes("no work was done")]);
  }
  expect(states).toEqual([
    [6, "AWAITING_LIFECYCLE_AUTHORIZATION", "STOP_APPROVAL_REQUIRED", false],
    [0, "CLOSEOUT_REPORTED", null, false],
    [0, "CLOSEOUT_REPORTED", null, true],
    [0, "CLOSEOUT_REPORTED", null, true],
  ]);
  const { folder } = await desk.show(id);
  expect(existsSync(join(folder, "evidence", "SHA256SUMS"))).toBe(true);
  for (const name of [id, report.sessionId]) expect((await desk.run(["verify", name])).code).toBe(0);
});

test("the report it kept is printed again, the same, in every format", async () => {
  const desk = makeDesk();
  const { ended, report } = await dryRun(desk);
  const again = (...argv: string[]) => desk.run(["report", report.sessionId, ...argv]);
  expect((await again("--json")).stdout).toBe(ended.stdout);
  expect((await again()).stdout).toContain("CUTTER_DRYRUN 7/7 ALL_GATES_PASS");
  expect((await again("--format", "markdown")).stdout).toMatch(/^# Dry run\n/);
  expect((await again("--format", "junit")).stdout).toContain('<testsuites name="cutter"');
  expect((await again("--format", "tap")).stdout).toMatch(/^TAP version 14\n1\.\.7\n/);
});
