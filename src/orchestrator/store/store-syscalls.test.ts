/** Tests of one write at every system call that it makes: killed there, or told that the disk failed there. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { openStore } from "./open-store.ts";
import { endOtherProcesses, hearAll, otherProcess } from "./sample-process.ts";
import { ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

/** More than a write with all its checks can need; a loop that gets there proves nothing. */
const MOST_CALLS = 200;

const WRITE = `
  const store = await openStore(place);
  if (code(store) !== "no failure") say(code(store));
  else {
    say(code(store.finishPhase(runId, { phase: "manifest", attempt: 1, outcome: "done",
      payload: { text: "x".repeat(10_000) }, to: "MANIFESTED", fence: 1 })));
    store.close();
  }`;

/** A closed store with a run whose phase `manifest` is open. */
async function openPhase(): Promise<{ place: string; runId: string }> {
  const place = folders.next();
  const { store, lock } = await sampleRun(place);
  ok(store.beginPhase(lock.runId, { phase: "manifest", attempt: 1, fence: lock.fence }));
  lock.release();
  store.close();
  return { place, runId: lock.runId };
}

type Injected = {
  /** What it said of its write; empty where it was killed before. */
  readonly said: readonly unknown[];
  readonly ended: string | number | null;
  /** Whether strace did what it was told: without that there was no such call any more. */
  readonly hit: boolean;
  readonly state: string | undefined;
};

/** One write under strace, which does `what` at the n-th of `calls` on the files of the store. */
async function inject(calls: string, what: string, n: number): Promise<Injected> {
  const { place, runId } = await openPhase();
  const log = `${place}.strace`;
  const files = ["", "/cutter.db", "/cutter.db-wal", "/cutter.db-shm"].flatMap((name) => ["-P", place + name]);
  const filter = ["-e", `trace=${calls}`, "-e", `inject=${calls}:${what}:when=${n}`];
  const below = ["strace", "-f", "-qq", "-o", log, ...files, ...filter];
  const child = otherProcess({ place, runId, code: WRITE, below });
  const said = await hearAll(child);
  const hit = /\(INJECTED\)|\+\+\+ killed by SIGKILL/.test(fs.readFileSync(log, "utf8"));
  const store = ok(await openStore(place));
  ok(store.verifyChain());
  const run = ok(store.run(runId));
  // The record and the move are one: neither is there without the other.
  const recorded = ok(store.phases(runId)).length === 2;
  expect([n, run?.state]).toEqual([n, recorded ? "MANIFESTED" : "SURVEYED"]);
  store.close();
  return { said, ended: await child.ended, hit, state: run?.state };
}

/** Injects at the first call, the second, and so on, until there is none left. */
async function injectEverywhere(calls: string, what: string): Promise<readonly Injected[]> {
  const outcomes: Injected[] = [];
  for (let n = 1; n <= MOST_CALLS; n++) {
    const outcome = await inject(calls, what, n);
    if (!outcome.hit) {
      expect(outcome).toEqual({ said: ["no failure"], ended: 0, hit: false, state: "MANIFESTED" });
      return outcomes;
    }
    outcomes.push(outcome);
  }
  throw new Error(`more than ${MOST_CALLS} calls`);
}

const WRITING = "pwrite64,write,fsync,fdatasync,ftruncate,openat,unlink";

test("killed at any of its system calls, a write is done in full or not at all, and done if it said so", async () => {
  const outcomes = await injectEverywhere(WRITING, "signal=SIGKILL");
  for (const { said, state } of outcomes)
    if (said.length > 0) expect([said, state]).toEqual([["no failure"], "MANIFESTED"]);
  const states = outcomes.map(({ state }) => state);
  // First the old state, and from one call on the new one.
  expect(states).toEqual(states.toSorted().toReversed());
  expect(new Set(states)).toEqual(new Set(["SURVEYED", "MANIFESTED"]));
  expect(outcomes.length).toBeGreaterThan(15);
}, 120_000);

for (const [calls, error] of [
  ["fsync,fdatasync", "EIO"],
  ["pwrite64,write", "ENOSPC"],
] as const) {
  test(`told ${error} at any ${calls}, a write says that it failed, or is done`, async () => {
    const outcomes = await injectEverywhere(calls, `error=${error}`);
    const seen = new Set(outcomes.map(({ said, ended, state }) => `${said.join()} ${ended} ${state}`));
    // What fails after the commit is only the tidying up: the log is there, and is read again.
    expect([...seen].sort()).toEqual(["FILE_WRITE_FAILED 0 SURVEYED", "no failure 0 MANIFESTED"]);
  }, 120_000);
}
