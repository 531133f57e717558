/**
 * live-revert-guards.test: what `cutter revert` refuses inside its transaction, and a COMMIT of it that nobody answers.
 *
 * Each is a guard that nothing else stands behind: without it the revert would say something untrue, or delete what is
 * not the run's.
 */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { commitRelayTo } from "../../../scripts/faults/commit-relay.ts";
import { contentOf, countsOf, phasesOf } from "../../../scripts/faults/live-content.ts";
import { type LiveStage, revertWords, stageVerified, takeBack } from "../../../scripts/faults/live-stage.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const PATIENCE_MS = 60_000;

let stage: LiveStage;
beforeEach(async () => {
  stage = await stageVerified(await anyServer());
}, PATIENCE_MS);
afterEach(() => stage.database.drop());

const UNIT_TWO = "(SELECT id FROM information_unit WHERE canonical_address LIKE 'HANDBOOK/%two')";

const UNEXPECTED = [
  [
    "a draft has a row in the log, which the cut did not write",
    `INSERT INTO iu_lifecycle_log (information_unit_id, from_status, to_status, actor)
      VALUES (${UNIT_TWO}, 'draft', 'withdrawn', 'other')`,
    "3 units, 3 versions and 1 log rows",
  ],
  [
    "a trigger keeps one version",
    `CREATE FUNCTION public.test_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    ALTER TABLE unit_version DROP CONSTRAINT unit_version_information_unit_id_fkey;
    CREATE TRIGGER test_keep BEFORE DELETE ON unit_version FOR EACH ROW WHEN (OLD.title = 'Two')
      EXECUTE FUNCTION public.test_keep()`,
    "3 units, 2 versions and 0 log rows",
  ],
] as const;

test.each([...UNEXPECTED])(
  "hard: %s: the counts are not those of the run, and nothing is deleted",
  async (_what, sql, counted) => {
    const { database, desk, run } = stage;
    database.psql(sql);
    const before = countsOf(database);
    const deletion = await desk.approve(run, "HARD_DELETE");
    const ended = await takeBack(stage, ["--hard", "--scope", "change-set", "--delete-approval", deletion]);
    expect([ended.code, readText(ended)?.code]).toEqual([4, "PHASE_REFUSED"]);
    expect(readText(ended)?.message).toContain(`of rows 1 to 3 ${counted} were deleted`);
    expect(countsOf(database)).toBe(before);
  },
  PATIENCE_MS,
);

test(
  "soft, where the database cannot withdraw: refused in so many words, with the other way; and that way works",
  async () => {
    const { database, desk, run } = stage;
    database.psql("ALTER FUNCTION fn_iu_withdraw(uuid, text) RENAME TO fn_iu_withdraw_no_more");
    const before = countsOf(database);
    const ended = await takeBack(stage);
    expect([ended.code, readText(ended)]).toMatchObject([4, { code: "PHASE_REFUSED" }]);
    expect(readText(ended)).toMatchObject({
      message: "the database has no fn_iu_withdraw, so drafts cannot be withdrawn",
      hint: "A hard revert deletes them, with a signed HARD_DELETE approval.",
    });
    expect(countsOf(database)).toBe(before);
    const deletion = await desk.approve(run, "HARD_DELETE");
    expect((await takeBack(stage, ["--hard", "--delete-approval", deletion])).code).toBe(0);
    const { store, ledger } = await phasesOf(database, desk, run);
    expect([store.includes("compensate 2 done"), store]).toEqual([true, ledger]);
    expect(contentOf(database, run)).toContain("REVERTED");
  },
  PATIENCE_MS,
);

test.each([
  ["reset before it is sent", 5, ["compensate 2 done"]],
  ["answer swallowed, then reset", 0, ["compensate 1 done"]],
] as const)(
  "its COMMIT is lost (%s): what is said is what the ledger has, and asked for again it is done once",
  async (mode, code, done) => {
    const { database, desk, run } = stage;
    const relay = await commitRelayTo(database.server, mode);
    const url = `postgres://workflow_admin@127.0.0.1:${relay.port}/${database.name}?sslmode=disable`;
    const words = await revertWords(stage, ["--revert-url", url]);
    const ended = await desk.run(words);
    expect([ended.code, contentOf(database, run).includes("REVERTED")]).toEqual([code, code === 0]);
    if (code !== 0) expect(readText(ended)?.data).toContain("a tombstone in the ledger keeps it from ever being");
    expect((await desk.run(words)).code).toBe(0);
    relay.stop();
    const { store, ledger } = await phasesOf(database, desk, run);
    expect([store.filter((phase) => phase.startsWith("compensate")), store]).toEqual([[...done], ledger]);
    expect(contentOf(database, run)).toContain("draft|withdrawn|3");
  },
  PATIENCE_MS,
);
