/** Tests of a revert against a real server: every failed phase taken back, and every doubt that refuses the whole. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { DOCUMENT_ID, liveAdapter, planLive, smallLaw } from "../../../scripts/database/live.ts";
import {
  failed,
  hostOf,
  openRoleSession,
  openTestSession,
  succeed,
  targetOf,
} from "../../../scripts/database/target.ts";
import { commitRelayTo } from "../../../scripts/faults/commit-relay.ts";
import type { Failure } from "../../kernel/failure.ts";
import type { Method, PhaseResult } from "../adapter.ts";
import type { LiveWork } from "../live-work.ts";
import type { RevertCounts, RevertPlan } from "./plan.ts";

const ARTICLES = 5;
const FORWARD: readonly Method[] = ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify", "lifecycle_enact"];
const PUBLIC = ["information_unit", "unit_version", "iu_lifecycle_log"].map((name) => `public.${name}`);
const LEDGER = [
  ...["run", "run_phase", "approval_grant", "backup_artifact", "source_version", "manifest_envelope"],
  ...["manifest_unit_block", "cut_change_set", "cut_change_set_affected_row", "verify_result", "review_decision"],
  "dot_pair_signature",
].map((name) => `cutter_governance.${name}`);

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterEach(() => database.drop());

/** As pre.json has them, counted by another program. */
function counts(relations = [...PUBLIC, ...LEDGER]): RevertCounts {
  const counted = relations.map((relation) => `SELECT '${relation} ' || count(*) FROM ${relation}`).join(" UNION ALL ");
  const lines = database.psql(counted).split("\n");
  return Object.fromEntries(lines.map((line) => line.split(" ")).map(([name, rows]) => [name, Number(rows)]));
}

type Cut = { readonly work: LiveWork; readonly before: RevertCounts };

/** A run that did these phases, and the counts from before it. */
async function cutUpTo(phases: number): Promise<Cut> {
  const before = counts();
  const work = await planLive(database, smallLaw(ARTICLES));
  const { adapter } = liveAdapter(database, work);
  for (const method of FORWARD.slice(0, phases)) succeed(await adapter[method]({ runId: work.runId, attempt: 1 }));
  return { work, before };
}

function revert({ work, before }: Cut, changes: Partial<RevertPlan> = {}): Promise<PhaseResult | Failure> {
  const compensate = { how: "soft", scope: "database", before, relatedRunId: "revert-1", ...changes } as const;
  return liveAdapter(database, work, { compensate }).adapter.compensate({ runId: work.runId, attempt: 1 });
}

/** Of the run: its state, its change set, the revert's row, decisions; then the units by status. */
function ledgerOf({ work }: Cut): string {
  return database.psql(`SELECT concat_ws(' ', state,
      (SELECT status FROM cutter_governance.cut_change_set AS s WHERE s.run_id = r.run_id),
      (SELECT outcome FROM cutter_governance.run_phase AS p WHERE p.run_id = r.run_id AND phase = 'compensate'),
      (SELECT string_agg(decision || ' ' || gate, ', ' ORDER BY created_at, decision, gate)
        FROM cutter_governance.review_decision AS d WHERE d.run_id = r.run_id))
    FROM cutter_governance.run AS r WHERE run_id = '${work.runId}';
    SELECT coalesce(string_agg(lifecycle_status || ' ' || n, ', '), 'none') FROM (SELECT lifecycle_status, count(*) AS n
      FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}/%' GROUP BY 1 ORDER BY 1) AS u`);
}

test.each([
  [1, "REVERTED done\nnone"],
  [2, "REVERTED reverted done approved SG1, reverted REVERT\nwithdrawn 5"],
  [3, "REVERTED reverted done approved SG1, reverted REVERT\nwithdrawn 5"],
  [4, "REVERTED reverted done approved SG1, reverted REVERT\nwithdrawn 5"],
] as const)(
  "after %i phases a soft revert withdraws every draft, and the ledger has both histories",
  async (...row) => {
    const [phases, expected] = row;
    const cut = await cutUpTo(phases);
    expect(succeed(await revert(cut))).toMatchObject({ method: "compensate", outcome: "done", facts: { how: "soft" } });
    const rows = phases === 1 ? 0 : ARTICLES;
    expect(counts(PUBLIC)).toEqual({
      "public.information_unit": (cut.before["public.information_unit"] ?? 0) + rows,
      "public.unit_version": (cut.before["public.unit_version"] ?? 0) + rows,
      "public.iu_lifecycle_log": (cut.before["public.iu_lifecycle_log"] ?? 0) + rows,
    });
    expect(ledgerOf(cut)).toBe(expected);
  },
);

test.each([2, 3, 4])("after %i phases a hard revert leaves the public counts of pre.json", async (phases) => {
  const cut = await cutUpTo(phases);
  succeed(await revert(cut, { how: "hard" }));
  const { before } = cut;
  expect(counts(PUBLIC)).toEqual(Object.fromEntries(PUBLIC.map((name) => [name, before[name] ?? -1])));
  expect(ledgerOf(cut)).toBe("REVERTED reverted done approved SG1, approved HARD_DELETE, reverted REVERT\nnone");
});

