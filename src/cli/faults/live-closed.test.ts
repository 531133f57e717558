/**
 * live-closed.test: a run whose plan does not fit the database any more is closed by a signed rejection, which asks no
 * database; then the document can be cut again.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { handbook, stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let approval: string;
beforeEach(async () => {
  ({ database, desk, run, approval } = await stageLive(await anyServer()));
});
afterEach(() => database.drop());

test("a drifted run keeps others from its document until it is rejected, which needs no database", async () => {
  database.psql(`SELECT public.fn_iu_create('HANDBOOK/heading-handbook/heading-one', 't', 'b', 'a', 'law_unit',
    'article', 'law')`);
  const drifted = await desk.resume(run, approval);
  expect([drifted.code, readText(drifted)?.code]).toEqual([4, "STOP_PLAN_DRIFT"]);
  expect(readText(drifted)?.hint).toContain("--reject");
  const words = ["cut", "HANDBOOK", "--source", handbook(), "--survey", "--live", "--config", desk.configuration];
  const again = await desk.run(words);
  expect([again.code, readText(again)?.code]).toEqual([4, "STOP_LOCKED"]);
  const rejection = await desk.approve(run, "SG1", ["--reject", "--note", "the database changed"]);
  const connections = (answer: "refused" | "taken"): string =>
    psqlOn(database.server, "postgres", `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS ${answer === "taken"}`);
  connections("refused");
  const closed = await desk.resume(run, rejection);
  connections("taken");
  expect([closed.code, readText(closed)?.message]).toEqual([4, expect.stringContaining("the database changed")]);
  expect(readText(closed)?.data).toStartWith("The rejection ended the run");
  expect([closed.stderr.includes("was given a rejection"), closed.stderr.includes("for real")]).toEqual([true, false]);
  const shown = await desk.show(run);
  expect([shown.state, shown.next[0]]).toEqual(["STOPPED", expect.stringContaining("begin another run")]);
  expect((await desk.run(words)).code).toBe(6);
});

test("a rejection that nobody who may signed closes nothing", async () => {
  const rejection = await desk.approve(run, "SG1", ["--reject", "--note", "no"]);
  await Bun.write(rejection, (await Bun.file(rejection).text()).replace('"no"', '"nope"'));
  const refused = await desk.resume(run, rejection);
  expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_APPROVAL_INVALID"]);
  expect((await desk.show(run)).state).toBe("AWAITING_CUT_AUTHORIZATION");
});
