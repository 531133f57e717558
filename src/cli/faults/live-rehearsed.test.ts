/** Tests of `cutter rehearse` and of what rests on it: on the run's own database, alone, and as strict as COMMIT. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer()));
}, PATIENCE_MS);
afterEach(() => database.drop());

const rehearse = (...argv: readonly string[]) => desk.run(["rehearse", run, "--config", desk.configuration, ...argv]);
const approve = (...argv: readonly string[]) => {
  const out = join(temporaryFolder(), `${argv.length}.json`);
  const words = ["--gate", "SG1", "--authority", "sovereign@example.org", "--out", out];
  return desk.run(["approve", run, ...words, "--config", desk.configuration, ...argv]);
};
const kept = async (): Promise<boolean> => existsSync(join((await desk.show(run)).folder, "rehearsal.json"));

test(
  "what a COMMIT of any phase would refuse fails that phase, under its role",
  async () => {
    database.psql(`CREATE FUNCTION public.test_late() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused at COMMIT, of %', current_user; END $$;
      CREATE CONSTRAINT TRIGGER test_late AFTER INSERT ON unit_version DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.test_late()`);
    const ended = await rehearse("--json");
    const { cut, verdict } = JSON.parse(ended.stdout);
    expect([ended.code, verdict]).toEqual([3, "failed"]);
    expect(cut.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      ...["done", "failed", "not rehearsed", "not rehearsed", "not rehearsed"],
    ]);
    expect(cut[1].message).toContain("CONSTRAINT_DEFERRED: COMMIT would fail: ERROR P0001: refused at COMMIT, of");
    expect((await approve()).code).toBe(4);
  },
  PATIENCE_MS,
);

test(
  "another database is no place to rehearse a run: nothing is tried and nothing kept",
  async () => {
    const other = await makeReference(database.server);
    try {
      const refused = await rehearse("--rehearse-url", other.url("cutter_rehearse"));
      expect([refused.code, readText(refused)?.code, await kept()]).toEqual([4, "STOP_TARGET_CHANGED", false]);
    } finally {
      other.drop();
    }
  },
  PATIENCE_MS,
);

test(
  "while it is rehearsed a live run of the document waits, and is neither stopped nor held",
  async () => {
    const approval = await desk.approve(run, "SG1");
    database.psql(`CREATE FUNCTION public.test_slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF session_user = 'cutter_rehearse' THEN PERFORM pg_sleep(5); END IF; RETURN NULL; END $$;
      CREATE TRIGGER test_slow AFTER INSERT ON cutter_governance.cut_change_set
        FOR EACH STATEMENT EXECUTE FUNCTION public.test_slow()`);
    const rehearsing = rehearse();
    const asleep = `SELECT count(*) FROM pg_stat_activity
      WHERE wait_event = 'PgSleep' AND datname = current_database()`;
    while (database.psql(asleep) !== "1") await Bun.sleep(50);
    const refused = await desk.resume(run, approval);
    expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_LOCKED"]);
    expect(existsSync(join(desk.state, "locks", "HOLD"))).toBe(false);
    expect((await rehearsing).code).toBe(0);
    expect((await desk.resume(run, approval)).code).toBe(6);
  },
  PATIENCE_MS,
);

test(
  "SG1 is approved only after cut and revert were rehearsed, or by who says that they were not",
  async () => {
    const never = await approve();
    expect([never.code, readText(never)?.code]).toEqual([4, "REHEARSAL_MISSING"]);
    expect((await rehearse()).code).toBe(0);
    const inPart = await approve();
    expect([inPart.code, readText(inPart)?.message]).toEqual([4, expect.stringContaining("was rehearsed in part")]);
    expect((await approve("--unrehearsed")).code).toBe(0);
    expect((await approve("--reject", "--note", "no")).code).toBe(0);
    expect((await rehearse("--rehearse-url", database.socketUrl())).code).toBe(0);
    expect((await approve()).code).toBe(0);
  },
  PATIENCE_MS,
);