const THIRD = `(SELECT id FROM information_unit WHERE canonical_address = '${DOCUMENT_ID}/article-3')`;

async function refusedUnchanged(cut: Cut, changes: Partial<RevertPlan> = {}): Promise<Failure> {
  const [held, ledger] = [counts(), ledgerOf(cut)];
  const failure = failed(await revert(cut, changes));
  expect([counts(), ledgerOf(cut)]).toEqual([held, ledger]);
  return failure;
}

test("what is enacted is refused by address, soft and hard, and escalated", async () => {
  const cut = await cutUpTo(5);
  for (const how of ["soft", "hard"] as const) {
    const failure = await refusedUnchanged(cut, { how });
    expect([failure.code, failure.message]).toEqual([
      "PHASE_REFUSED",
      expect.stringContaining(`${DOCUMENT_ID}/article-3`),
    ]);
    expect(failure.facts.enacted).toHaveLength(ARTICLES);
  }
});

test.each([
  ["enacted by somebody else", `SELECT fn_iu_enact(${THIRD}, 'other')`],
  ["withdrawn by somebody else", `SELECT fn_iu_withdraw(${THIRD}, 'other')`],
  ["revised by somebody else", `SELECT fn_iu_revise(${THIRD}, 'Article 3. Of “3”', 'later', 'other')`],
  ["given another body", `UPDATE unit_version SET body = 'other' WHERE information_unit_id = ${THIRD}`],
  ["given another title", `UPDATE unit_version SET title = 'other' WHERE information_unit_id = ${THIRD}`],
])("one unit %s since the cut: nothing is taken back, whatever the scope", async (_what, sql) => {
  const cut = await cutUpTo(3);
  database.psql(sql);
  for (const changes of [{}, { scope: "change-set" }, { how: "hard", scope: "change-set" }] as const) {
    const failure = await refusedUnchanged(cut, changes);
    expect([failure.code, failure.message]).toEqual([
      "PHASE_REFUSED",
      expect.stringContaining(`${DOCUMENT_ID}/article-3`),
    ]);
  }
});

test.each([
  ["a unit", "SELECT fn_iu_create('OTHER/1', 't', 'b', 'a', 'law_unit', 'article', 'law')"],
  [
    "a decision",
    `INSERT INTO cutter_governance.review_decision (run_id, decision, reason) VALUES ('another', 'hold_cleared', 'x')`,
  ],
])("others wrote %s meanwhile: refused over the whole database, done for the change set alone", async (_what, sql) => {
  const cut = await cutUpTo(3);
  database.psql(sql);
  const failure = await refusedUnchanged(cut);
  expect([failure.code, failure.hint]).toEqual(["PHASE_REFUSED", expect.stringContaining("--scope change-set")]);
  succeed(await revert(cut, { scope: "change-set" }));
});

test("an approval of the revert authorises once, and none at all authorises nothing", async () => {
  const cut = await cutUpTo(2);
  const { SG1 } = cut.work.grants;
  const without = { ...cut, work: { ...cut.work, grants: { SG1 } } as LiveWork };
  expect((await refusedUnchanged(without)).code).toBe("STOP_APPROVAL_REQUIRED");
  const { HARD_DELETE, ...soft } = cut.work.grants;
  const noDeletion = { ...cut, work: { ...cut.work, grants: soft } as LiveWork };
  expect([HARD_DELETE?.gate, (await refusedUnchanged(noDeletion, { how: "hard" })).code]).toEqual([
    "HARD_DELETE",
    "STOP_APPROVAL_REQUIRED",
  ]);
  succeed(await revert(cut));
  expect((await refusedUnchanged(cut)).code).toBe("PHASE_REFUSED");
});

test("a hold that names the run does not keep it from being taken back; any other does", async () => {
  const cut = await cutUpTo(3);
  const hold = (run: string) =>
    database.psql(`INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
      VALUES ('${run}', 'hold', 'look at this first')`);
  hold("another");
  expect((await refusedUnchanged(cut, { scope: "change-set" })).code).toBe("STOP_HOLD");
  database.psql("DELETE FROM cutter_governance.review_decision WHERE run_id = 'another'");
  hold(cut.work.runId);
  database.psql(`UPDATE cutter_governance.run SET state = 'HELD' WHERE run_id = '${cut.work.runId}'`);
  succeed(await revert(cut));
});

test("after a soft revert the document is cut again by revision, whose own revert cannot delete", async () => {
  succeed(await revert(await cutUpTo(2)));
  const again = await cutUpTo(3);
  expect(again.work.cutplan.rows.map(({ action }) => action)).toEqual(Array(ARTICLES).fill("revise"));
  const failure = await refusedUnchanged(again, { how: "hard" });
  expect([failure.code, failure.message]).toEqual(["PHASE_REFUSED", expect.stringContaining("were there before")]);
  succeed(await revert(again));
});

