/**
 * live-approval-gone.test: the kept approval of a run behind its gate is removed, before a resume or while one looks at
 * the database again: nothing goes on by an approval that is not there, and it is called missing.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { countsOf } from "../../../scripts/faults/live-content.ts";
import { type LiveStage, loseLegA, seen, stageLive } from "../../../scripts/faults/live-stage.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { barrierTo } from "../../../scripts/faults/relay.ts";
import { READER } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let stage: LiveStage;
let approval: string;
let before: string;
beforeEach(async () => {
  stage = await stageLive(await anyServer());
  await loseLegA(stage);
  approval = join((await stage.desk.show(stage.run)).folder, "approval-SG1.json");
  before = countsOf(stage.database);
}, PATIENCE_MS);
afterEach(() => stage.database.drop());

function expectMissing(ended: Ended): void {
  expect([ended.code, readText(ended)?.code]).toEqual([3, "EVIDENCE_ALTERED"]);
  expect(readText(ended)?.message).toContain("approval-SG1.json");
  expect(readText(ended)?.message).toContain("missing");
  expect(countsOf(stage.database)).toBe(before);
}

test(
  "before the resume",
  async () => {
    rmSync(approval);
    expectMissing(await stage.desk.resume(stage.run, null));
  },
  PATIENCE_MS,
);

test(
  "while the resume surveys again, after it has looked at its files",
  async () => {
    const { database, desk, run } = stage;
    const barrier = await barrierTo(database.server);
    const url = `postgres://${READER}@127.0.0.1:${barrier.port}/${database.name}?sslmode=disable&connect_timeout=60`;
    const { cutplanSha256 } = await desk.show(run);
    const live = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
    const going = desk.run(["resume", run, ...live, "--url", url]);
    await seen(database, `usename = '${READER}'`);
    rmSync(approval);
    barrier.open();
    expectMissing(await going);
    barrier.stop();
  },
  PATIENCE_MS,
);
