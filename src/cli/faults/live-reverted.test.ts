/** Tests of `cutter revert`: rehearsed without an approval, done with one, refused for what was enacted or changed. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let before: string;
beforeEach(async () => {
  database = await makeReference(await anyServer());
  desk = makeLiveDesk(database);
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  before = database.psql(COUNTS);
  run = await desk.begin("HANDBOOK", source);
  expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
}, 30_000);
afterEach(() => database.drop());

const COUNTS = `SELECT (SELECT count(*) FROM information_unit), (SELECT count(*) FROM unit_version),
  (SELECT count(*) FROM iu_lifecycle_log)`;

const STATUS = `SELECT lifecycle_status, count(*) FROM information_unit
  WHERE canonical_address LIKE 'HANDBOOK%' GROUP BY 1`;

async function revert(...argv: readonly string[]) {
  const { cutplanSha256 } = await desk.show(run);
  const live = argv.includes("--approval") ? ["--live", "--confirm", cutplanSha256 ?? ""] : [];
  const ended = await desk.run(["revert", run, "--config", desk.configuration, ...live, ...argv]);
  return { code: ended.code, stdout: ended.stdout, failure: readText(ended)?.code ?? null };
}

test("without an approval it is rehearsed by the role that would do it, and nothing stays", async () => {
  const held = database.psql(COUNTS);
  const shown = await revert();
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining("CUTTER_REHEARSAL 1/1 REHEARSED")]);
  expect([database.psql(COUNTS), database.psql(STATUS)]).toEqual([held, "draft|3"]);
});

test("soft: the drafts are withdrawn, the ledger keeps both histories, and the document is cut again", async () => {
  const done = await revert("--approval", await desk.approve(run, "REVERT"));
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN REVERTED")]);
  expect(database.psql(STATUS)).toBe("withdrawn|3");
  expect(
    database.psql(`SELECT s.status, r.state, string_agg(d.decision, ' ' ORDER BY d.created_at, d.decision)
      FROM cutter_governance.cut_change_set s JOIN cutter_governance.run r ON r.run_id = s.run_id
      JOIN cutter_governance.review_decision d ON d.change_set_id = s.id WHERE s.run_id = '${run}' GROUP BY 1, 2`),
  ).toBe("reverted|REVERTED|approved reverted");
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  const again = await desk.begin("HANDBOOK", source);
  expect((await desk.show(again)).state).toBe("AWAITING_CUT_AUTHORIZATION");
});

test("hard: with a second approval the rows are gone, and the counts are those of before", async () => {
  const approval = await desk.approve(run, "REVERT");
  const refused = await revert("--hard", "--approval", approval);
  expect([refused.code, refused.failure]).toEqual([6, "STOP_APPROVAL_REQUIRED"]);
  const done = await revert(
    "--hard",
    "--approval",
    approval,
    "--delete-approval",
    await desk.approve(run, "HARD_DELETE"),
  );
  expect([done.code, done.failure]).toEqual([0, null]);
  expect(database.psql(COUNTS)).toBe(before);
  const { folder } = await desk.show(run);
  for (const name of ["approval-REVERT.json", "approval-HARD_DELETE.json", "approval-HARD_DELETE.json.sig"]) {
    expect(await verify()).toEqual([0, "INTACT"]);
    const kept = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), `${kept} `);
    expect([name, ...(await verify())]).toEqual([name, 3, "EVIDENCE_ALTERED"]);
    rmSync(join(folder, name));
    expect([name, ...(await verify())]).toEqual([name, 3, "EVIDENCE_ALTERED"]);
    writeFileSync(join(folder, name), kept, { mode: 0o600 });
  }
});

async function verify(): Promise<readonly [code: number | null, said: string | undefined]> {
  const ended = await desk.run(["verify", run, "--config", desk.configuration]);
  return [ended.code, readText(ended)?.code ?? /INTACT/.exec(ended.stdout)?.[0]];
}

test("what was enacted is not taken back", async () => {
  expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  const shown = await revert();
  expect([shown.code, shown.stdout]).toEqual([3, expect.stringContaining("enacted")]);
  const done = await revert("--approval", await desk.approve(run, "REVERT"));
  expect([done.code, done.failure, database.psql(STATUS)]).toEqual([4, "PHASE_REFUSED", "enacted|3"]);
});

test("what somebody changed since the cut is listed, and nothing is taken back", async () => {
  database.psql("UPDATE unit_version SET body = 'mine' WHERE title = 'Two'");
  const shown = await revert();
  expect([shown.code, shown.stdout.replaceAll(/\s+/g, " ")]).toEqual([3, expect.stringContaining("HANDBOOK/")]);
  const done = await revert("--approval", await desk.approve(run, "REVERT"));
  expect([done.code, done.failure, database.psql(STATUS)]).toEqual([4, "PHASE_REFUSED", "draft|3"]);
});

test("where others have written since, the rows of the change set alone are compared if asked for", async () => {
  database.psql("SELECT fn_iu_create('OTHER/x', 't', 'b', 'a', 'law_unit', 'article', 'law')");
  expect((await revert()).code).toBe(3);
  expect((await revert("--scope", "change-set")).code).toBe(0);
});
