/**
 * live-unconfirmed.test: a server that waits at COMMIT for a standby which is not there: the phase is on its own disk,
 * and nobody says so by a plain COMMIT. What became of it is the ledger's word, and the server's warning is kept.
 *
 * The wait is broken off as an administrator does it, or as our own clock would (limits.commitTimeoutMs).
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { psqlOn } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { contentOf, phasesOf } from "../../../scripts/faults/live-content.ts";
import {
  type LiveStage,
  pauseAt,
  revertWords,
  SECOND_UNIT,
  seen,
  stageLive,
  stageVerified,
  startResume,
} from "../../../scripts/faults/live-stage.ts";
import { type Ended, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";

const PATIENCE_MS = 60_000;
const RELOADED_MS = 300;

let server: OwnServer;
beforeAll(async () => {
  server = await startServer(15);
}, PATIENCE_MS);
afterAll(() => server.stop());

async function standby(setting: "missing" | "not asked for"): Promise<void> {
  const change = setting === "missing" ? "SET synchronous_standby_names = 'nobody'" : "RESET synchronous_standby_names";
  psqlOn(server, "postgres", `ALTER SYSTEM ${change}`);
  psqlOn(server, "postgres", "SELECT pg_reload_conf()");
  await Bun.sleep(RELOADED_MS);
}

type Break = (running: { readonly backend: number; kill(signal: NodeJS.Signals): void }) => void;

/** Leg A is at its COMMIT, which waits; then this happens, and the standby is not asked for any more. */
async function atCommit(stage: LiveStage, breakOff: Break): Promise<Ended> {
  const pause = await pauseAt(stage.database, SECOND_UNIT);
  const program = await startResume(stage);
  await pause.reached();
  await standby("missing");
  await pause.release();
  const backend = await seen(stage.database, "wait_event = 'SyncRep'");
  breakOff({ backend, kill: program.kill });
  await standby("not asked for");
  return program.ended;
}

const administrator = (what: "cancel" | "terminate"): Break => {
  return ({ backend }) => psqlOn(server, "postgres", `SELECT pg_${what}_backend(${backend})`);
};

/** From the second gate to the end; each phase is done once, and the run's own record holds these words. */
async function expectEnds({ database, desk, run }: LiveStage, record: string): Promise<void> {
  expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  const { store, ledger } = await phasesOf(database, desk, run);
  expect([store.length, store]).toEqual([9, ledger]);
  expect(contentOf(database, run)).toContain("CLOSEOUT_REPORTED");
  expect((await desk.run(["verify", run, "--config", desk.configuration])).evidence).toContain(record);
  database.drop();
}

test.each([
  ["cancel", "GUARD_BROKEN: COMMIT was answered by COMMIT and a warning: 01000 canceling wait for synchronous"],
  ["terminate", "SESSION_LOST"],
] as const)(
  "the wait is broken off (pg_%s_backend): done by the ledger's word, and what was answered is told and kept",
  async (what, answer) => {
    const stage = await stageLive(server);
    const ended = await atCommit(stage, administrator(what));
    expect([ended.code, readText(ended)?.code]).toEqual([6, "STOP_APPROVAL_REQUIRED"]);
    expect(ended.stderr).toContain("cut_leg_a is committed, as the ledger says; the answer to its COMMIT was");
    expect(ended.stderr).toContain(answer);
    await expectEnds(stage, '"subject":"remark"');
  },
  PATIENCE_MS,
);

test(
  "SIGINT meanwhile: what is said of the data is true, and the next resume has the ledger's word on the phase",
  async () => {
    const stage = await stageLive(server);
    const ended = await atCommit(stage, ({ kill }) => kill("SIGINT"));
    expect([ended.code, readText(ended)]).toMatchObject([130, { code: "INTERRUPTED" }]);
    expect(readText(ended)?.data).toContain("which phases of a live run were committed, its ledger says");
    const left = await phasesOf(stage.database, stage.desk, stage.run);
    expect(left.ledger.filter((phase) => !left.store.includes(phase))).toEqual(["cut_leg_a 1 done"]);
    expect((await stage.desk.resume(stage.run, null)).code).toBe(6);
    await expectEnds(stage, "cut_leg_a");
  },
  PATIENCE_MS,
);

test(
  "SIGINT while a revert is at its COMMIT: the next one has the ledger's word, and takes back nothing twice",
  async () => {
    const stage = await stageVerified(server);
    const { database, desk, run } = stage;
    const words = await revertWords(stage, []);
    await standby("missing");
    const program = startCutter(words, { stateDirectory: desk.state });
    await seen(database, "wait_event = 'SyncRep'");
    program.kill("SIGINT");
    await standby("not asked for");
    expect((await program.ended).code).toBe(130);
    const left = await phasesOf(database, desk, run);
    expect(left.ledger.filter((phase) => !left.store.includes(phase))).toEqual(["compensate 1 done"]);
    const again = await desk.run(words);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("CUTTER_RUN REVERTED")]);
    const { store, ledger } = await phasesOf(database, desk, run);
    expect(store).toEqual(ledger);
    expect(contentOf(database, run)).toContain("draft|withdrawn|3");
    database.drop();
  },
  PATIENCE_MS,
);

test(
  "the run's own row is not confirmed: HOLD before its first phase, with the warning; cleared, the run goes on",
  async () => {
    const stage = await stageLive(server);
    const { database, desk, run } = stage;
    await standby("missing");
    const program = await startResume(stage);
    const backend = await seen(database, "wait_event = 'SyncRep'");
    administrator("cancel")({ backend, kill: program.kill });
    await standby("not asked for");
    const ended = await program.ended;
    expect([ended.code, readText(ended)]).toMatchObject([3, { code: "GUARD_BROKEN" }]);
    expect(readText(ended)?.message).toContain("01000 canceling wait for synchronous replication");
    const { store, ledger } = await phasesOf(database, desk, run);
    expect(store).toEqual(ledger);
    expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'HANDBOOK%'")).toBe("0");
    expect((await desk.run(["hold", "clear", "--run", run, "--confirm", run])).code).toBe(0);
    expect((await desk.resume(run, null)).code).toBe(6);
    database.drop();
  },
  PATIENCE_MS,
);
