/** Tests of the phases of a live run against a real server: what each writes, exactly once, and what it refuses. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { DOCUMENT_ID, liveAdapter, planLive, smallLaw } from "../../scripts/database/live.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Advance } from "../kernel/observer.ts";
import type { Method } from "./adapter.ts";
import type { LiveWork } from "./live-work.ts";
import { preparePhaseSession } from "./production/phase-session.ts";

const ARTICLES = 5;
const FORWARD: readonly Method[] = ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify", "lifecycle_enact"];

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterEach(() => database.drop());

const COUNTS = `SELECT string_agg(what || ' ' || n, ', ' ORDER BY place) FROM (VALUES
  (1, 'units', (SELECT count(*) FROM information_unit)), (2, 'versions', (SELECT count(*) FROM unit_version)),
  (3, 'log', (SELECT count(*) FROM iu_lifecycle_log)),
  (4, 'sets', (SELECT count(*) FROM cutter_governance.cut_change_set)),
  (5, 'affected', (SELECT count(*) FROM cutter_governance.cut_change_set_affected_row)),
  (6, 'blocks', (SELECT count(*) FROM cutter_governance.manifest_unit_block)),
  (7, 'signatures', (SELECT count(*) FROM cutter_governance.dot_pair_signature)),
  (8, 'grants', (SELECT count(*) FROM cutter_governance.approval_grant)),
  (9, 'done', (SELECT count(*) FROM cutter_governance.run_phase WHERE outcome = 'done'))) AS c (place, what, n)`;

async function run(work: LiveWork, methods: readonly Method[]): Promise<void> {
  const { adapter } = liveAdapter(database, work);
  for (const method of methods) succeed(await adapter[method]({ runId: work.runId, attempt: 1 }));
}

test("a whole run writes what was planned, row by row, and leaves one row for each phase", async () => {
  const planned = await planLive(database, smallLaw(ARTICLES));
  const told: string[] = [];
  const work = { ...planned, observe: ({ did, done, total }: Advance) => void told.push(`${did} ${done} of ${total}`) };
  const { adapter, asked } = liveAdapter(database, work);
  for (const method of FORWARD) {
    expect(succeed(await adapter[method]({ runId: work.runId, attempt: 1 }))).toMatchObject({
      method,
      outcome: "done",
    });
  }
  succeed(await adapter.closeOut({ runId: work.runId, attempt: 1 }));
  expect(asked).toEqual(["exec", "exec", "exec", "exec", "verify", "exec", "exec"]);
  expect(database.psql(COUNTS)).toBe(
    "units 163, versions 170, log 65, sets 3, affected 66, blocks 66, signatures 6, grants 5, done 19",
  );
  const steps = ["written", "recorded", "compared", "enacted", "compared"];
  expect(told).toEqual(steps.map((did) => `${did} 5 of 5`));
  const bodies = database.psql(`SELECT string_agg(v.body, '' ORDER BY r.ordinal)
    FROM cutter_governance.cut_change_set_affected_row r
    JOIN cutter_governance.cut_change_set s ON s.id = r.change_set_id
    JOIN unit_version v ON v.id = r.unit_version_id WHERE s.run_id = '${work.runId}'`);
  expect(bodies).toBe(new TextDecoder().decode(smallLaw(ARTICLES)).trimEnd());
  expect(
    database.psql(`SELECT state, fence FROM cutter_governance.run WHERE run_id = '${work.runId}';
    SELECT status FROM cutter_governance.cut_change_set WHERE run_id = '${work.runId}';
    SELECT DISTINCT lifecycle_status FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}%'`),
  ).toBe("CLOSEOUT_REPORTED|1\nenacted\nenacted");
});

/** The server fails the third row of a table, as a full disk or a trigger of somebody else would. */
function failThird(table: string, column: string, value: string): void {
  database.psql(`CREATE FUNCTION public.test_fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'broken on purpose' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER test_fail BEFORE INSERT ON ${table} FOR EACH ROW
      WHEN (NEW.${column} = ${value}) EXECUTE FUNCTION public.test_fail()`);
}

const THIRD = `(SELECT id FROM information_unit WHERE canonical_address = '${DOCUMENT_ID}/article-3')`;

function literalOf(value: string): string {
  if (value === "THIRD") return `'${database.psql(THIRD.slice(1, -1))}'`;
  return value === "BODY" ? "E'Article 3. Of “3”\\n\\nBody 2.\\n\\n'" : value;
}

