/** Tests of the end of a live run: closed out with what it left, whatever has ended since, or not at all. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import type { LiveDesk } from "../../../scripts/faults/live-desk.ts";
import { stageLive } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
beforeEach(async () => {
  ({ database, desk, run } = await stageLive(await anyServer(), crashBuild()));
  expect((await desk.resume(run, await desk.approve(run, "SG1"))).code).toBe(6);
}, PATIENCE_MS);
afterEach(() => database.drop());

test(
  "what others wrote meanwhile is told and is no matter of the run; its own rows are as planned",
  async () => {
    database.psql("SELECT fn_iu_create('OTHER/x', 't', 'b', 'a', 'law_unit', 'article', 'law')");
    expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
    const { phases } = await desk.show(run);
    expect(phases.find(({ phase }) => phase === "closeout")?.facts).toMatchObject({
      own: { "public.information_unit": 3, "public.unit_version": 3, "public.iu_lifecycle_log": 3 },
      since_pre: { "public.information_unit": 4, "cutter_governance.cut_change_set_affected_row": 3 },
    });
  },
  PATIENCE_MS,
);

test(
  "a run of which a row is gone by then is not reported as closed",
  async () => {
    database.psql(`CREATE FUNCTION public.test_gone() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN DELETE FROM public.iu_lifecycle_log
          WHERE information_unit_id = (SELECT id FROM public.information_unit
          WHERE canonical_address LIKE 'HANDBOOK%' ORDER BY 1 LIMIT 1); RETURN NULL; END $$;
      ALTER FUNCTION public.test_gone() SECURITY DEFINER;
      ALTER TABLE iu_lifecycle_log DISABLE TRIGGER USER;
      CREATE TRIGGER test_gone AFTER UPDATE OF state ON cutter_governance.run FOR EACH ROW
        WHEN (NEW.state = 'CLOSEOUT_REPORTED') EXECUTE FUNCTION public.test_gone()`);
    const ended = await desk.resume(run, await desk.approve(run, "SG2"));
    expect([ended.code, readText(ended)?.message]).toEqual([5, expect.stringContaining("public.iu_lifecycle_log: 3")]);
    expect((await desk.show(run)).state).toBe("STOPPED");
  },
  PATIENCE_MS,
);

test(
  "an approval that ended behind the enactment does not keep the run from being closed out",
  async () => {
    const approval = await desk.approveFor(5, run, "SG2");
    const environment = { CUTTER_CRASH_AT: "phase-committed:1" };
    expect((await desk.resume(run, approval, { environment })).signal).toBe("SIGKILL");
    await Bun.sleep(5_000);
    const resumed = await desk.resume(run, null);
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN CLOSEOUT_REPORTED")]);
    expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
  },
  PATIENCE_MS,
);

test(
  "one that ended before the enactment authorises none",
  async () => {
    const approval = await desk.approveFor(5, run, "SG2");
    const environment = { CUTTER_CRASH_AT: "phase-before-commit:1" };
    expect((await desk.resume(run, approval, { environment })).signal).toBe("SIGKILL");
    await Bun.sleep(5_000);
    const resumed = await desk.resume(run, null);
    expect([resumed.code, readText(resumed)?.code]).toEqual([4, "STOP_APPROVAL_EXPIRED"]);
  },
  PATIENCE_MS,
);
