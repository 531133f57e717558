/** Tests of the store's writes when the process dies in one, or the disk does not take it: old or new, never torn. */
import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { openStore } from "./open-store.ts";
import { endOtherProcesses, hearAll, otherProcess } from "./sample-process.ts";
import { driveTo, ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

/** One write of each kind, on a run that stands at PLANNED with attempt 1 of nothing open. */
const WRITES = {
  createRun: "store.createRun(newRun({ documentId: 'OTHER' }))",
  takeRun: "store.takeRun(runId)",
  move: "store.move(runId, { from: 'PLANNED', to: 'AWAITING_CUT_AUTHORIZATION', fence })",
  stop: "store.stop(runId, { state: 'PLANNED', stopCode: 'STOP_INTERRUPTED', message: 'x', fence })",
  note: "store.note(runId, { subject: 'x', facts: {}, fence })",
  consumeApproval: `store.consumeApproval(runId,
    { approvalId: 'a', gate: 'SG1', documentSha256: "0".repeat(64), cutplanSha256: "1".repeat(64), fence })`,
  beginPhase: "store.beginPhase(runId, { phase: 'pre_write_backup', attempt: 1, fence })",
  finishPhase: `store.finishPhase(runId, { phase: 'pre_write_backup', attempt: 1, outcome: 'done',
    payload: { a: "x".repeat(20_000) }, to: 'BACKED_UP', fence })`,
} as const;

type Verb = keyof typeof WRITES;

/** A closed store with a run where this write is the next one. */
async function readyFor(verb: Verb): Promise<{ place: string; runId: string; fence: number }> {
  const place = folders.next();
  const run = await sampleRun(place);
  const { runId, fence } = run.lock;
  driveTo(run, verb === "beginPhase" || verb === "finishPhase" ? "AWAITING_CUT_AUTHORIZATION" : "PLANNED");
  if (verb === "finishPhase") ok(run.store.beginPhase(runId, { phase: "pre_write_backup", attempt: 1, fence }));
  run.lock.release();
  run.store.close();
  return { place, runId, fence };
}

/** Everything that the store knows, in an order of its own. */
async function contentOf(place: string): Promise<string> {
  const store = ok(await openStore(place));
  ok(store.verifyChain());
  const runs = ok(store.runs());
  const content = { runs, events: ok(store.events()), phases: runs.map(({ runId }) => ok(store.phases(runId))) };
  const approval = ok(store.approval("a"));
  store.close();
  return JSON.stringify({ ...content, approval });
}

describe("a process that is killed in the middle of a write", () => {
  const points = ["store-transaction-begun", "store-event-appended", "store-before-commit", "store-committed"];
  for (const verb of Object.keys(WRITES) as Verb[]) {
    test(`leaves ${verb} undone, or done in full`, async () => {
      const outcomes = [];
      for (const point of points) {
        const { place, runId, fence } = await readyFor(verb);
        const before = await contentOf(place);
        const program = `
          const fence = ${fence};
          const store = ok(await openStore(place));
          process.env.CUTTER_CRASH_AT = "${point}";
          ${WRITES[verb]};
          say("alive");`;
        const child = otherProcess({ place, runId, code: program });
        const said = await hearAll(child);
        const undone = (await contentOf(place)) === before;
        outcomes.push({ point, said, ended: await child.ended, left: undone ? "old" : "new" });
      }
      expect(outcomes).toEqual(
        points.map((point) => {
          return { point, said: [], ended: "SIGKILL", left: point === "store-committed" ? "new" : "old" };
        }),
      );
    }, 30_000);
  }

  test("leaves no store, or a whole one, where it was the first", async () => {
    const outcomes = [];
    for (const point of ["store-written-aside", "store-in-place"]) {
      const place = folders.next();
      const program = `process.env.CUTTER_CRASH_AT = "${point}"; ok(await openStore(place)); say("alive");`;
      const child = otherProcess({ place, code: program });
      expect([point, await hearAll(child), await child.ended]).toEqual([point, [], "SIGKILL"]);
      outcomes.push([point, fs.existsSync(join(place, "cutter.db"))]);
      expect(JSON.parse(await contentOf(place))).toMatchObject({ runs: [], events: [] });
    }
    expect(outcomes).toEqual([
      ["store-written-aside", false],
      ["store-in-place", true],
    ]);
  });

  test("at any other moment leaves a store that fits together", async () => {
    for (let round = 0; round < 5; round++) {
      const { place, runId, fence } = await readyFor("note");
      const program = `
        const store = ok(await openStore(place));
        for (let turn = 0; turn < 10_000; turn++) {
          ok(store.note(runId, { subject: "turn", facts: { turn, text: "x".repeat(turn % 5000) }, fence: ${fence} }));
          if (turn % 20 === 0) say(turn);
        }`;
      const child = otherProcess({ place, runId, code: program });
      await child.heard();
      await Bun.sleep(10 + Math.random() * 60);
      child.signal("SIGKILL");
      const said = ((await hearAll(child)) as number[]).at(-1) ?? 0;
      const { events } = JSON.parse(await contentOf(place)) as { events: { data: { facts?: { turn: number } } }[] };
      // What the process was told is on disk, and nothing is left out before it.
      const turns = events.flatMap(({ data }) => data.facts?.turn ?? []);
      expect(turns).toEqual(turns.map((_, index) => index));
      expect(turns.length).toBeGreaterThan(said);
    }
  }, 30_000);
});

/** A program with a small disk of its own at `place`, which goes with it. */
function onSmallDisk(size: string, code: string, runId = ""): Promise<unknown[]> {
  const place = folders.next();
  fs.mkdirSync(place, { mode: 0o700 });
  const mount = `mount -t tmpfs -o size=${size},mode=0700 none "${place}"; exec "$0" "$@"`;
  const user = process.geteuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  return hearAll(otherProcess({ place, runId, code, below: ["unshare", ...user, "--mount", "sh", "-ec", mount] }));
}

const FILLER = `
  const filler = place + "/filler";
  const fill = () => {
    const file = fs.openSync(filler, "a", 0o600);
    try { for (let page = 0; page < 10_000; page++) fs.writeSync(file, Buffer.alloc(4096, 1)); }
    catch (error) { if (error.code !== "ENOSPC") throw error; }
    finally { fs.closeSync(file); }
  };
  const freeOnePage = () => fs.truncateSync(filler, Math.max(0, fs.statSync(filler).size - 4096));`;

describe("a disk that is full", () => {
  test("lets no write through in part, until there is room for all of it", async () => {
    const heard = await onSmallDisk(
      "2m",
      `${FILLER}
      let store = ok(await openStore(place));
      const run = ok(store.createRun(newRun()));
      const lock = ok(await acquireRunLock(store, run.runId));
      const attempt = { phase: "manifest", attempt: 1, fence: lock.fence };
      const before = JSON.stringify(ok(store.beginPhase(run.runId, attempt)));
      fill();
      const finish = { ...attempt, outcome: "done", payload: { text: "x".repeat(100_000) }, to: "MANIFESTED" };
      const codes = new Set();
      for (let turn = 0; turn < 400; turn++) {
        const finished = store.finishPhase(run.runId, finish);
        if (code(finished) === "no failure") { say({ turn, codes: [...codes] }); break; }
        codes.add(code(finished));
        if (JSON.stringify(ok(store.run(run.runId))) !== before) say("torn");
        if (turn % 10 === 0) {
          // A fresh look at the same files: it sees the old state, or says that it cannot look.
          const other = await openStore(place);
          if (code(other) === "no failure") {
            if (JSON.stringify(ok(other.run(run.runId))) !== before) say("torn for others");
            ok(other.verifyChain());
            other.close();
          } else codes.add(code(other));
        }
        freeOnePage();
      }
      ok(store.verifyChain());
      say(ok(store.run(run.runId)).state);
      say(ok(store.phases(run.runId)).length);`,
    );
    expect(heard).toEqual([{ turn: expect.any(Number), codes: ["FILE_WRITE_FAILED"] }, "MANIFESTED", 2]);
    expect((heard[0] as { turn: number }).turn).toBeGreaterThan(20);
  }, 30_000);

  test("leaves nothing half made of a store that finds no room", async () => {
    const heard = await onSmallDisk(
      "1m",
      `${FILLER}
      fill();
      for (let turn = 0; turn < 200; turn++) {
        const store = await openStore(place);
        if (code(store) === "no failure") { say({ enough: turn > 10 }); store.close(); break; }
        if (code(store) !== "FILE_WRITE_FAILED") say(store);
        // The file may be in place before SQLite finds no room for its own; it is whole then.
        const left = fs.readdirSync(place).filter((name) => name.endsWith(".partial"));
        if (left.length > 0) say(left);
        freeOnePage();
      }`,
    );
    expect(heard).toEqual([{ enough: true }]);
  }, 30_000);
});

test("a disk that cannot be written says so, and what is there stays", async () => {
  const heard = await onSmallDisk(
    "2m",
    `
    const store = ok(await openStore(place));
    const run = ok(store.createRun(newRun()));
    store.close();
    const bytes = () => fs.readdirSync(place).map((name) => name + Bun.hash(fs.readFileSync(place + "/" + name)));
    const before = bytes();
    // With "bind", which a user namespace may do as well.
    const remount = (how) => say(Bun.spawnSync(["mount", "-o", "remount,bind," + how, place]).exitCode);
    remount("ro");
    const readOnly = await openStore(place);
    if (code(readOnly) === "no failure") {
      say([ok(readOnly.run(run.runId)).state, code(readOnly.createRun(newRun())), code(readOnly.takeRun(run.runId))]);
    } else say(code(readOnly));
    say(bytes().join() === before.join());
    remount("rw");
    const again = ok(await openStore(place));
    ok(again.verifyChain());
    say(ok(again.run(run.runId)).state);`,
  );
  expect(heard).toEqual([0, "FILE_WRITE_FAILED", true, 0, "SURVEYED"]);
});

test("a writer that is stopped in the middle of its write makes others wait a bounded time, and say so", async () => {
  const { place, runId, fence } = await readyFor("note");
  const program = `
    const { Database } = await import("bun:sqlite");
    new Database(place + "/cutter.db").run("BEGIN IMMEDIATE");
    say("writing");
    await stay();`;
  const child = otherProcess({ place, runId, code: program });
  await child.heard();
  child.signal("SIGSTOP");
  const store = ok(await openStore(place));
  const start = performance.now();
  const refused = store.note(runId, { subject: "x", facts: {}, fence });
  const waited = performance.now() - start;
  expect(refused instanceof Failure && refused.code).toBe("STORE_BUSY");
  expect({ waited: waited > 4_000 && waited < 8_000, reads: ok(store.run(runId))?.state }).toEqual({
    waited: true,
    reads: "PLANNED",
  });
  child.signal("SIGKILL");
  await child.ended;
  ok(store.note(runId, { subject: "x", facts: {}, fence }));
  store.close();
}, 30_000);
