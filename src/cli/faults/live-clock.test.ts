/**
 * live-clock.test: the host's clock is two days back, or ten years on, when a live run is to go on: its approval does
 * not hold then, at the gate and behind it. After a clock that was ahead the run does not go on at all, since a clock
 * that went back cannot be told from it; then there has to be a way out.
 *
 * The clock is libfaketime's, which the built program asks as it asks the system.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { contentOf, countsOf } from "../../../scripts/faults/live-content.ts";
import {
  handbook,
  type LiveStage,
  loseLegA,
  resumeWords,
  stageLive,
  takeBack,
} from "../../../scripts/faults/live-stage.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;
let stage: LiveStage;
beforeEach(async () => {
  stage = await stageLive(await anyServer());
}, PATIENCE_MS);
afterEach(() => stage.database.drop());

const at = (offset: string): { readonly script: string } => ({ script: `exec faketime -f '${offset}' "$@"` });

async function resumeAt(offset: string): Promise<Ended> {
  return stage.desk.run(await resumeWords(stage), at(offset));
}

async function expectToEnd({ database, desk, run, approval }: LiveStage): Promise<void> {
  expect((await desk.resume(run, approval)).code).toBe(6);
  expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  expect(contentOf(database, run)).toContain("CLOSEOUT_REPORTED");
  expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
}

/** With the right clock, after the run has moved by one that was ahead: it is refused, and why is said. */
async function expectWentBack(): Promise<void> {
  const ended = await stage.desk.resume(stage.run, stage.approval);
  expect([ended.code, readText(ended)?.code]).toEqual([4, "STOP_APPROVAL_EXPIRED"]);
  expect([readText(ended)?.message, readText(ended)?.hint]).toEqual([
    expect.stringContaining("the clock of this machine went back"),
    expect.stringContaining("end it by a rejection"),
  ]);
}

async function expectRefusedAt(offset: string, state: string): Promise<void> {
  const before = countsOf(stage.database);
  const ended = await resumeAt(offset);
  expect([ended.code, readText(ended)?.code]).toEqual([4, "STOP_APPROVAL_EXPIRED"]);
  expect([(await stage.desk.show(stage.run)).state, countsOf(stage.database)]).toEqual([state, before]);
}

test(
  "two days back at the gate: refused before anything is written; with the right clock the same approval holds",
  async () => {
    await expectRefusedAt("-2d", "AWAITING_CUT_AUTHORIZATION");
    await expectToEnd(stage);
  },
  PATIENCE_MS,
);

test(
  "two days back behind the gate, where the approval was used: no further phase; with the right clock it goes on",
  async () => {
    await loseLegA(stage);
    await expectRefusedAt("-2d", "BACKED_UP");
    await expectToEnd(stage);
  },
  PATIENCE_MS,
);

test(
  "ten years on at the gate: refused; a signed rejection ends the run by the right clock, and another one does it",
  async () => {
    const { database, desk, run } = stage;
    await expectRefusedAt("+3652d", "AWAITING_CUT_AUTHORIZATION");
    expect(database.psql(`SELECT count(*) FROM cutter_governance.run WHERE run_id = '${run}'`)).toBe("0");
    await expectWentBack();
    const rejection = await desk.approve(run, "SG1", ["--reject", "--note", "by a wrong clock"]);
    await desk.resume(run, rejection);
    expect((await desk.show(run)).state).toBe("STOPPED");
    const other = await desk.begin("HANDBOOK", handbook());
    await expectToEnd({ ...stage, run: other, approval: await desk.approve(other, "SG1") });
  },
  PATIENCE_MS,
);

test(
  "ten years on behind the gate: refused; by the right clock the run is taken back",
  async () => {
    await loseLegA(stage);
    await expectRefusedAt("+3652d", "BACKED_UP");
    await expectWentBack();
    expect((await takeBack(stage)).code).toBe(0);
    expect((await stage.desk.show(stage.run)).state).toBe("REVERTED");
  },
  PATIENCE_MS,
);
