/** Tests of what changed in the database between the survey and a phase: refused in its transaction, theirs stands. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { DOCUMENT_ID, liveAdapter, planLive, smallLaw } from "../../scripts/database/live.ts";
import { failed, succeed } from "../../scripts/database/target.ts";
import { METHODS, type Method } from "./adapter.ts";
import type { LiveWork } from "./live-work.ts";

const ARTICLES = 5;
const FORWARD = METHODS.slice(0, -1);
const THIRD = `(SELECT id FROM information_unit WHERE canonical_address = '${DOCUMENT_ID}/article-3')`;

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterEach(() => database.drop());

const counts = (): string =>
  database.psql(`SELECT (SELECT count(*) FROM unit_version), (SELECT count(*) FROM iu_lifecycle_log),
    (SELECT count(*) FROM cutter_governance.approval_grant), (SELECT count(*) FROM cutter_governance.cut_change_set)`);

async function run(work: LiveWork, methods: readonly Method[]): Promise<void> {
  const { adapter } = liveAdapter(database, work);
  for (const method of methods) succeed(await adapter[method]({ runId: work.runId, attempt: 1 }));
}

test.each([
  [
    "revised by somebody else",
    `SELECT fn_iu_revise(${THIRD}, 'Mine', 'mine', 'editor')`,
    "draft",
    "has another version",
  ],
  ["withdrawn by somebody else", `SELECT fn_iu_withdraw(${THIRD}, 'editor')`, "draft", "was draft, is withdrawn"],
  [
    "taken up again by somebody else",
    `SELECT fn_iu_revise(${THIRD}, 'Mine', 'mine', 'editor')`,
    "withdrawn",
    "was withdrawn, is draft",
  ],
])("a unit that was %s since it was surveyed stops leg A, and theirs stands", async (...row) => {
  const [, change, status, why] = row;
  const first = await planLive(database, smallLaw(ARTICLES));
  await run(first, FORWARD.slice(0, 2));
  const drafts = `FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}%'`;
  if (status === "withdrawn") database.psql(`SELECT fn_iu_withdraw(id, 'test') ${drafts}`);
  const other = new TextEncoder().encode(new TextDecoder().decode(smallLaw(ARTICLES)).replaceAll("Body", "Other"));
  const second = await planLive(database, other);
  expect(second.cutplan.rows.map(({ action }) => action)).toEqual(Array(ARTICLES).fill("revise"));
  await run(second, ["pre_write_backup"]);
  database.psql(change);
  const before = counts();
  const { adapter } = liveAdapter(database, second);
  const failure = failed(await adapter.cut_leg_a({ runId: second.runId, attempt: 1 }));
  expect([failure.code, failure.facts.changes]).toEqual(["STOP_PLAN_DRIFT", [`${DOCUMENT_ID}/article-3: ${why}`]]);
  expect(counts()).toBe(before);
});

test.each([
  ["cut_leg_a", FORWARD.slice(0, 1)],
  ["lifecycle_enact", FORWARD.slice(0, 4)],
] as const)("%s is refused while a trigger that keeps enacted units as they are is off", async (method, before) => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, before);
  database.psql("ALTER TABLE unit_version DISABLE TRIGGER trg_uv_enacted_immut");
  const { adapter } = liveAdapter(database, work);
  const failure = failed(await adapter[method]({ runId: work.runId, attempt: 1 }));
  expect([failure.code, failure.message]).toEqual([
    "PHASE_REFUSED",
    "the trigger trg_uv_enacted_immut is D, not O: enacted units could be changed",
  ]);
  database.psql("ALTER TABLE unit_version ENABLE TRIGGER trg_uv_enacted_immut");
  succeed(await adapter[method]({ runId: work.runId, attempt: 2 }));
});

test("an approval that has ended by the server's clock is not consumed, whatever this machine says", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  const { SG1 } = work.grants;
  if (SG1 === undefined) throw new Error("there is no grant");
  await run(work, ["pre_write_backup"]);
  const until = (expiresAt: string): LiveWork => ({ ...work, grants: { ...work.grants, SG1: { ...SG1, expiresAt } } });
  const before = counts();
  const late = liveAdapter(database, until(new Date(Date.now() - 1).toISOString()));
  const failure = failed(await late.adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect([failure.code, counts()]).toEqual(["STOP_APPROVAL_EXPIRED", before]);
  const soon = until(new Date(Date.now() + 3_000).toISOString());
  succeed(await liveAdapter(database, soon).adapter.cut_leg_a({ runId: work.runId, attempt: 2 }));
  await Bun.sleep(3_000);
  const behind = failed(await liveAdapter(database, soon).adapter.leg_b_record({ runId: work.runId, attempt: 1 }));
  expect(behind.code).toBe("STOP_APPROVAL_EXPIRED");
});
