/** Tests of the snapshot that a revert is compared with, on a real server. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, statSync } from "node:fs";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { liveAdapter, planLive, smallLaw } from "../../scripts/database/live.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import { keepSnapshot, readSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";

const RUN = "ictr-20260521T042359Z-ad3d0b97";

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterEach(() => database.drop());

async function snapshotAs(role: string): Promise<Snapshot | ReturnType<typeof failed>> {
  const session = await openRoleSession(database, role);
  return takeSnapshot(session, RUN).finally(() => session.close());
}

test("it holds exact counts of all fifteen tables, both triggers, the contract and the server", async () => {
  const seen = succeed(await snapshotAs("workflow_admin"));
  expect(seen.counts).toMatchObject({
    ...{ "public.information_unit": 158, "public.unit_version": 165, "public.iu_lifecycle_log": 60 },
    "cutter_governance.cut_change_set": 2,
  });
  expect([Object.keys(seen.counts).length, seen.uncounted]).toEqual([15, {}]);
  expect(seen.triggers).toEqual({ trg_iu_enacted_immut: "O", trg_uv_enacted_immut: "O" });
  expect([seen.target.database, seen.contractSha256.length]).toEqual([database.name, 64]);
});

test("what a role may not read is named, never 0", async () => {
  const seen = succeed(await snapshotAs("context_pack_readonly"));
  expect([Object.keys(seen.counts).length, seen.uncounted["cutter_governance.run"]]).toEqual([3, "unreadable"]);
});

test("a trigger of immutability that is off, or gone, is refused", async () => {
  database.psql("ALTER TABLE information_unit DISABLE TRIGGER trg_iu_enacted_immut");
  expect(failed(await snapshotAs("workflow_admin")).message).toContain("trg_iu_enacted_immut is D");
  database.psql("DROP TRIGGER trg_iu_enacted_immut ON information_unit");
  expect(failed(await snapshotAs("workflow_admin")).message).toContain("trg_iu_enacted_immut is missing");
});

test("a file is private, and read only as it was written", async () => {
  const state = temporaryFolder();
  const seen = succeed(await snapshotAs("workflow_admin"));
  const { path, sha256 } = succeed(keepSnapshot(state, "pre", seen));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readSnapshot(state, { runId: RUN, name: "pre", sha256 })).toEqual(seen);
  appendFileSync(path, " ");
  expect(failed(readSnapshot(state, { runId: RUN, name: "pre", sha256 })).code).toBe("EVIDENCE_ALTERED");
});

test("a revert compares itself with it: what was counted before the cut is what it finds", async () => {
  const { counts: before } = succeed(await snapshotAs("workflow_admin"));
  const work = await planLive(database, smallLaw(3));
  const compensate = { how: "hard", scope: "database", before, relatedRunId: RUN } as const;
  const { adapter } = liveAdapter(database, work, { compensate });
  for (const method of ["pre_write_backup", "cut_leg_a", "leg_b_record", "compensate"] as const) {
    succeed(await adapter[method]({ runId: work.runId, attempt: 1 }));
  }
  const after = succeed(await snapshotAs("workflow_admin"));
  expect(after.counts["public.information_unit"]).toBe(before["public.information_unit"]);
});
