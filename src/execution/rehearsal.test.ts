/** Tests of the rehearsal: the real bodies as the real roles, on a real server, and nothing stays. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { planLive, smallLaw } from "../../scripts/database/live.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import { clusterFingerprint } from "../../scripts/fingerprint.ts";
import type { Session } from "../kernel/session/session.ts";
import { rehearseRun } from "../orchestrator/rehearse.ts";
import type { Method } from "./adapter.ts";
import type { LiveWork } from "./live-work.ts";
import { rehearsedCompensation } from "./rehearsal/compensation.ts";
import { stubGrant } from "./rehearsal/stubs.ts";
import { openRehearsal, type Rehearsal } from "./rehearsal.ts";

const ARTICLES = 5;
const FORWARD: readonly Method[] = ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify", "lifecycle_enact"];

let database: TestDatabase;
let session: Session;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database, "cutter_rehearse");
});
afterEach(async () => {
  await session.close();
  database.drop();
});

async function rehearsed(): Promise<{ readonly work: LiveWork; readonly rehearsal: Rehearsal }> {
  const planned = await planLive(database, smallLaw(ARTICLES));
  const grants = { SG1: stubGrant(planned.runId, "SG1"), SG2: stubGrant(planned.runId, "SG2") };
  const work: LiveWork = { ...planned, mode: "rehearsal", grants };
  return { work, rehearsal: succeed(await openRehearsal({ session, work, compensate: null })) };
}

test("every phase is done for real by its own role, and in the end nothing stayed", async () => {
  const before = clusterFingerprint(database.server, database.name);
  const { work, rehearsal } = await rehearsed();
  for (const method of FORWARD) {
    expect(succeed(await rehearsal[method]({ runId: work.runId }))).toMatchObject({ method, outcome: "done" });
  }
  const result = succeed(await rehearsal.end());
  const attempted = result.effects.relations.map(({ relation, inserted }) => `${relation} ${inserted}`);
  expect(attempted).toContain(`public.information_unit ${ARTICLES}`);
  expect(attempted).toContain(`cutter_governance.cut_change_set_affected_row ${ARTICLES}`);
  expect(attempted).toContain("cutter_governance.dot_pair_signature 2");
  expect(clusterFingerprint(database.server, database.name)).toEqual(before);
});

test("a phase that fails leaves nothing of itself, and the rehearsal goes on", async () => {
  const { work, rehearsal } = await rehearsed();
  const order = { runId: work.runId };
  expect(failed(await rehearsal.cut_leg_a(order)).code).toBe("PHASE_REFUSED");
  succeed(await rehearsal.pre_write_backup(order));
  expect(failed(await rehearsal.lifecycle_enact(order)).code).toBe("PHASE_REFUSED");
  succeed(await rehearsal.cut_leg_a(order));
  expect(failed(await rehearsal.cut_leg_a(order)).code).toBe("PHASE_REFUSED");
  succeed(await rehearsal.query("SET LOCAL ROLE cutter_exec"));
  const seen = succeed(await rehearsal.query("SELECT count(*) AS n FROM public.information_unit"));
  expect(seen.rows[0]?.n).toBe(`${158 + ARTICLES}`);
  succeed(await rehearsal.end());
});

test("the rights are those of the roles: what production may not do, the rehearsal may not", async () => {
  database.psql("REVOKE EXECUTE ON FUNCTION fn_iu_create FROM cutter_exec");
  const { work, rehearsal } = await rehearsed();
  succeed(await rehearsal.pre_write_backup({ runId: work.runId }));
  const refused = failed(await rehearsal.cut_leg_a({ runId: work.runId }));
  expect([refused.code, refused.facts.sqlstate]).toEqual(["PERMISSION_DENIED", "42501"]);
  succeed(await rehearsal.end());
});

test("sabotage: a trigger that writes elsewhere is seen among the rows that were attempted", async () => {
  database.psql(`CREATE TABLE public.elsewhere (n int); GRANT INSERT ON public.elsewhere TO PUBLIC;
    CREATE FUNCTION public.also() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.elsewhere VALUES (1); RETURN NEW; END $$;
    CREATE TRIGGER also AFTER INSERT ON information_unit FOR EACH ROW EXECUTE FUNCTION public.also()`);
  const { work, rehearsal } = await rehearsed();
  succeed(await rehearsal.pre_write_backup({ runId: work.runId }));
  succeed(await rehearsal.cut_leg_a({ runId: work.runId }));
  const { effects } = succeed(await rehearsal.end());
  const elsewhere = effects.relations.find(({ relation }) => relation === "public.elsewhere");
  expect(elsewhere?.inserted).toBe(ARTICLES);
});

test("a session that may not take a role rehearses nothing of it", async () => {
  await session.close();
  session = await openRoleSession(database, "context_pack_readonly");
  const { work, rehearsal } = await rehearsed();
  expect(failed(await rehearsal.pre_write_backup({ runId: work.runId })).facts.sqlstate).toBe("42501");
  await rehearsal.end();
});

test("a session that may become the owner rehearses the revert after each phase that leaves something", async () => {
  await session.close();
  session = await openRoleSession(database);
  const planned = await planLive(database, smallLaw(ARTICLES));
  const gates = ["SG1", "SG2", "REVERT"] as const;
  const grants = Object.fromEntries(gates.map((gate) => [gate, stubGrant(planned.runId, gate)]));
  const work: LiveWork = { ...planned, mode: "rehearsal", grants };
  const compensate = succeed(await rehearsedCompensation(session, work));
  const order = { session, work, compensate, database: "test", at: "now", progress: () => {} };
  const report = succeed(await rehearseRun(order));
  expect([...report.cut, ...report.revert].map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual([
    ...FORWARD.map((phase) => `${phase} done`),
    ...["cut_leg_a", "leg_b_record", "write_verify"].map((phase) => `revert after ${phase} done`),
  ]);
  expect(report.verdict).toBe("rehearsed");
});