test("after a hard revert the document is cut again as new", async () => {
  succeed(await revert(await cutUpTo(3), { how: "hard" }));
  const again = await cutUpTo(5);
  expect(again.work.cutplan.rows.map(({ action }) => action)).toEqual(Array(ARTICLES).fill("create"));
});

test.each(["reset before it is sent", "answer swallowed, then reset"] as const)(
  "the COMMIT of a revert is lost (%s): what is said is what the database holds",
  async (mode) => {
    const cut = await cutUpTo(3);
    const relay = await commitRelayTo(database.server, mode);
    const through = targetOf([hostOf(relay.port)], { database: database.name, user: "workflow_admin" });
    const plan = { how: "soft", scope: "database", before: cut.before, relatedRunId: "revert-1" } as const;
    let opened = 0;
    const { adapter } = liveAdapter(database, cut.work, {
      compensate: plan,
      connect: async () => {
        opened += 1;
        return opened === 1 ? openTestSession(through) : openRoleSession(database, "workflow_admin");
      },
    });
    const answer = await adapter.compensate({ runId: cut.work.runId, attempt: 1 });
    relay.stop();
    if (mode === "reset before it is sent") {
      expect(failed(answer).facts.resolved).toBe("void");
      expect(ledgerOf(cut)).toBe("RECORDED recorded void approved SG1\ndraft 5");
    } else {
      expect(succeed(answer).outcome).toBe("done");
      expect(ledgerOf(cut)).toBe("REVERTED reverted done approved SG1, reverted REVERT\nwithdrawn 5");
    }
  },
);

test("a unit that is being enacted at this moment is waited for, then refused by its address", async () => {
  const cut = await cutUpTo(3);
  const other = await openRoleSession(database, "cutter_exec");
  succeed(await other.query("BEGIN"));
  succeed(await other.query(`SELECT public.fn_iu_enact((${THIRD.replace("FROM ", "FROM public.")}), 'other')`));
  const answer = revert(cut, { scope: "change-set" });
  await Bun.sleep(500);
  succeed(await other.query("COMMIT"));
  await other.close();
  const failure = failed(await answer);
  expect([failure.code, failure.facts.enacted]).toEqual(["PHASE_REFUSED", [`${DOCUMENT_ID}/article-3`]]);
});

test("a former owner, whose fence is lower than the ledger's, takes nothing back", async () => {
  const cut = await cutUpTo(2);
  database.psql(`UPDATE cutter_governance.run SET fence = 3 WHERE run_id = '${cut.work.runId}'`);
  expect((await refusedUnchanged(cut)).code).toBe("STOP_LOCKED");
});

test.each([
  ["ON DELETE CASCADE", "public.bookmark: 0 updated and 1 deleted, predicted 0 updated and 0 deleted"],
  ["ON DELETE SET NULL", "public.bookmark: 1 updated and 0 deleted, predicted 0 updated and 0 deleted"],
])("a hard revert that would reach somebody else's rows by %s is refused as a whole", async (...row) => {
  const [rule, expected] = row;
  const cut = await cutUpTo(3);
  database.psql(`CREATE TABLE public.bookmark (unit uuid REFERENCES information_unit (id) ${rule});
    INSERT INTO public.bookmark SELECT id FROM information_unit WHERE canonical_address = '${DOCUMENT_ID}/article-2'`);
  const refused = failed(await revert(cut, { how: "hard" }));
  expect([refused.code, refused.message]).toEqual(["PHASE_REFUSED", expect.stringContaining(expected)]);
  expect([ledgerOf(cut), database.psql("SELECT count(unit) FROM public.bookmark")]).toEqual([
    "RECORDED recorded approved SG1\ndraft 5",
    "1",
  ]);
});

test("a trigger that changes other rows refuses a soft revert; one that only adds does not", async () => {
  const cut = await cutUpTo(3);
  database.psql(`CREATE TABLE public.seen (n int); INSERT INTO public.seen VALUES (0);
    CREATE FUNCTION public.test_seen() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN UPDATE public.seen SET n = n + 1; RETURN NEW; END $$;
    CREATE TRIGGER test_seen AFTER UPDATE ON information_unit FOR EACH ROW EXECUTE FUNCTION public.test_seen();
    GRANT ALL ON public.seen TO PUBLIC`);
  expect(failed(await revert(cut)).message).toContain("public.seen: 5 updated and 0 deleted");
  database.psql(`CREATE OR REPLACE FUNCTION public.test_seen() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.seen VALUES (1); RETURN NEW; END $$`);
  expect(succeed(await revert(cut)).outcome).toBe("done");
});

test("a server that does not count what a transaction changes is asked for nothing else", async () => {
  const cut = await cutUpTo(3);
  database.psql(`ALTER ROLE workflow_admin IN DATABASE "${database.name}" SET track_counts = off`);
  const refused = failed(await revert(cut, { how: "hard" }));
  database.psql(`ALTER ROLE workflow_admin IN DATABASE "${database.name}" RESET track_counts`);
  expect([refused.code, refused.message]).toEqual(["PHASE_REFUSED", expect.stringContaining("track_counts")]);
});
