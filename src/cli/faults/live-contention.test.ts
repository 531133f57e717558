/**
 * live-contention.test: somebody else works on the same rows while a phase of a live run does: the phase is done as a
 * whole or not at all, within its bound, and the run can be resumed or taken back.
 *
 * A serialization failure can only meet write_verify, the one phase that is REPEATABLE READ: it changes no row, so what
 * can fail is the look of its foreign keys at rows that somebody gave another key meanwhile.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { prepareReference, psqlOn } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { openRoleSession, succeed } from "../../../scripts/database/target.ts";
import { orphanedCommitTo } from "../../../scripts/faults/commit-relay.ts";
import { contentOf, countsOf, phasesOf } from "../../../scripts/faults/live-content.ts";
import {
  type LiveStage,
  type Place,
  pauseAt,
  SECOND_UNIT,
  seen,
  stageLive,
  stageVerified,
  startResume,
  takeBack,
} from "../../../scripts/faults/live-stage.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { holdOn } from "../../../scripts/faults/stock.ts";
import { limits } from "../../kernel/limits.ts";

const PATIENCE_MS = 60_000;
/** What a live run takes on a busy machine, beside the wait itself. */
const BESIDES_MS = 15_000;

/** Its own: several runs at a time are more than the two connections that a role has. */
let server: OwnServer;
beforeAll(async () => {
  server = await startServer(15);
  await prepareReference(server);
}, PATIENCE_MS);
afterAll(() => server.stop());

const HEADING = "HANDBOOK/heading-handbook";
const [ONE, TWO] = [`${HEADING}/heading-one`, `${HEADING}/heading-two`];

/** One unit at a time, as the phase works; the other session takes the last one first, and then the first one. */
const MEETINGS = {
  cut_leg_a: {
    stage: stageLive,
    pause: SECOND_UNIT,
    take: (address: string) => `SELECT public.fn_iu_create('${address}', 't', 'b', 'a', 'law_unit', 'article', 'law')`,
    units: "",
  },
  lifecycle_enact: {
    stage: stageVerified,
    pause: { table: "public.information_unit", event: "UPDATE", when: `NEW.canonical_address = '${ONE}'` },
    take: (address: string) => `SELECT FROM public.information_unit WHERE canonical_address = '${address}' FOR UPDATE`,
    units: "withdrawn 3",
  },
} as const satisfies Record<string, { readonly pause: Place; readonly [part: string]: unknown }>;

/** STOPPED by this phase; nothing of it stays, and the ledger tells what the run store does. */
async function expectStopped({ database, desk, run }: LiveStage, stopped: Stopped): Promise<void> {
  const { ended, message, before } = stopped;
  expect([ended.code, readText(ended)]).toMatchObject([5, { code: "STOP_PHASE_FAILED" }]);
  expect(readText(ended)?.message).toContain(message);
  expect((await desk.show(run)).state).toBe("STOPPED");
  expect(countsOf(database)).toBe(before);
  const { store, ledger } = await phasesOf(database, desk, run);
  expect(store).toEqual(ledger);
  expect((await desk.resume(run, null)).code).toBe(4);
}

type Stopped = { readonly ended: Ended; readonly message: string; readonly before: string };

/** What a revert leaves of the units, by status. */
async function takenBack(stage: LiveStage): Promise<string> {
  expect((await takeBack(stage)).code).toBe(0);
  const { store, ledger } = await phasesOf(stage.database, stage.desk, stage.run);
  expect(store).toEqual(ledger);
  return stage.database.psql(`SELECT string_agg(lifecycle_status || ' ' || n, ', ') FROM (SELECT lifecycle_status,
    count(*) AS n FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%' GROUP BY 1) AS u`);
}

for (const [phase, { stage: make, pause: place, take, units }] of Object.entries(MEETINGS)) {
  test(
    `a deadlock with another session during ${phase}: the phase is rolled back, and the other one goes on`,
    async () => {
      const stage = await make(server);
      const { database } = stage;
      const before = countsOf(database);
      const pause = await pauseAt(database, place);
      const other = await openRoleSession(database);
      for (const statement of ["SET deadlock_timeout = '60s'", "BEGIN", take(TWO)])
        succeed(await other.query(statement));
      const program = await startResume(stage);
      await pause.reached();
      const waiting = other.query(take(HEADING));
      await seen(database, "wait_event_type = 'Lock'");
      await pause.release();
      const ended = await program.ended;
      succeed(await waiting);
      succeed(await other.query("ROLLBACK"));
      await other.close();
      await expectStopped(stage, { ended, message: `${phase}: DATABASE_ERROR: ERROR 40P01`, before });
      expect(await takenBack(stage)).toBe(units);
      database.drop();
    },
    PATIENCE_MS,
  );
}

const LOCKS = [
  ["cut_leg_a", stageLive, "LOCK TABLE information_unit IN EXCLUSIVE MODE"],
  ["leg_b_record", stageLive, "LOCK TABLE cutter_governance.manifest_unit_block IN EXCLUSIVE MODE"],
  ["write_verify", stageLive, "LOCK TABLE cutter_governance.verify_result IN EXCLUSIVE MODE"],
  ["lifecycle_enact", stageVerified, `SELECT FROM information_unit WHERE canonical_address = '${TWO}' FOR UPDATE`],
] as const;

