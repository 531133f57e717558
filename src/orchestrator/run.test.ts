/** Tests of a run from its beginning to its end, on a survey of a real server and the simulator. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { failed, succeed } from "../../scripts/database/target.ts";
import { approvalOf, SampleWalk } from "../../scripts/database/walk.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { beginRun } from "./begin.ts";
import { resumeRun } from "./run.ts";
import { runFolder } from "./run-files.ts";
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

describe("a whole run", () => {
  test("stops at two gates, ends at its closeout, and resumed again does nothing and looks at nothing", async () => {
    const run = await walk.begin(store);
    expect([run.state, run.stopCode]).toEqual(["AWAITING_CUT_AUTHORIZATION", "STOP_APPROVAL_REQUIRED"]);
    const first = await walk.resume(store, run, approvalOf(run, "SG1"));
    expect([first.run.state, first.stop?.code, first.did]).toEqual([
      "AWAITING_LIFECYCLE_AUTHORIZATION",
      "STOP_APPROVAL_REQUIRED",
      ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify"],
    ]);
    const second = await walk.resume(store, run, approvalOf(run, "SG2"));
    expect([second.run.state, second.stop, second.did]).toEqual([
      "CLOSEOUT_REPORTED",
      null,
      ["lifecycle_enact", "closeout"],
    ]);
    walk.looks = 0;
    const third = await walk.resume(store, run, null);
    expect([third.run, third.did, walk.looks]).toEqual([second.run, [], 0]);
    expect(succeed(store.verifyChain()).events).toBeGreaterThan(15);
  });

  test("without an approval it waits, and neither lock nor database is asked", async () => {
    const run = await walk.begin(store);
    walk.looks = 0;
    const standing = await walk.resume(store, run, null);
    expect([standing.stop?.code, standing.did, walk.looks, standing.run.fence]).toEqual([
      "STOP_APPROVAL_REQUIRED",
      [],
      0,
      run.fence,
    ]);
  });

  test("two runs of one document have their own ids and one source version", async () => {
    const [one, other] = [await walk.begin(store), await walk.begin(store)];
    expect(one.runId).not.toBe(other.runId);
    expect([one.sourceVersionId, one.cutplanSha256]).toEqual([other.sourceVersionId, other.cutplanSha256]);
    expect(one.sourceVersionId).toMatch(/^live-dryrun-sv-[0-9a-f]{16}$/);
  });

  test("a document that is there already, word for word, has nothing to approve", async () => {
    const run = await walk.begin(store);
    walk.database.psql(`SELECT fn_iu_create('NEW-DOC/front-matter', 't', '# x', 'x', 'law_unit', 'article', 'law')`);
    expect(run.state).toBe("AWAITING_CUT_AUTHORIZATION");
    walk.database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address LIKE 'NEW-DOC/%');
      DELETE FROM information_unit WHERE canonical_address LIKE 'NEW-DOC/%'`);
  });
});

describe("what stops a run where it stands", () => {
  test("an approval of another gate, and one used twice", async () => {
    const run = await walk.begin(store);
    const wrong = failed(await resumeRun(run.runId, walk.parts(store, approvalOf(run, "SG2"))));
    expect(wrong.code).toBe("STOP_APPROVAL_INVALID");
    expect(succeed(store.run(run.runId))).toMatchObject({
      state: "AWAITING_CUT_AUTHORIZATION",
      stopCode: "STOP_APPROVAL_INVALID",
    });
    const other = await walk.begin(store);
    const approval = approvalOf(run, "SG1");
    await walk.resume(store, run, approval);
    expect(failed(await resumeRun(other.runId, walk.parts(store, approval))).code).toBe("STOP_APPROVAL_INVALID");
    const same = approvalOf(other, "SG1", { approval_id: JSON.parse(Buffer.from(approval).toString()).approval_id });
    expect(failed(await resumeRun(other.runId, walk.parts(store, same))).code).toBe("STOP_APPROVAL_REPLAYED");
  });

  test("an expired approval", async () => {
    const run = await walk.begin(store);
    const late = walk.parts(store, approvalOf(run, "SG1"), { now: () => "2026-05-21T06:30:00.000Z" });
    expect(failed(await resumeRun(run.runId, late)).code).toBe("STOP_APPROVAL_EXPIRED");
  });

  test("a unit of the document that came meanwhile is drift, named; gone again, the approval holds", async () => {
    const run = await walk.begin(store);
    walk.database.psql(`SELECT fn_iu_create('NEW-DOC/elsewhere', 't', 'b', 'x', 'law_unit', 'article', 'law')`);
    const drift = failed(await resumeRun(run.runId, walk.parts(store, approvalOf(run, "SG1"))));
    expect([drift.code, drift.facts.changes]).toEqual(["STOP_PLAN_DRIFT", ["NEW-DOC/elsewhere: is new"]]);
    walk.database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address = 'NEW-DOC/elsewhere');
      DELETE FROM information_unit WHERE canonical_address = 'NEW-DOC/elsewhere'`);
    expect((await walk.resume(store, run, approvalOf(run, "SG1"))).run.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  });

  test("another document's units are no drift", async () => {
    const run = await walk.begin(store);
    walk.database.psql(`SELECT fn_iu_create('OTHER-DOC/a', 't', 'b', 'x', 'law_unit', 'article', 'law')`);
    expect((await walk.resume(store, run, approvalOf(run, "SG1"))).run.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  });

  test("another database than the one that was planned for", async () => {
    const run = await walk.begin(store);
    const elsewhere = async (documentId: string) => {
      const seen = succeed(await walk.look(documentId));
      return { ...seen, survey: { ...seen.survey, target: { ...seen.survey.target, database: "elsewhere" } } };
    };
    const refusal = failed(
      await resumeRun(run.runId, walk.parts(store, approvalOf(run, "SG1"), { surveyAgain: elsewhere })),
    );
    expect([refusal.code, store.run(run.runId)]).toMatchObject([
      "STOP_TARGET_CHANGED",
      { stopCode: "STOP_TARGET_CHANGED" },
    ]);
  });

  test.each(["source", "survey.json", "settings.json"])("%s of the run, changed since it was written", async (name) => {
    const run = await walk.begin(store);
    writeFileSync(join(runFolder({ stateDirectory: store.directory, ...run }), name), "{}", { mode: 0o600 });
    const refusal = failed(await resumeRun(run.runId, walk.parts(store, approvalOf(run, "SG1"))));
    expect([refusal.code, refusal.facts.name]).toEqual(["EVIDENCE_ALTERED", name]);
  });

  test("a plan that the write contract refuses, with every problem recorded", async () => {
    const text = "# A\n\nchanged text\n";
    const survey = succeed(await walk.look("ICX-CONST"));
    const address = survey.survey.units[0]?.canonicalAddress ?? "";
    expect(address).toBe("ICX-CONST/preamble");
    const begun = await beginRun({
      ...{ store, runId: runId("ictr"), sessionId: null, mode: "dryrun", survey },
      source: Buffer.from(text),
      settings: {
        source: { from: "file", fileName: "new.md" },
        ...{ profile: "markdown", ownProfile: null, actor: "", ownerRef: null, publicationType: "no-such" },
        surveyed: "live",
      },
    });
    const { run, planned } = succeed(begun);
    expect([run.state, run.stopCode]).toEqual(["STOPPED", "STOP_CUTPLAN_REFUSED"]);
    expect(new Set(planned.cutplan.problems.map(({ field }) => field))).toEqual(new Set(["actor", "publication_type"]));
    expect((await walk.resume(store, run, null)).stop?.code).toBe("STOP_CUTPLAN_REFUSED");
  });
});
