/**
 * live-process.test: what happens to the process of a live run while leg A is in its transaction: stopped and let go
 * on, taken over, started twenty times, hung up, interrupted twice, its terminal closed. One process does the work, and
 * the ledger has each phase once.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { prepareReference } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { contentOf, countsOf, phasesOf } from "../../../scripts/faults/live-content.ts";
import {
  type LiveStage,
  type Pause,
  pauseAt,
  resumeWords,
  SECOND_UNIT,
  seen,
  stageLive,
  startResume,
} from "../../../scripts/faults/live-stage.ts";
import { type Running, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";

const PATIENCE_MS = 60_000;
const STARTERS = 20;

let server: OwnServer;
let stage: LiveStage;
let pause: Pause;
beforeAll(async () => {
  server = await startServer(15);
  await prepareReference(server);
}, PATIENCE_MS);
afterAll(() => server.stop());
beforeEach(async () => {
  stage = await stageLive(server);
  pause = await pauseAt(stage.database, SECOND_UNIT);
}, PATIENCE_MS);
afterEach(() => stage.database.drop());

/** From the second gate to the end: nine phases, each once, as the run store and the ledger both tell it. */
async function expectEnds({ database, desk, run }: LiveStage): Promise<void> {
  expect((await desk.show(run)).state).toBe("AWAITING_LIFECYCLE_AUTHORIZATION");
  expect((await desk.resume(run, await desk.approve(run, "SG2"))).code).toBe(0);
  const { store, ledger } = await phasesOf(database, desk, run);
  expect([store.length, store]).toEqual([9, ledger]);
  expect(contentOf(database, run)).toContain("CLOSEOUT_REPORTED");
  expect((await desk.run(["verify", run, "--config", desk.configuration])).code).toBe(0);
}

async function inLegA(): Promise<Running> {
  const program = await startResume(stage);
  await pause.reached();
  return program;
}

test(
  "stopped (SIGSTOP): nobody else gets the run, who holds it is said, and let go on it does all of it",
  async () => {
    const program = await inLegA();
    program.kill("SIGSTOP");
    const other = await stage.desk.resume(stage.run, stage.approval);
    expect([other.code, readText(other)?.code]).toEqual([4, "STOP_LOCKED"]);
    expect(readText(other)?.message).toContain(`held by process ${program.pid}, which is stopped (SIGSTOP)`);
    await pause.release();
    program.kill("SIGCONT");
    expect((await program.ended).code).toBe(6);
    await expectEnds(stage);
  },
  PATIENCE_MS,
);

test(
  "stopped, then killed by who takes over: the second process does the phase, and nothing is left of the first",
  async () => {
    const program = await inLegA();
    program.kill("SIGSTOP");
    program.kill("SIGKILL");
    expect((await program.ended).signal).toBe("SIGKILL");
    const going = stage.desk.resume(stage.run, null);
    await pause.release();
    expect((await going).code).toBe(6);
    await expectEnds(stage);
  },
  PATIENCE_MS,
);

test(
  "stopped on one host and taken over on another: the other does the work, and the first, let go on, writes nothing",
  async () => {
    const program = await inLegA();
    program.kill("SIGSTOP");
    const desk = stage.desk.copyLive();
    const locked = await desk.resume(stage.run, null);
    expect([locked.code, readText(locked)?.code]).toEqual([4, "STOP_LOCKED"]);
    // Its backend would be ended by its idle timeout; here by somebody who does not wait for that.
    stage.database.psql(`SELECT pg_terminate_backend(${await pause.reached()})`);
    await pause.release();
    expect((await desk.resume(stage.run, null)).code).toBe(6);
    const counts = countsOf(stage.database);
    program.kill("SIGCONT");
    expect((await program.ended).code).toBe(5);
    const again = await stage.desk.resume(stage.run, null);
    expect([again.code, countsOf(stage.database)]).toEqual([4, counts]);
    await expectEnds({ ...stage, desk });
  },
  PATIENCE_MS,
);

test(
  `${STARTERS} processes with the same approval at once: one does the work, the others are refused`,
  async () => {
    const words = await resumeWords(stage);
    let left = STARTERS;
    const starts = Array.from({ length: STARTERS }, async () => {
      const ended = await stage.desk.run(words);
      left -= 1;
      // The one that has the run waits in leg A until all others have ended.
      if (left === 1) await pause.release();
      return ended;
    });
    const ends = await Promise.all(starts);
    const codes = ends.map((ended) => `${ended.code} ${readText(ended)?.code}`).sort();
    expect(codes).toEqual([...Array(STARTERS - 1).fill("4 STOP_LOCKED"), "6 STOP_APPROVAL_REQUIRED"]);
    expect(
      stage.database.psql(`SELECT count(*) FROM cutter_governance.approval_grant WHERE run_id = '${stage.run}'`),
    ).toBe("1");
    await expectEnds(stage);
  },
  PATIENCE_MS,
);

/** No backend of ours, nothing of leg A, and the same approval goes on. */
async function expectResumes(before: string): Promise<void> {
  const { database, desk, run } = stage;
  await pause.release();
  expect(database.psql("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'cutter_%'")).toBe("0");
  expect(countsOf(database)).toBe(before);
  expect((await desk.resume(run, null)).code).toBe(6);
  await expectEnds(stage);
}

test(
  "SIGHUP: it ends with 129, and nothing of the phase stays",
  async () => {
    const before = countsOf(stage.database);
    const program = await inLegA();
    program.kill("SIGHUP");
    const ended = await program.ended;
    expect([ended.code, readText(ended)?.code]).toEqual([129, "HUNG_UP"]);
    await expectResumes(before);
  },
  PATIENCE_MS,
);

test(
  "a second SIGINT, while a frozen backend holds up the first: it ends at once, and the server rolls back by itself",
  async () => {
    const before = countsOf(stage.database);
    const program = await startResume(stage);
    const backend = await pause.reached();
    process.kill(backend, "SIGSTOP");
    program.kill("SIGINT");
    await Bun.sleep(100);
    const started = performance.now();
    program.kill("SIGINT");
    const ended = await program.ended;
    const took = performance.now() - started;
    process.kill(backend, "SIGCONT");
    expect([ended.code, took < 1000]).toEqual([130, true]);
    await gone(backend);
    await expectResumes(before);
  },
  PATIENCE_MS,
);

test(
  "its terminal is closed: it ends, and nothing of the phase stays",
  async () => {
    const before = countsOf(stage.database);
    const script = 'exec script -qec "$*" /dev/null';
    const terminal = startCutter(await resumeWords(stage), { stateDirectory: stage.desk.state, script });
    const backend = await pause.reached();
    terminal.kill("SIGKILL");
    await terminal.ended;
    await gone(backend);
    await expectResumes(before);
  },
  PATIENCE_MS,
);

async function gone(backend: number): Promise<void> {
  await seen(stage.database, `NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ${backend})`);
}