test.each([
  ["pre_write_backup", "cutter_governance.run_phase", "phase", "'pre_write_backup'"],
  ["cut_leg_a", "unit_version", "body", "BODY"],
  ["cut_leg_a", "cutter_governance.cut_change_set_affected_row", "ordinal", "3"],
  ["leg_b_record", "cutter_governance.manifest_unit_block", "ordinal", "3"],
  ["write_verify", "cutter_governance.verify_result", "checked", `${ARTICLES}`],
  ["lifecycle_enact", "iu_lifecycle_log", "information_unit_id", "THIRD"],
] as const)("%s that fails at a row of %s leaves nothing of itself, and can be done again", async (...failing) => {
  const [method, table, column, value] = failing;
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, FORWARD.slice(0, FORWARD.indexOf(method)));
  const before = database.psql(COUNTS);
  failThird(table, column, literalOf(value));
  const { adapter } = liveAdapter(database, work);
  const failure = failed(await adapter[method]({ runId: work.runId, attempt: 1 }));
  expect([failure.code, failure.facts.sqlstate]).toEqual(["DATABASE_ERROR", "53100"]);
  // The run itself is registered before its first phase.
  const registered = method === "pre_write_backup" ? before.replace("done 10", "done 13") : before;
  expect(database.psql(COUNTS)).toBe(registered);
  database.psql(`DROP TRIGGER test_fail ON ${table}`);
  succeed(await adapter[method]({ runId: work.runId, attempt: 2 }));
  expect(database.psql(COUNTS)).not.toBe(before);
});

test("a phase whose turn it is not is refused, and changes nothing", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, ["pre_write_backup"]);
  const before = database.psql(COUNTS);
  const { adapter } = liveAdapter(database, work);
  for (const method of ["leg_b_record", "write_verify", "lifecycle_enact"] as const) {
    expect(failed(await adapter[method]({ runId: work.runId, attempt: 1 })).code).toBe("PHASE_REFUSED");
  }
  await run(work, ["cut_leg_a"]);
  expect(failed(await adapter.cut_leg_a({ runId: work.runId, attempt: 2 })).code).toBe("PHASE_REFUSED");
  expect(database.psql(COUNTS)).not.toBe(before);
});

test("without a backup in the ledger leg A writes nothing", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, ["pre_write_backup"]);
  database.psql(`DELETE FROM cutter_governance.backup_artifact WHERE run_id = '${work.runId}'`);
  const { adapter } = liveAdapter(database, work);
  expect(failed(await adapter.cut_leg_a({ runId: work.runId, attempt: 1 })).code).toBe("STOP_BACKUP_REFUSED");
  expect(database.psql(`SELECT count(*) FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}%'`)).toBe(
    "0",
  );
});

test("an approval that the ledger has seen authorises nothing more, in whatever run", async () => {
  const first = await planLive(database, smallLaw(1), "FIRST");
  await run(first, FORWARD.slice(0, 2));
  const second = await planLive(database, smallLaw(1), "SECOND");
  const replayed = { ...second, grants: { ...second.grants, SG1: first.grants.SG1 } } as LiveWork;
  await run(replayed, ["pre_write_backup"]);
  const failure = failed(await liveAdapter(database, replayed).adapter.cut_leg_a({ runId: second.runId, attempt: 1 }));
  expect(failure.code).toBe("STOP_APPROVAL_REPLAYED");
  expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'SECOND%'")).toBe("0");
});

test.each([
  ["the state of any run is HELD", "UPDATE cutter_governance.run SET state = 'HELD' WHERE run_id <> 'RUN'"],
  [
    "a hold stands that nobody cleared",
    `INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
    VALUES ('another', 'hold', 'look at this first')`,
  ],
  [
    "a hold was committed late, after another of its run was cleared by who never saw it",
    `INSERT INTO cutter_governance.review_decision (run_id, decision, reason, created_at)
    VALUES ('another', 'hold', 'first', now() - interval '3 min'), ('another', 'hold_cleared', 'looked', now()),
      ('another', 'hold', 'late', now() - interval '2 min')`,
  ],
  [
    "a hold was cleared twice by mistake, and another followed",
    `INSERT INTO cutter_governance.review_decision (run_id, decision, reason, created_at)
    VALUES ('another', 'hold', 'first', now() - interval '9 min'),
      ('another', 'hold_cleared', 'looked', now() - interval '8 min'),
      ('another', 'hold_cleared', 'again', now() - interval '7 min'), ('another', 'hold', 'new', now())`,
  ],
])("%s: nothing is written", async (_what, sql) => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, ["pre_write_backup"]);
  const before = database.psql(COUNTS);
  database.psql(sql.replace("RUN", work.runId));
  const failure = failed(await liveAdapter(database, work).adapter.cut_leg_a({ runId: work.runId, attempt: 1 }));
  expect([failure.code, database.psql(COUNTS)]).toEqual(["STOP_HOLD", before]);
});

test("a hold that was cleared is none", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  database.psql(`INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
    VALUES ('another', 'hold', 'look'); INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
    VALUES ('another', 'hold_cleared', 'looked')`);
  await run(work, FORWARD);
});

test("a former owner, whose fence is lower than the ledger's, writes nothing", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, ["pre_write_backup"]);
  await run({ ...work, fence: 3 }, ["cut_leg_a"]);
  const { adapter } = liveAdapter(database, { ...work, fence: 2 });
  expect(failed(await adapter.leg_b_record({ runId: work.runId, attempt: 1 })).code).toBe("STOP_LOCKED");
});