test(
  "a lock that another session keeps is waited for as long as the bound says, in each phase, and then given up",
  async () => {
    psqlOn(
      server,
      "postgres",
      "ALTER ROLE cutter_exec CONNECTION LIMIT 20; ALTER ROLE cutter_verify CONNECTION LIMIT 20",
    );
    const blocked = async ([phase, make, statement]: (typeof LOCKS)[number]): Promise<void> => {
      const stage = await make(server);
      const release = await holdOn(stage.database, statement);
      const program = await startResume(stage);
      await seen(stage.database, "wait_event_type = 'Lock'");
      const started = performance.now();
      const before = countsOf(stage.database);
      const ended = await program.ended;
      const took = performance.now() - started;
      await expectStopped(stage, { ended, message: `${phase}: DATABASE_ERROR: ERROR 55P03`, before });
      expect([phase, took < limits.lockTimeoutMs + BESIDES_MS]).toEqual([phase, true]);
      await release();
      expect((await takeBack(stage)).code).toBe(0);
      stage.database.drop();
    };
    await Promise.all(LOCKS.map(blocked));
    psqlOn(
      server,
      "postgres",
      "ALTER ROLE cutter_exec CONNECTION LIMIT 2; ALTER ROLE cutter_verify CONNECTION LIMIT 2",
    );
  },
  PATIENCE_MS,
);

test(
  "a serialization failure of write_verify: nothing of it stays, nothing is signed, and the run is taken back",
  async () => {
    const stage = await stageLive(server);
    const { database, run } = stage;
    const place = {
      table: "cutter_governance.dot_pair_signature",
      event: "INSERT",
      when: "NEW.leg = 'verify'",
    } as const;
    const pause = await pauseAt(database, place);
    const program = await startResume(stage);
    await pause.reached();
    const before = countsOf(database);
    // The change set gets another key, and its own again: not the row that the phase has seen.
    database.psql(`SET session_replication_role = 'replica';
      BEGIN;
      UPDATE cutter_governance.cut_change_set SET run_id = 'x' WHERE run_id = '${run}';
      UPDATE cutter_governance.cut_change_set SET run_id = '${run}' WHERE run_id = 'x';
      COMMIT;`);
    await pause.release();
    const ended = await program.ended;
    await expectStopped(stage, { ended, message: "write_verify: DATABASE_ERROR: ERROR 40001", before });
    expect(await takenBack(stage)).toBe("withdrawn 3");
    database.drop();
  },
  PATIENCE_MS,
);

test(
  "the role has no connection left between two phases: the run stands behind the first, and goes on later",
  async () => {
    const stage = await stageLive(server);
    const { database, desk, run } = stage;
    const pause = await pauseAt(database, SECOND_UNIT);
    const program = await startResume(stage);
    await pause.reached();
    const taken = await openRoleSession(database, "cutter_exec");
    database.psql("ALTER ROLE cutter_exec CONNECTION LIMIT 1");
    await pause.release();
    const ended = await program.ended;
    database.psql("ALTER ROLE cutter_exec CONNECTION LIMIT 2");
    expect([ended.code, readText(ended)?.code]).toEqual([5, "TOO_MANY_CONNECTIONS"]);
    expect((await desk.show(run)).state).toBe("CUT");
    const { store, ledger } = await phasesOf(database, desk, run);
    expect([store.includes("cut_leg_a 1 done"), store]).toEqual([true, ledger]);
    await taken.close();
    expect((await desk.resume(run, null)).code).toBe(6);
    expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
    expect(contentOf(database, run)).toContain("CLOSEOUT_REPORTED");
    const end = await phasesOf(database, desk, run);
    expect([end.store.length, end.store]).toEqual([9, end.ledger]);
    database.drop();
  },
  PATIENCE_MS,
);

test(
  "an answer is lost and the role has no connection left to ask on: it is asked again until there is one",
  async () => {
    const stage = await stageLive(server);
    const { database, desk, run } = stage;
    // The run's row, the backup's record, and leg A.
    const relay = await orphanedCommitTo(server, 3);
    const url = `postgres://cutter_exec@127.0.0.1:${relay.port}/${database.name}?sslmode=disable`;
    const taken = await openRoleSession(database, "cutter_exec");
    const program = await startResume(stage, ["--exec-url", url]);
    await relay.swallowed;
    await Bun.sleep(4 * limits.resolvePauseMs);
    relay.letGo();
    const ended = await program.ended;
    relay.stop();
    await taken.close();
    expect([ended.code, readText(ended)?.code]).toEqual([6, "STOP_APPROVAL_REQUIRED"]);
    const { store, ledger } = await phasesOf(database, desk, run);
    expect([store.filter((phase) => phase.startsWith("cut_leg_a")), store]).toEqual([["cut_leg_a 1 done"], ledger]);
    database.drop();
  },
  PATIENCE_MS,
);
