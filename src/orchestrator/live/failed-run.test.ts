/** Tests of the HOLD that a failed live run owes: set once, by whoever comes first, and for each run in its turn. */
import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { Failure } from "../../kernel/failure.ts";
import { clearHold, readHoldFile, setHold } from "../hold.ts";
import { driveTo, ok, type SampleRun, sampleFolders, sampleRun } from "../store/sample-run.ts";
import type { Store } from "../store/store.ts";
import { holdAfter, holdUnheld } from "./failed-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);

let sample: SampleRun;
let store: Store;
beforeEach(async () => {
  sample = await sampleRun(folders.next(), { mode: "live" });
  ({ store } = sample);
});
afterEach(() => {
  sample.lock.release();
  store.close();
});

/** As run.ts records it, up to the moment in which its process is killed. */
function failLegA(): string {
  const { runId, fence } = sample.lock;
  driveTo(sample, "BACKED_UP");
  const end = { phase: "cut_leg_a", attempt: 1, fence } as const;
  ok(store.beginPhase(runId, end));
  const stop = { to: "STOPPED", stopCode: "STOP_PHASE_FAILED", message: "cut_leg_a: broken" } as const;
  ok(store.finishPhase(runId, { ...end, outcome: "void", payload: null, ...stop }));
  return runId;
}

const held = (): string | null => {
  const hold = ok(readHoldFile(store.directory));
  return hold === null || "unknown" in hold ? null : `${hold.runId} ${hold.code}`;
};

test("a failed run whose process is gone is held by the next; while it lives, that is left to itself", async () => {
  const runId = failLegA();
  expect([await holdUnheld(store), held()]).toEqual([null, null]);
  sample.lock.release();
  expect([await holdUnheld(store), held()]).toEqual([null, `${runId} STOP_PHASE_FAILED`]);
  ok(clearHold(store.directory, runId));
  expect([await holdUnheld(store), held()]).toEqual([null, null]);
});

test("a failure under another run's HOLD has its own when that one is cleared", async () => {
  const other = "ictr-20260521T042359Z-ad3d0b98";
  ok(setHold(store.directory, { runId: other, code: "OPERATOR", reason: "look", who: "x", at: "2026-05-21" }));
  const runId = failLegA();
  const run = ok(store.run(runId));
  if (run === null) throw new Error("the run is gone");
  const connect = async () => new Failure("CONNECT_FAILED", "the server is down");
  const failure = new Failure("DATABASE_ERROR", "broken");
  const { fence } = sample.lock;
  expect(await holdAfter({ store, run, fence, connect, failure })).toBeNull();
  sample.lock.release();
  expect([await holdUnheld(store), held()]).toEqual([null, `${other} OPERATOR`]);
  ok(clearHold(store.directory, other));
  expect([await holdUnheld(store), held()]).toEqual([null, `${runId} STOP_PHASE_FAILED`]);
});

test("a run that a person rejected, or that closed, owes none", async () => {
  const { runId, fence } = sample.lock;
  driveTo(sample, "AWAITING_CUT_AUTHORIZATION");
  const from = "AWAITING_CUT_AUTHORIZATION";
  ok(store.move(runId, { from, to: "STOPPED", fence, stopCode: "STOP_APPROVAL_INVALID", message: "no" }));
  sample.lock.release();
  expect([await holdUnheld(store), held()]).toEqual([null, null]);
});
