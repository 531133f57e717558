/** Tests of a live run that meets the promoted standby of its database: another timeline is refused, with HOLD. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { type OwnServer, startServer, startStandby } from "../../../scripts/database/server.ts";
import { makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";

let primary: OwnServer;
let standby: OwnServer;
let database: TestDatabase;
beforeAll(async () => {
  primary = await startServer(15);
  database = await makeReference(primary);
  standby = await startStandby(primary);
}, 60_000);
afterAll(async () => {
  await standby.stop();
  await primary.stop();
});

test("what was approved for one timeline is not done on another; a standby is refused for what it is", async () => {
  const desk = makeLiveDesk(database);
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  const run = await desk.begin("HANDBOOK", source);
  expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
  const approval = await desk.approve(run, "SG2");
  const there = (role: string) => database.url(role).replace(`:${primary.port}/`, `:${standby.port}/`);
  const { cutplanSha256 } = await desk.show(run);
  const go = (...urls: readonly string[]) => {
    const words = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
    return desk.run(["resume", run, "--approval", approval, ...words, ...urls]);
  };
  const onStandby = await go("--exec-url", there("cutter_exec"), "--verify-url", there("cutter_verify"));
  expect([onStandby.code, readText(onStandby)?.code]).toEqual([4, "TARGET_IS_STANDBY"]);
  expect(existsSync(join(desk.state, "locks", "HOLD"))).toBe(false);
  psqlOn(standby, "postgres", "SELECT pg_promote(true, 30)");
  const urls = ["--exec-url", there("cutter_exec"), "--verify-url", there("cutter_verify")];
  const promoted = await go("--url", there("context_pack_readonly"), ...urls);
  expect([promoted.code, readText(promoted)?.code]).toEqual([4, "STOP_TARGET_CHANGED"]);
  expect(readFileSync(join(desk.state, "locks", "HOLD"), "utf8")).toStartWith(`run ${run}: STOP_TARGET_CHANGED`);
  const drafts = `SELECT count(*) FROM information_unit
    WHERE canonical_address LIKE 'HANDBOOK%' AND lifecycle_status = 'draft'`;
  expect([psqlOn(standby, database.name, drafts), psqlOn(primary, database.name, drafts)]).toEqual(["3", "3"]);
  expect((await go()).code).toBe(4);
}, 60_000);
