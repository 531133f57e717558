/** Tests of a run from its beginning to its end, on a survey of a real server and the simulator. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, hostOf, succeed, targetOf } from "../../scripts/database/target.ts";
import type { simulatorAdapter } from "../execution/simulator/simulator.ts";
import { type Approval, smokeApproval } from "../flow/approval.ts";
import type { Gate } from "../flow/phase.ts";
import { sha256 } from "../kernel/digest.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { beginRun } from "./begin.ts";
import { liveSurveyor, type Surveyor } from "./dry-run/surveyor.ts";
import { standOf } from "./gates.ts";
import { type RunParts, resumeRun } from "./run.ts";
import { runFolder } from "./run-files.ts";
import { simulatedAdapter } from "./simulated.ts";
import { openStore } from "./store/open-store.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

const HOUR_MS = 3_600_000;
const NOW = "2026-05-21T04:30:00.000Z";
const MARKDOWN = "# Handbook\n\n## One\n\ntext\n\n## Two\n\nmore\n";

let database: TestDatabase;
let surveyor: Surveyor;
let store: Store;
let looks = 0;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  const host = hostOf(database.server.port, { host: database.server.socketDirectory, password: null });
  surveyor = liveSurveyor(targetOf([host], { database: database.name, user: "context_pack_readonly" }));
});

beforeEach(async () => {
  const state = mkdtempSync(join(tmpdir(), "cutter-run-"));
  store = succeed(await openStore(state));
  looks = 0;
  return () => {};
});

afterAll(async () => {
  await surveyor?.close();
  database?.drop();
});

async function look(documentId: string) {
  looks += 1;
  const sight = await surveyor.look({ documentId, because: "test", writingRole: "refused" });
  return sight instanceof Failure ? sight : sight.document;
}

async function begin(documentId = "NEW-DOC", text = MARKDOWN): Promise<RunRecord> {
  const survey = succeed(await look(documentId));
  const begun = await beginRun({
    ...{ store, runId: runId("ictr"), sessionId: null, mode: "dryrun", survey },
    source: Buffer.from(text),
    settings: {
      source: { from: "file", fileName: "new.md" },
      ...{ profile: "markdown", ownProfile: null, actor: "test", ownerRef: null, publicationType: null },
    },
  });
  looks = 0;
  return succeed(begun).run;
}

function parts(approval: Uint8Array | null, changes: Partial<RunParts> = {}): RunParts {
  return {
    store,
    surveyAgain: look,
    adapterFor: simulatedAdapter,
    approval,
    now: () => NOW,
    closeOut: async () => ({ simulated: true }),
    ...changes,
  };
}

function approvalOf(run: RunRecord, gate: Gate, changes: Partial<Approval> = {}): Uint8Array {
  return Buffer.from(JSON.stringify({ ...smokeApproval(standOf({ run, gate, now: NOW }), HOUR_MS), ...changes }));
}

async function resume(run: RunRecord, approval: Uint8Array | null, changes: Partial<RunParts> = {}) {
  return succeed(await resumeRun(run.runId, parts(approval, changes)));
}

describe("a whole run", () => {
  test("stops at two gates, ends at its closeout, and resumed again does nothing and looks at nothing", async () => {
    const run = await begin();
    expect([run.state, run.stopCode]).toEqual(["AWAITING_CUT_AUTHORIZATION", "STOP_APPROVAL_REQUIRED"]);
    const first = await resume(run, approvalOf(run, "SG1"));
    expect([first.run.state, first.stop?.code, first.did]).toEqual([
      "AWAITING_LIFECYCLE_AUTHORIZATION",
      "STOP_APPROVAL_REQUIRED",
      ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify"],
    ]);
    const second = await resume(run, approvalOf(run, "SG2"));
    expect([second.run.state, second.stop, second.did]).toEqual([
      "CLOSEOUT_REPORTED",
      null,
      ["lifecycle_enact", "closeout"],
    ]);
    looks = 0;
    const third = await resume(run, null);
    expect([third.run, third.did, looks]).toEqual([second.run, [], 0]);
    expect(succeed(store.verifyChain()).events).toBeGreaterThan(15);
  });

  test("without an approval it waits, and neither lock nor database is asked", async () => {
    const run = await begin();
    const standing = await resume(run, null);
    expect([standing.stop?.code, standing.did, looks, standing.run.fence]).toEqual([
      "STOP_APPROVAL_REQUIRED",
      [],
      0,
      run.fence,
    ]);
  });

  test("two runs of one document have their own ids and one source version", async () => {
    const [one, other] = [await begin(), await begin()];
    expect(one.runId).not.toBe(other.runId);
    expect([one.sourceVersionId, one.cutplanSha256]).toEqual([other.sourceVersionId, other.cutplanSha256]);
    expect(one.sourceVersionId).toMatch(/^live-dryrun-sv-[0-9a-f]{16}$/);
  });

  test("a document that is there already, word for word, has nothing to approve", async () => {
    const run = await begin();
    database.psql(`SELECT fn_iu_create('NEW-DOC/front-matter', 't', '# x', 'x', 'law_unit', 'article', 'law')`);
    expect(run.state).toBe("AWAITING_CUT_AUTHORIZATION");
    database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address LIKE 'NEW-DOC/%');
      DELETE FROM information_unit WHERE canonical_address LIKE 'NEW-DOC/%'`);
  });
});

describe("what stops a run where it stands", () => {
  test("an approval of another gate, and one used twice", async () => {
    const run = await begin();
    const wrong = failed(await resumeRun(run.runId, parts(approvalOf(run, "SG2"))));
    expect(wrong.code).toBe("STOP_APPROVAL_INVALID");
    expect(succeed(store.run(run.runId))).toMatchObject({
      state: "AWAITING_CUT_AUTHORIZATION",
      stopCode: "STOP_APPROVAL_INVALID",
    });
    const other = await begin();
    const approval = approvalOf(run, "SG1");
    await resume(run, approval);
    expect(failed(await resumeRun(other.runId, parts(approval))).code).toBe("STOP_APPROVAL_INVALID");
    const same = approvalOf(other, "SG1", { approval_id: JSON.parse(Buffer.from(approval).toString()).approval_id });
    expect(failed(await resumeRun(other.runId, parts(same))).code).toBe("STOP_APPROVAL_REPLAYED");
  });

  test("an expired approval", async () => {
    const run = await begin();
    const late = parts(approvalOf(run, "SG1"), { now: () => "2026-05-21T06:30:00.000Z" });
    expect(failed(await resumeRun(run.runId, late)).code).toBe("STOP_APPROVAL_EXPIRED");
  });

  test("a unit of the document that came meanwhile is drift, named; gone again, the approval holds", async () => {
    const run = await begin();
    database.psql(`SELECT fn_iu_create('NEW-DOC/elsewhere', 't', 'b', 'x', 'law_unit', 'article', 'law')`);
    const drift = failed(await resumeRun(run.runId, parts(approvalOf(run, "SG1"))));
    expect([drift.code, drift.facts.changes]).toEqual(["STOP_PLAN_DRIFT", ["NEW-DOC/elsewhere: is new"]]);
    database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address = 'NEW-DOC/elsewhere');
      DELETE FROM information_unit WHERE canonical_address = 'NEW-DOC/elsewhere'`);
    expect((await resume(run, approvalOf(run, "SG1"))).run.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  });

  test("another document's units are no drift", async () => {
    const run = await begin();
    database.psql(`SELECT fn_iu_create('OTHER-DOC/a', 't', 'b', 'x', 'law_unit', 'article', 'law')`);
    expect((await resume(run, approvalOf(run, "SG1"))).run.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  });

  test("another database than the one that was planned for", async () => {
    const run = await begin();
    const elsewhere = async (documentId: string) => {
      const seen = succeed(await look(documentId));
      return { ...seen, survey: { ...seen.survey, target: { ...seen.survey.target, database: "elsewhere" } } };
    };
    const refusal = failed(await resumeRun(run.runId, parts(approvalOf(run, "SG1"), { surveyAgain: elsewhere })));
    expect([refusal.code, store.run(run.runId)]).toMatchObject([
      "STOP_TARGET_CHANGED",
      { stopCode: "STOP_TARGET_CHANGED" },
    ]);
  });

  test.each(["source", "survey.json", "settings.json"])("%s of the run, changed since it was written", async (name) => {
    const run = await begin();
    writeFileSync(join(runFolder({ stateDirectory: store.directory, ...run }), name), "{}", { mode: 0o600 });
    const refusal = failed(await resumeRun(run.runId, parts(approvalOf(run, "SG1"))));
    expect([refusal.code, refusal.facts.name]).toEqual(["EVIDENCE_ALTERED", name]);
  });

  test("a plan that the write contract refuses, with every problem recorded", async () => {
    const text = "# A\n\nchanged text\n";
    const survey = succeed(await look("ICX-CONST"));
    const address = survey.survey.units[0]?.canonicalAddress ?? "";
    expect(address).toBe("ICX-CONST/preamble");
    const begun = await beginRun({
      ...{ store, runId: runId("ictr"), sessionId: null, mode: "dryrun", survey },
      source: Buffer.from(text),
      settings: {
        source: { from: "file", fileName: "new.md" },
        ...{ profile: "markdown", ownProfile: null, actor: "", ownerRef: null, publicationType: "no-such" },
      },
    });
    const { run, planned } = succeed(begun);
    expect([run.state, run.stopCode]).toEqual(["STOPPED", "STOP_CUTPLAN_REFUSED"]);
    expect(new Set(planned.cutplan.problems.map(({ field }) => field))).toEqual(new Set(["actor", "publication_type"]));
    expect((await resume(run, null)).stop?.code).toBe("STOP_CUTPLAN_REFUSED");
  });
});

describe("a phase that fails", () => {
  test("stops the run with its reason, and nothing of it is recorded as done", async () => {
    const run = await begin();
    const broken = parts(approvalOf(run, "SG1"), {
      adapterFor: async (work) => ({
        ...(succeed(await simulatedAdapter(work)) as ReturnType<typeof simulatorAdapter>),
        leg_b_record: async () => new Failure("DATABASE_ERROR", "broken on purpose"),
      }),
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

  test("a verification that finds a difference is a recorded result and a stop", async () => {
    const run = await begin();
    const mismatch = parts(approvalOf(run, "SG1"), {
      adapterFor: async (work) => ({
        ...(succeed(await simulatedAdapter(work)) as ReturnType<typeof simulatorAdapter>),
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
    const run = await begin();
    const dies = parts(approvalOf(run, "SG1"), {
      adapterFor: async (work) => ({
        ...(succeed(await simulatedAdapter(work)) as ReturnType<typeof simulatorAdapter>),
        leg_b_record: () => Promise.reject(new Error("the process ends here")),
      }),
    });
    expect(resumeRun(run.runId, dies)).rejects.toThrow("the process ends here");
    await Bun.sleep(0);
    const left = succeed(store.run(run.runId));
    expect([left?.state, left?.openPhase]).toEqual(["CUT", { phase: "leg_b_record", attempt: 1 }]);
    const standing = await resume(run, null);
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

  test("goes on only while the approval of its gate is in time", async () => {
    const run = await begin();
    const stops = parts(approvalOf(run, "SG1"), {
      adapterFor: async (work) => ({
        ...(succeed(await simulatedAdapter(work)) as ReturnType<typeof simulatorAdapter>),
        cut_leg_a: () => Promise.reject(new Error("ends")),
      }),
    });
    expect(resumeRun(run.runId, stops)).rejects.toThrow("ends");
    await Bun.sleep(0);
    const late = parts(null, { now: () => "2026-05-22T00:00:00.000Z" });
    expect(failed(await resumeRun(run.runId, late)).code).toBe("STOP_APPROVAL_EXPIRED");
  });
});

test("what a phase left is compared when it is simulated again by another process", async () => {
  const run = await begin();
  const lies = parts(approvalOf(run, "SG1"), {
    adapterFor: async (work) => ({
      ...(succeed(await simulatedAdapter(work)) as ReturnType<typeof simulatorAdapter>),
      cut_leg_a: async () => ({ method: "cut_leg_a", outcome: "done", facts: { rows: 1, digest: sha256("x") } }),
      leg_b_record: () => Promise.reject(new Error("ends")),
    }),
  });
  expect(resumeRun(run.runId, lies)).rejects.toThrow("ends");
  await Bun.sleep(0);
  const refusal = failed(await resumeRun(run.runId, parts(null)));
  expect([refusal.code, refusal.facts.name]).toEqual(["EVIDENCE_ALTERED", "cut_leg_a"]);
});

test("the state of a finished test is removed", () => rmSync(store.directory, { recursive: true }));
