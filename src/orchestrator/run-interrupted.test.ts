/** Tests of a run whose phases fail, find a difference, or are cut off by the end of their process. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { failed, succeed } from "../../scripts/database/target.ts";
import { approvalOf, replacing, SampleWalk } from "../../scripts/database/walk.ts";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { DRY_RUN_CONDUCT } from "./conduct.ts";
import { aftermath } from "./live/aftermath.ts";
import { resumeRun } from "./run.ts";
import type { Store } from "./store/store.ts";

let walk: SampleWalk;
let store: Store;

beforeAll(async () => {
  walk = await SampleWalk.open();
});

beforeEach(async () => {
  store = await walk.store();
});

afterAll(() => walk?.close());

describe("a phase that fails", () => {
  test("stops the run with its reason, and nothing of it is recorded as done", async () => {
    const run = await walk.begin(store);
    const broken = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ leg_b_record: async () => new Failure("DATABASE_ERROR", "broken on purpose") }),
    });
    const standing = succeed(await resumeRun(run.runId, broken));
    expect([standing.run.state, standing.stop?.code, standing.did]).toEqual([
      "STOPPED",
      "STOP_PHASE_FAILED",
      ["pre_write_backup", "cut_leg_a"],
    ]);
    const outcomes = succeed(store.phases(run.runId)).map(({ phase, outcome }) => `${phase} ${outcome}`);
    expect(outcomes.slice(3)).toEqual(["pre_write_backup done", "cut_leg_a done", "leg_b_record void"]);
  });

  test("is told although HOLD could not be set, and that stands beside it", async () => {
    const run = await walk.begin(store);
    const full = new Failure("FILE_WRITE_FAILED", "no space for HOLD");
    const broken = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ cut_leg_a: async () => new Failure("DATABASE_ERROR", "broken on purpose") }),
      conduct: { ...DRY_RUN_CONDUCT, stopped: async () => full },
    });
    const { stop, run: left, did } = succeed(await resumeRun(run.runId, broken));
    expect(did).toEqual(["pre_write_backup"]);
    expect([stop?.code, stop?.message, stop?.facts.also]).toEqual([
      "DATABASE_ERROR",
      "broken on purpose",
      { code: full.code, message: full.message },
    ]);
    expect(left.state).toBe("STOPPED");
  });

  test("whose outcome nobody knows stays open, stops the run with that, and is held", async () => {
    const run = await walk.begin(store);
    const held: string[] = [];
    const unknown = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ cut_leg_a: async () => new Failure("GUARD_BROKEN", "the transaction was left") }),
      conduct: {
        ...{ ...DRY_RUN_CONDUCT, aftermath },
        stopped: async (_run, { code }) => {
          held.push(code);
          return null;
        },
      },
    });
    const { stop, run: left } = succeed(await resumeRun(run.runId, unknown));
    expect(stop?.code).toBe("GUARD_BROKEN");
    expect([left.state, left.openPhase?.phase, left.stopCode, held]).toEqual([
      "BACKED_UP",
      "cut_leg_a",
      "STOP_OUTCOME_UNKNOWN",
      ["GUARD_BROKEN"],
    ]);
  });

  test("a verification that finds a difference is a recorded result and a stop", async () => {
    const run = await walk.begin(store);
    const mismatch = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({
        write_verify: async () => ({ method: "write_verify", outcome: "mismatch", facts: { findings: ["x"] } }),
      }),
    });
    const standing = succeed(await resumeRun(run.runId, mismatch));
    expect([standing.run.state, standing.stop?.code]).toEqual(["STOPPED", "STOP_VERIFY_MISMATCH"]);
    const last = succeed(store.phases(run.runId)).at(-1);
    expect([last?.phase, last?.outcome, last?.payload]).toEqual(["write_verify", "mismatch", { findings: ["x"] }]);
  });
});

describe("a process that ended in the middle", () => {
  test("a phase that was begun and never ended is done again, under the same approval", async () => {
    const run = await walk.begin(store);
    const dies = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ leg_b_record: () => Promise.reject(new Error("the process ends here")) }),
    });
    expect(resumeRun(run.runId, dies)).rejects.toThrow("the process ends here");
    await Bun.sleep(0);
    const left = succeed(store.run(run.runId));
    expect([left?.state, left?.openPhase]).toEqual(["CUT", { phase: "leg_b_record", attempt: 1 }]);
    const standing = await walk.resume(store, run, null);
    expect([standing.run.state, standing.did]).toEqual([
      "AWAITING_LIFECYCLE_AUTHORIZATION",
      ["leg_b_record", "write_verify"],
    ]);
    const outcomes = succeed(store.phases(run.runId)).map(({ phase, attempt, outcome }) => [phase, attempt, outcome]);
    expect(outcomes.slice(5)).toEqual([
      ["leg_b_record", 1, "void"],
      ["leg_b_record", 2, "done"],
      ["write_verify", 1, "done"],
    ]);
  });

  test("right behind its gate it goes on with the approval that it has used, and asks for none", async () => {
    const run = await walk.begin(store);
    const dies = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ pre_write_backup: () => Promise.reject(new Error("the process ends here")) }),
    });
    expect(resumeRun(run.runId, dies)).rejects.toThrow("the process ends here");
    await Bun.sleep(0);
    const left = succeed(store.run(run.runId));
    expect([left?.state, left?.openPhase?.phase]).toEqual(["AWAITING_CUT_AUTHORIZATION", "pre_write_backup"]);
    const standing = await walk.resume(store, run, null);
    expect([standing.run.state, standing.did.length]).toEqual(["AWAITING_LIFECYCLE_AUTHORIZATION", 4]);
  });

  test("goes on only while the approval of its gate is in time", async () => {
    const run = await walk.begin(store);
    const stops = walk.parts(store, approvalOf(run, "SG1"), {
      adapterFor: replacing({ cut_leg_a: () => Promise.reject(new Error("ends")) }),
    });
    expect(resumeRun(run.runId, stops)).rejects.toThrow("ends");
    await Bun.sleep(0);
    const late = walk.parts(store, null, { now: () => "2026-05-22T00:00:00.000Z" });
    expect(failed(await resumeRun(run.runId, late)).code).toBe("STOP_APPROVAL_EXPIRED");
  });
});

test("what a phase left is compared when it is simulated again by another process", async () => {
  const run = await walk.begin(store);
  const lies = walk.parts(store, approvalOf(run, "SG1"), {
    adapterFor: replacing({
      cut_leg_a: async () => ({ method: "cut_leg_a", outcome: "done", facts: { rows: 1, digest: sha256("x") } }),
      leg_b_record: () => Promise.reject(new Error("ends")),
    }),
  });
  expect(resumeRun(run.runId, lies)).rejects.toThrow("ends");
  await Bun.sleep(0);
  const refusal = failed(await resumeRun(run.runId, walk.parts(store, null)));
  expect([refusal.code, refusal.facts.name]).toEqual(["EVIDENCE_ALTERED", "cut_leg_a"]);
});
