/** Tests of a run that is not as it was left: another process took it, or its approvals were changed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { createDatabase, type TestDatabase } from "../../scripts/database/database.ts";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { failed, hostOf, succeed, targetOf } from "../../scripts/database/target.ts";
import { anyServer } from "../../scripts/faults/stock.ts";
import { timestamp } from "../kernel/clock.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { beginRun } from "./begin.ts";
import { liveSurveyor, type Surveyor } from "./dry-run/surveyor.ts";
import { approvalName } from "./gates.ts";
import { type RunParts, resumeRun } from "./run.ts";
import { runFolder } from "./run-files.ts";
import { simulatedAdapter } from "./simulated.ts";
import { readSmokeApproval } from "./smoke-approvals.ts";
import { openStore } from "./store/open-store.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

let database: TestDatabase;
let surveyor: Surveyor;
let store: Store;
beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  const host = hostOf(database.server.port, { host: database.server.socketDirectory, password: null });
  surveyor = liveSurveyor(targetOf([host], { database: database.name, user: "context_pack_readonly" }));
  store = succeed(await openStore(temporaryFolder()));
});
afterAll(async () => {
  store.close();
  await surveyor.close();
  database.drop();
});

async function look(documentId: string) {
  const sight = await surveyor.look({ documentId, because: "test", writingRole: "refused" });
  return sight instanceof Failure ? sight : sight.document;
}

async function begin(): Promise<RunRecord> {
  const begun = await beginRun({
    ...{ store, runId: runId("ictr"), sessionId: null, mode: "dryrun", survey: succeed(await look("NEW-DOC")) },
    source: Buffer.from("# Handbook\n\n## One\n\ntext\n"),
    settings: {
      source: { from: "file", fileName: "new.md" },
      ...{ profile: "markdown", ownProfile: null, actor: "test", ownerRef: null, publicationType: null },
      surveyed: "live",
    },
  });
  return succeed(begun).run;
}

/** As `cutter resume` does it: the approval is chosen for the run as it was seen. */
function parts(seen: RunRecord): RunParts {
  const approval = succeed(readSmokeApproval(store, seen));
  return {
    ...{ store, approval, seen, now: timestamp, surveyAgain: look, adapterFor: simulatedAdapter },
    closeOut: async () => ({ simulated: true }),
  };
}

test("what was chosen for a run as it was is not used on it as it is: who is late changes nothing", async () => {
  const waiting = await begin();
  const [first, late] = [parts(waiting), parts(waiting)];
  const standing = succeed(await resumeRun(waiting.runId, first));
  expect(standing.run.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  expect(failed(await resumeRun(waiting.runId, late)).code).toBe("STOP_LOCKED");
  const after = succeed(store.run(waiting.runId));
  expect([after?.state, after?.stopCode]).toEqual(["AWAITING_LIFECYCLE_AUTHORIZATION", "STOP_APPROVAL_REQUIRED"]);
});

test("two that saw the same run resume it at once: one goes on, and the other is refused", async () => {
  const waiting = await begin();
  const ends = await Promise.all([resumeRun(waiting.runId, parts(waiting)), resumeRun(waiting.runId, parts(waiting))]);
  const refused = ends.filter((end) => end instanceof Failure);
  expect(refused.map(({ code }) => code)).toEqual(["STOP_LOCKED"]);
  expect(succeed(store.run(waiting.runId))?.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
});

test("a run that was seen while its owner worked is not gone on with from there", async () => {
  const waiting = await begin();
  const seen: RunRecord[] = [];
  const owner: RunParts = {
    ...parts(waiting),
    progress: () => {
      const now = succeed(store.run(waiting.runId));
      if (now !== null) seen.push(now);
    },
  };
  succeed(await resumeRun(waiting.runId, owner));
  for (const run of seen) expect(failed(await resumeRun(run.runId, parts(run))).code).toBe("STOP_LOCKED");
  expect(seen.length).toBeGreaterThan(2);
  expect(succeed(store.run(waiting.runId))?.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
});

test("told as each phase begins and is done; one who is told and throws harms no run", async () => {
  const waiting = await begin();
  const told: string[] = [];
  const throwing: RunParts = {
    ...parts(waiting),
    progress: (phase, what) => {
      told.push(`${phase} ${what}`);
      throw new Error("the terminal is gone");
    },
  };
  const { run, did } = succeed(await resumeRun(waiting.runId, throwing));
  expect([run.state, did.flatMap((phase) => [`${phase} begins`, `${phase} done`])]).toEqual([
    "AWAITING_LIFECYCLE_AUTHORIZATION",
    told,
  ]);
  expect(told.length).toBe(8);
});

test("an approval that was used and is changed, or gone, stops the run before the next gate", async () => {
  for (const spoil of [(path: string) => appendFileSync(path, " "), (path: string) => unlinkSync(path)]) {
    const waiting = await begin();
    const { run } = succeed(await resumeRun(waiting.runId, parts(waiting)));
    spoil(join(runFolder({ stateDirectory: store.directory, ...run }), approvalName("SG1")));
    expect(failed(await resumeRun(run.runId, parts(run))).code).toBe("EVIDENCE_ALTERED");
    expect(succeed(store.run(run.runId))?.state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  }
});
