/**
 * live-failed.test: a live run of which a phase fails: it is stopped, HOLD stands with the reason, and nothing goes on.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { lastCommitTo } from "../../../scripts/faults/commit-relay.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer()));
});
afterEach(() => database.drop());

const COUNTS = `SELECT (SELECT count(*) FROM information_unit), (SELECT count(*) FROM unit_version),
  (SELECT count(*) FROM iu_lifecycle_log)`;

function failOn(table: string): void {
  database.psql(`CREATE FUNCTION public.test_fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'broken on purpose' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER test_fail BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION public.test_fail()`);
}

test.each([
  ["cut_leg_a", "cutter_governance.cut_change_set_affected_row", "BACKED_UP", "0 more", "pre_write_backup compensate"],
  ["leg_b_record", "cutter_governance.manifest_unit_block", "CUT", "3 more", "pre_write_backup cut_leg_a compensate"],
  [
    ...["write_verify", "cutter_governance.verify_result", "RECORDED", "3 more"],
    "pre_write_backup cut_leg_a leg_b_record compensate",
  ],
] as const)("%s fails: STOPPED, HOLD, post.json, and every live command refuses; it is taken back", async (...row) => {
  const [phase, table, ledger, units, history] = row;
  const before = database.psql(COUNTS).split("|").map(Number);
  failOn(table);
  const ended = await desk.resume(run, await desk.approve(run, "SG1"));
  expect([ended.code, readText(ended)?.message]).toEqual([5, expect.stringContaining(`${phase}: DATABASE_ERROR`)]);
  const { state, stop } = await desk.show(run);
  expect([state, stop?.code]).toEqual(["STOPPED", "STOP_PHASE_FAILED"]);
  expect(database.psql(`SELECT state FROM cutter_governance.run WHERE run_id = '${run}'`)).toBe(ledger);
  const more = Number(units[0]);
  expect(database.psql(COUNTS).split("|").map(Number)).toEqual(before.map((count, at) => count + (at < 2 ? more : 0)));
  expect(readFileSync(join(desk.state, "locks", "HOLD"), "utf8")).toStartWith(`run ${run}: DATABASE_ERROR`);
  expect(existsSync(join(desk.state, "rollback", run, "post.json"))).toBe(true);
  const again = await desk.resume(run, null);
  expect([again.code, readText(again)?.code]).toEqual([4, "STOP_HOLD"]);
  const verified = await desk.run(["verify", run, "--config", desk.configuration]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("INTACT")]);
  database.psql(`DROP TRIGGER test_fail ON ${table}`);
  const { cutplanSha256 } = await desk.show(run);
  const approvals = ["--approval", await desk.approve(run, "REVERT"), "--delete-approval", await hardDelete()];
  const words = ["--hard", ...approvals, "--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  const reverted = await desk.run(["revert", run, ...words]);
  expect([reverted.code, reverted.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN REVERTED")]);
  expect(database.psql(COUNTS).split("|").map(Number)).toEqual(before);
  // Both histories: what was done, what was not, what was taken back, and who decided each.
  expect(
    database.psql(`SELECT string_agg(phase, ' ' ORDER BY created_at) FROM cutter_governance.run_phase
      WHERE run_id = '${run}' AND outcome = 'done' AND phase NOT IN ('survey', 'manifest', 'cutplan');
      SELECT string_agg(decision || ' ' || gate, ', ' ORDER BY created_at, decision, gate)
      FROM cutter_governance.review_decision WHERE run_id = '${run}'`),
  ).toBe(`${history}${more === 0 ? "" : "\napproved SG1, approved HARD_DELETE, reverted REVERT"}`);
});

const hardDelete = (): Promise<string> => desk.approve(run, "HARD_DELETE");

test("what was written is not what was planned: a recorded mismatch, nothing signed, HOLD", async () => {
  database.psql(`CREATE FUNCTION public.test_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.title := NEW.title || '!'; RETURN NEW; END $$;
    CREATE TRIGGER test_change BEFORE INSERT ON unit_version FOR EACH ROW EXECUTE FUNCTION public.test_change()`);
  const ended = await desk.resume(run, await desk.approve(run, "SG1"));
  expect([ended.code, readText(ended)?.code]).toEqual([3, "STOP_VERIFY_MISMATCH"]);
  expect(
    database.psql(`SELECT r.result, jsonb_array_length(r.findings), (SELECT count(*)
      FROM cutter_governance.dot_pair_signature d WHERE d.change_set_id = s.id) FROM cutter_governance.verify_result r
      JOIN cutter_governance.cut_change_set s ON s.id = r.change_set_id WHERE s.run_id = '${run}'`),
  ).toBe("mismatch|3|1");
  expect(existsSync(join(desk.state, "locks", "HOLD"))).toBe(true);
});

test("a COMMIT whose answer is lost, with no server to ask: exit 7, HOLD; resumed, the ledger says which", async () => {
  // The run's row, the backup's record, and leg A.
  const relay = await lastCommitTo(database.server, 3);
  const approval = await desk.approve(run, "SG1");
  const { cutplanSha256 } = await desk.show(run);
  const words = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  const exec = ["--exec-url", `postgres://cutter_exec@127.0.0.1:${relay.port}/${database.name}?sslmode=disable`];
  const ended = await desk.run(["resume", run, "--approval", approval, ...words, ...exec]);
  relay.stop();
  expect([ended.code, readText(ended)?.code]).toEqual([7, "STOP_OUTCOME_UNKNOWN"]);
  const held = await desk.run(["hold", "show"]);
  expect(held.stdout.replaceAll(/\s+/g, " ")).toContain(`run ${run}: STOP_OUTCOME_UNKNOWN`);
  expect((await desk.resume(run, null)).code).toBe(4);
  expect((await desk.run(["hold", "clear", "--run", run, "--confirm", run])).code).toBe(0);
  const resumed = await desk.resume(run, null);
  expect([resumed.code, resumed.stdout]).toEqual([6, expect.stringContaining("AWAITING_LIFECYCLE_AUTHORIZATION")]);
  expect(
    database.psql(`SELECT string_agg(outcome, ' ') FROM cutter_governance.run_phase
        WHERE run_id = '${run}' AND phase = 'cut_leg_a'`),
  ).toBe("done");
}, 120_000);
