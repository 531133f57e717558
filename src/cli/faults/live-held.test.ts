/**
 * live-held.test: HOLD stands after every failure of a live run, whoever was killed before it could be set, and a
 * revert that fails is such a failure; what only was refused leaves everything as it stood.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { handbook, stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer(), crashBuild()));
}, PATIENCE_MS);
afterEach(() => database.drop());

const holdOf = (): string => join(desk.state, "locks", "HOLD");

async function clear(runId: string): Promise<void> {
  const ended = await desk.run(["hold", "clear", "--run", runId, "--confirm", runId]);
  expect([ended.code, ended.stderr]).toEqual([0, ""]);
}

async function revert(...argv: readonly string[]) {
  const { cutplanSha256 } = await desk.show(run);
  const words = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
  const ended = await desk.run(["revert", run, "--approval", await desk.approve(run, "REVERT"), ...words, ...argv]);
  return { code: ended.code, failure: readText(ended)?.code, stderr: ended.stderr.replaceAll(/\s+/g, " ") };
}

test(
  "killed between its failure and HOLD: whoever comes next with anything live finds HOLD, and once cleared it stays so",
  async () => {
    database.psql(`CREATE FUNCTION public.test_fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$;
      CREATE TRIGGER test_fail BEFORE INSERT ON unit_version FOR EACH ROW EXECUTE FUNCTION public.test_fail()`);
    const environment = { CUTTER_CRASH_AT: "run-stopped" };
    expect((await desk.resume(run, await desk.approve(run, "SG1"), { environment })).signal).toBe("SIGKILL");
    expect([(await desk.show(run)).state, existsSync(holdOf())]).toEqual(["STOPPED", false]);
    const other = await desk.begin("OTHERBOOK", handbook());
    const approval = await desk.approve(other, "SG1");
    const refused = await desk.resume(other, approval);
    expect([refused.code, readText(refused)?.code]).toEqual([4, "STOP_HOLD"]);
    expect(readFileSync(holdOf(), "utf8")).toStartWith(`run ${run}: STOP_PHASE_FAILED: cut_leg_a: DATABASE_ERROR`);
    await clear(run);
    database.psql("DROP TRIGGER test_fail ON unit_version");
    expect((await desk.resume(other, approval)).code).toBe(6);
    expect(existsSync(holdOf())).toBe(false);
  },
  PATIENCE_MS,
);

test(
  "a mismatch whose process was killed is one for whoever resumes it: STOPPED, and HOLD",
  async () => {
    database.psql(`CREATE FUNCTION public.test_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.title := NEW.title || '!'; RETURN NEW; END $$;
      CREATE TRIGGER test_change BEFORE INSERT ON unit_version FOR EACH ROW EXECUTE FUNCTION public.test_change()`);
    const approval = await desk.approve(run, "SG1");
    // The backup's record, leg A, leg B, and then write_verify.
    const environment = { CUTTER_CRASH_AT: "phase-committed:4" };
    expect((await desk.resume(run, approval, { environment })).signal).toBe("SIGKILL");
    expect(existsSync(holdOf())).toBe(false);
    const resumed = await desk.resume(run, null);
    expect([resumed.code, readText(resumed)?.code]).toEqual([3, "STOP_VERIFY_MISMATCH"]);
    expect(readFileSync(holdOf(), "utf8")).toStartWith(`run ${run}: STOP_VERIFY_MISMATCH`);
    expect(existsSync(join(desk.state, "rollback", run, "post.json"))).toBe(true);
  },
  PATIENCE_MS,
);

test(
  "a revert that another run's HOLD refuses leaves the run at its gate, and its approval unused",
  async () => {
    expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
    writeFileSync(holdOf(), "run ictr-x: look at this first\n", { mode: 0o600 });
    expect(await revert()).toMatchObject({ code: 4, failure: "STOP_HOLD" });
    expect((await desk.show(run)).state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
    rmSync(holdOf());
    expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  "a revert that fails says that the run is stopped, sets HOLD, and is tried again under that HOLD",
  async () => {
    expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
    database.psql("UPDATE unit_version SET title = 'Mine' WHERE title = 'Two'");
    const failed = await revert();
    expect(failed).toMatchObject({ code: 4, failure: "PHASE_REFUSED" });
    expect(failed.stderr).toContain("The run is STOPPED.");
    expect((await desk.show(run)).state).toBe("STOPPED");
    expect(readFileSync(holdOf(), "utf8")).toStartWith(`run ${run}: PHASE_REFUSED`);
    const rows = `SELECT string_agg(DISTINCT lifecycle_status, ' ') FROM information_unit
      WHERE canonical_address LIKE 'HANDBOOK%'`;
    expect(database.psql(rows)).toBe("draft");
    database.psql("UPDATE unit_version SET title = 'Two' WHERE title = 'Mine'");
    expect(await revert()).toMatchObject({ code: 0 });
    expect([(await desk.show(run)).state, database.psql(rows)]).toEqual(["REVERTED", "withdrawn"]);
    const verified = await desk.run(["verify", run, "--config", desk.configuration]);
    expect([verified.code, verified.stdout + verified.stderr]).toEqual([0, expect.stringContaining("INTACT")]);
  },
  PATIENCE_MS,
);

test(
  "a revert that cannot keep its approval says all the same that it has stopped the run",
  async () => {
    expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
    mkdirSync(join((await desk.show(run)).folder, "approval-REVERT.pending.json"));
    const failed = await revert();
    expect(failed).toMatchObject({ code: 2, failure: "FILE_NOT_PRIVATE" });
    expect(failed.stderr).toContain("The run is STOPPED.");
    expect((await desk.show(run)).state).toBe("STOPPED");
  },
  PATIENCE_MS,
);

test(
  "HOLD that is set while a phase works breaks it off within 2 s, and nothing of the phase stays",
  async () => {
    database.psql(`CREATE FUNCTION public.test_sleep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;
      CREATE TRIGGER test_sleep BEFORE INSERT ON unit_version FOR EACH ROW EXECUTE FUNCTION public.test_sleep()`);
    const going = desk.resume(run, await desk.approve(run, "SG1"));
    const asleep =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while (database.psql(asleep) !== "1") await Bun.sleep(50);
    const set = performance.now();
    writeFileSync(holdOf(), "run ictr-x: stop\n", { mode: 0o600 });
    while (database.psql(asleep) === "1") await Bun.sleep(50);
    const seconds = (performance.now() - set) / 1_000;
    const ended = await going;
    expect([ended.code, readText(ended)?.code, seconds < 2]).toEqual([4, "KILL_SWITCH_OFF", true]);
    expect((await desk.show(run)).state).toBe("BACKED_UP");
    expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'")).toBe("0");
  },
  PATIENCE_MS,
);

test(
  "HOLD that is set while the backup is made breaks that off too, and no half of a file stays",
  async () => {
    const slow = join(temporaryFolder(), "slow-pg-dump");
    const script = '#!/bin/sh\ncase "$*" in *--version*) ;; *) sleep 30 ;; esac\nexec pg_dump "$@"\n';
    writeFileSync(slow, script, { mode: 0o755 });
    const text = readFileSync(desk.configuration, "utf8");
    writeFileSync(desk.configuration, text.replace("[backup]\n", `[backup]\npg_dump = ["${slow}"]\n`));
    const going = desk.resume(run, await desk.approve(run, "SG1"));
    const exporting = `SELECT count(*) FROM pg_stat_activity
      WHERE usename = 'workflow_admin' AND datname = current_database() AND state = 'idle in transaction'`;
    while (database.psql(exporting) !== "1") await Bun.sleep(50);
    const set = performance.now();
    writeFileSync(holdOf(), "run ictr-x: stop\n", { mode: 0o600 });
    const ended = await going;
    const seconds = (performance.now() - set) / 1_000;
    expect([ended.code, readText(ended)?.code, seconds < 10]).toEqual([4, "KILL_SWITCH_OFF", true]);
    expect((await desk.show(run)).state).toBe("AWAITING_CUT_AUTHORIZATION");
    expect(readdirSync(join(desk.state, "backups"))).toEqual([]);
  },
  PATIENCE_MS,
);