test("two hosts: while one works on a document the other gets no further than its lock", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  const holder = await openRoleSession(database, "cutter_exec");
  await preparePhaseSession(holder, { target: work.target, documentId: DOCUMENT_ID });
  const { adapter } = liveAdapter(database, work);
  const failure = failed(await adapter.pre_write_backup({ runId: work.runId, attempt: 1 }));
  await holder.close();
  expect([failure.code, database.psql("SELECT count(*) FROM cutter_governance.run WHERE mode = 'live'")]).toEqual([
    "STOP_LOCKED",
    database.psql("SELECT count(*) FROM cutter_governance.run WHERE created_by = 'reference' AND mode = 'live'"),
  ]);
});

test("another database than the one that was approved is refused by the session that would write", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  const elsewhere = { ...work, target: { ...work.target, database: "another" } };
  const { adapter } = liveAdapter(database, elsewhere);
  expect(failed(await adapter.pre_write_backup({ runId: work.runId, attempt: 1 })).code).toBe("STOP_TARGET_CHANGED");
});

const TAMPERED: readonly (readonly [what: string, sql: string])[] = [
  ["another body", `UPDATE unit_version SET body = 'other' WHERE information_unit_id = ${THIRD}`],
  ["another title", `UPDATE unit_version SET title = 'other' WHERE information_unit_id = ${THIRD}`],
  ["another status", `UPDATE information_unit SET lifecycle_status = 'withdrawn' WHERE id = ${THIRD}`],
  ["another owner", `UPDATE information_unit SET owner_ref = 'other' WHERE id = ${THIRD}`],
  ["a later version", `SELECT fn_iu_revise(${THIRD}, 'Article 3. Of “3”', 'later', 'other')`],
  [
    "a manifest of other bytes",
    "UPDATE cutter_governance.manifest_unit_block SET byte_end = byte_end + 1 WHERE ordinal = 3",
  ],
];

test.each([...TAMPERED])(
  "write_verify records %s as a mismatch, signs nothing, and nothing is enacted",
  async (_what, sql) => {
    const work = await planLive(database, smallLaw(ARTICLES));
    await run(work, FORWARD.slice(0, 3));
    database.psql(sql);
    const { adapter } = liveAdapter(database, work);
    const order = { runId: work.runId, attempt: 1 };
    expect(succeed(await adapter.write_verify(order))).toMatchObject({
      outcome: "mismatch",
      facts: { result: "mismatch", signature: null },
    });
    expect(failed(await adapter.lifecycle_enact(order)).code).toBe("PHASE_REFUSED");
    expect(
      database.psql(`SELECT r.result, jsonb_array_length(r.findings) > 0, p.outcome
      FROM cutter_governance.verify_result r JOIN cutter_governance.cut_change_set s ON s.id = r.change_set_id
      JOIN cutter_governance.run_phase p ON p.run_id = s.run_id AND p.phase = 'write_verify'
      WHERE s.run_id = '${work.runId}'`),
    ).toBe("mismatch|t|mismatch");
  },
);

test.each(TAMPERED.slice(0, 2).concat(TAMPERED.slice(3, 5)))(
  "what is changed between the verification and the enactment is not enacted: %s",
  async (_what, sql) => {
    const work = await planLive(database, smallLaw(ARTICLES));
    await run(work, FORWARD.slice(0, 4));
    const before = database.psql(COUNTS);
    database.psql(sql);
    const { adapter } = liveAdapter(database, work);
    expect(failed(await adapter.lifecycle_enact({ runId: work.runId, attempt: 1 })).code).toBe("PHASE_REFUSED");
    expect(database.psql(COUNTS).replace(/versions \d+/, "")).toBe(before.replace(/versions \d+/, ""));
  },
);

test("the signatures of the DOT pair are checked before anything is enacted", async () => {
  const work = await planLive(database, smallLaw(ARTICLES));
  await run(work, FORWARD.slice(0, 4));
  const other = await planLive(database, smallLaw(ARTICLES), "OTHER");
  const { adapter } = liveAdapter(database, { ...work, signers: { ...work.signers, verify: other.signers.verify } });
  const failure = failed(await adapter.lifecycle_enact({ runId: work.runId, attempt: 1 }));
  expect(failure.message).toContain("the leg verify");
});

test("a withdrawn unit is cut again as a revision of itself", async () => {
  const first = await planLive(database, smallLaw(ARTICLES));
  await run(first, FORWARD.slice(0, 2));
  database.psql(
    `SELECT fn_iu_withdraw(id, 'test') FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}%'`,
  );
  const second = await planLive(database, smallLaw(ARTICLES));
  expect(second.cutplan.rows.map(({ action }) => action)).toEqual(Array(ARTICLES).fill("revise"));
  await run(second, FORWARD);
  expect(
    database.psql(`SELECT count(*), max(version_no) FROM unit_version v JOIN information_unit u
      ON u.id = v.information_unit_id WHERE canonical_address LIKE '${DOCUMENT_ID}%' AND lifecycle_status = 'enacted'`),
  ).toBe(`${ARTICLES * 2}|2`);
});
