/** Tests of what a resumed live run learns from the ledger about a phase that never ended, and of the ledger's word. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { liveAdapter, planLive, smallLaw } from "../../../scripts/database/live.ts";
import { failed, openRoleSession, succeed } from "../../../scripts/database/target.ts";
import type { LiveWork } from "../../execution/live-work.ts";
import { Failure } from "../../kernel/failure.ts";
import type { RunRecord } from "../store/run-record.ts";
import { driveTo, ok, type SampleRun, sampleFolders, sampleRun } from "../store/sample-run.ts";
import { settleLive } from "./settle.ts";

const folders = sampleFolders();
afterAll(folders.remove);

let database: TestDatabase;
let work: LiveWork;
let sample: SampleRun;
let serial = 0;
beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterAll(() => database.drop());
beforeEach(async () => {
  serial += 1;
  work = await planLive(database, smallLaw(2), `SETTLE-${serial}`);
  const { target } = work;
  sample = await sampleRun(folders.next(), { runId: work.runId, mode: "live", documentId: `SETTLE-${serial}`, target });
  driveTo(sample, "AWAITING_CUT_AUTHORIZATION");
});
afterEach(() => {
  sample.lock.release();
  sample.store.close();
});

type Phase = "pre_write_backup" | "cut_leg_a" | "leg_b_record" | "write_verify";
const AFTER = { pre_write_backup: "BACKED_UP", cut_leg_a: "CUT", leg_b_record: "RECORDED", write_verify: "VERIFIED" };

/** The phase as a run does it: begun in the store, done in the database, and its end recorded or not. */
async function phase(name: Phase, ended: "recorded" | "never recorded" | "only begun"): Promise<void> {
  const { store, lock } = sample;
  const begin = { phase: name, attempt: 1, fence: lock.fence };
  ok(store.beginPhase(work.runId, begin));
  if (ended === "only begun") return;
  const result = succeed(await liveAdapter(database, work).adapter[name]({ runId: work.runId, attempt: 1 }));
  if (ended === "never recorded") return;
  const to = AFTER[name] as RunRecord["state"];
  ok(store.finishPhase(work.runId, { ...begin, outcome: "done", payload: result.facts, to }));
}

async function settle(): Promise<RunRecord | Failure> {
  const { store, lock } = sample;
  const run = ok(store.run(work.runId));
  if (run === null) throw new Error("the run is gone");
  const connect = (role: string) => openRoleSession(database, `cutter_${role}`);
  return settleLive(run, { store, fence: lock.fence, connect });
}

test("a phase that the ledger has is recorded as done, with what the ledger says of it", async () => {
  await phase("pre_write_backup", "recorded");
  await phase("cut_leg_a", "never recorded");
  expect(succeed(await settle())).toMatchObject({ state: "CUT", openPhase: null });
  const last = ok(sample.store.phases(work.runId)).at(-1);
  expect([last?.phase, last?.outcome, last?.payload]).toMatchObject(["cut_leg_a", "done", { rows: 2, created: 2 }]);
});

test("a phase that the ledger has not is void there for ever, and may be begun again", async () => {
  await phase("pre_write_backup", "recorded");
  await phase("cut_leg_a", "only begun");
  expect(succeed(await settle())).toMatchObject({ state: "BACKED_UP", openPhase: null });
  const { adapter } = liveAdapter(database, work);
  const late = failed(await adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect(late.facts.sqlstate).toBe("23505");
  succeed(await adapter.cut_leg_a({ runId: work.runId, attempt: 2 }));
});

test("a run of which the ledger has never heard was never begun there", async () => {
  await phase("pre_write_backup", "only begun");
  expect(succeed(await settle())).toMatchObject({ state: "AWAITING_CUT_AUTHORIZATION", openPhase: null });
});

test("a verification that found a difference stops the run, whoever learns of it", async () => {
  for (const name of ["pre_write_backup", "cut_leg_a", "leg_b_record"] as const) await phase(name, "recorded");
  database.psql(`UPDATE unit_version SET body = 'other' WHERE information_unit_id IN
    (SELECT id FROM information_unit WHERE canonical_address = 'SETTLE-${serial}/article-1')`);
  await phase("write_verify", "never recorded");
  expect(succeed(await settle())).toMatchObject({ state: "STOPPED", stopCode: "STOP_VERIFY_MISMATCH" });
});

test("a database that was put back to before the run is refused, phase by phase", async () => {
  for (const name of ["pre_write_backup", "cut_leg_a"] as const) await phase(name, "recorded");
  database.psql(`DELETE FROM cutter_governance.run_phase WHERE run_id = '${work.runId}' AND phase = 'cut_leg_a'`);
  const refused = failed(await settle());
  expect([refused.code, refused.message]).toEqual([
    "STOP_TARGET_CHANGED",
    expect.stringContaining("attempt cut_leg_a 1: the run store has done"),
  ]);
});

test("a run store that was put back to before a phase is refused too", async () => {
  await phase("pre_write_backup", "recorded");
  succeed(await liveAdapter(database, work).adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect(failed(await settle()).message).toContain("attempt cut_leg_a 1: the run store has none, the ledger done");
});

test("a run that has written nothing asks no database", async () => {
  const { store, lock } = sample;
  const run = ok(store.run(work.runId));
  if (run === null) throw new Error("the run is gone");
  const connect = async () => new Failure("CONNECT_FAILED", "nobody may ask");
  expect(await settleLive(run, { store, fence: lock.fence, connect })).toEqual(run);
});
