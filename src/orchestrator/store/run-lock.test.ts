/** Tests of the run lock with real processes: one holds it, whoever dies or stops; a former owner writes nothing. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { lockHolder } from "./lock-holder.ts";
import { openStore } from "./open-store.ts";
import { acquireRunLock } from "./run-lock.ts";
import { endOtherProcesses, hearAll, type OtherProcess, otherProcess } from "./sample-process.ts";
import { code, newRun, ok, sampleFolders, sampleRun } from "./sample-run.ts";
import type { Store } from "./store.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

/** A store with a run that nobody has taken yet. */
async function freeRun(): Promise<{ store: Store; place: string; runId: string }> {
  const place = folders.next();
  const store = ok(await openStore(place));
  return { store, place, runId: ok(store.createRun(newRun())).runId };
}

const HOLD = `
  const store = ok(await openStore(place));
  const lock = ok(await acquireRunLock(store, runId));
  say(lock.fence);
  await stay();`;

async function holder(place: string, runId: string): Promise<OtherProcess> {
  const process = otherProcess({ place, runId, code: HOLD });
  expect(await process.heard()).toBe(1);
  return process;
}

function lockPath(place: string, runId: string): string {
  return join(place, "locks", `${runId}.lock`);
}

test("a second process is refused, is told who holds the run, and gets it once that one is killed", async () => {
  const { store, place, runId } = await freeRun();
  const first = await holder(place, runId);
  const asked = performance.now();
  const refused = await acquireRunLock(store, runId);
  // Starters that come at the same moment get in each other's way, so none gives up at the first refusal.
  const waited = performance.now() - asked > 0.8 * limits.runLockWaitMs;
  expect(refused instanceof Failure && { code: refused.code, facts: refused.facts, waited }).toEqual({
    code: "STOP_LOCKED",
    facts: { run_id: runId, pid: first.pid, holder: "running" },
    waited: true,
  });
  first.signal("SIGKILL");
  expect(await first.ended).toBe("SIGKILL");
  const start = performance.now();
  const taken = ok(await acquireRunLock(store, runId));
  expect({ fence: taken.fence, soon: performance.now() - start < 250 }).toEqual({ fence: 2, soon: true });
  expect(lockHolder(lockPath(place, runId))).toEqual({ pid: process.pid, is: "running" });
  store.close();
});

test("of two processes at one run exactly one advances it", async () => {
  const { store, place, runId } = await freeRun();
  const advance = `
    const store = ok(await openStore(place));
    const lock = await acquireRunLock(store, runId);
    if (code(lock) !== "no failure") say(code(lock));
    else say(code(store.move(runId, { from: "SURVEYED", to: "STOPPED", fence: lock.fence })));
    await stay();`;
  const both = [otherProcess({ place, runId, code: advance }), otherProcess({ place, runId, code: advance })];
  const heard = await Promise.all(both.map((one) => one.heard()));
  for (const one of both) one.signal("SIGKILL");
  await Promise.all(both.map((one) => one.ended));
  expect(heard.sort()).toEqual(["STOP_LOCKED", "no failure"]);
  expect(ok(store.events(runId)).map(({ kind }) => kind)).toEqual(["run-created", "lock-acquired", "moved"]);
  store.close();
});

test("of twenty starters at the same moment one gets the run, in a store that was not there before", async () => {
  const place = folders.next();
  const start = `
    const go = place + ".go";
    const until = Date.now() + 20_000;
    say("ready");
    while (!fs.existsSync(go) && Date.now() < until) {}
    const store = ok(await openStore(place));
    const made = store.createRun(newRun({ mode: "live" }));
    const lock = await acquireRunLock(store, ok(store.openRunOf("ICX-CONST", "live")).runId);
    say({ made: code(made), lock: code(lock) });
    await stay();`;
  const starters = Array.from({ length: 20 }, () => otherProcess({ place, code: start }));
  await Promise.all(starters.map((one) => one.heard()));
  fs.writeFileSync(`${place}.go`, "");
  const heard = (await Promise.all(starters.map((one) => one.heard()))) as { made: string; lock: string }[];
  for (const one of starters) one.signal("SIGKILL");
  await Promise.all(starters.map((one) => one.ended));
  const count = (words: readonly string[]) => words.filter((word) => word === "no failure").length;
  expect({
    made: count(heard.map(({ made }) => made)),
    locked: count(heard.map(({ lock }) => lock)),
    others: new Set(heard.flatMap(({ made, lock }) => [made, lock])),
  }).toEqual({ made: 1, locked: 1, others: new Set(["no failure", "STOP_LOCKED"]) });
  const store = ok(await openStore(place));
  expect(ok(store.runs()).map(({ fence }) => fence)).toEqual([1]);
  ok(store.verifyChain());
  store.close();
}, 60_000);

test("a stopped process keeps the run, and whoever wants it is told that it is stopped", async () => {
  const { store, place, runId } = await freeRun();
  const first = await holder(place, runId);
  first.signal("SIGSTOP");
  const refused = await acquireRunLock(store, runId);
  expect(refused instanceof Failure && [refused.code, refused.facts.holder]).toEqual(["STOP_LOCKED", "stopped"]);
  expect(refused instanceof Failure && refused.message).toContain(
    `process ${first.pid}, which is stopped (SIGSTOP) and keeps it until it goes on or ends`,
  );
  first.signal("SIGKILL");
  await first.ended;
  expect(ok(await acquireRunLock(store, runId)).fence).toBe(2);
  store.close();
});

test("a child of the holder that lives on does not keep the run", async () => {
  const { store, place, runId } = await freeRun();
  const child = `const child = Bun.spawn(["sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] }); child.unref();`;
  const first = otherProcess({ place, runId, code: HOLD.replace("say(lock.fence);", `${child} say(child.pid);`) });
  const grandchild = (await first.heard()) as number;
  first.signal("SIGKILL");
  await first.ended;
  expect(code(await acquireRunLock(store, runId))).toBe("no failure");
  process.kill(grandchild, "SIGKILL");
  store.close();
});

test("what a dead holder leaves says nothing: the file is empty, and no reused process number can matter", async () => {
  const { store, place, runId } = await freeRun();
  const first = await holder(place, runId);
  first.signal("SIGKILL");
  await first.ended;
  const left = fs
    .readdirSync(join(place, "locks"))
    .map((name) => [name, fs.lstatSync(join(place, "locks", name)).size]);
  expect(left).toEqual([[`${runId}.lock`, 0]]);
  expect(lockHolder(lockPath(place, runId))).toBeNull();
  ok(await acquireRunLock(store, runId));
  store.close();
});

test("the same process does not get a run twice, and gives it back; the collector does not", async () => {
  const { store, lock } = await sampleRun(folders.next());
  const { runId, release } = lock;
  Bun.gc(true);
  expect(code(await acquireRunLock(store, runId))).toBe("STOP_LOCKED");
  release();
  release();
  const second = ok(await acquireRunLock(store, runId));
  release();
  expect(code(await acquireRunLock(store, runId))).toBe("STOP_LOCKED");
  second.release();
  store.close();
});

test("a holder that loses its lock by opening the file itself is kept from writing by the fence", async () => {
  const { store, place, runId } = await freeRun();
  const former = otherProcess({
    place,
    runId,
    code: `
      const store = ok(await openStore(place));
      const lock = ok(await acquireRunLock(store, runId));
      say(lock.fence);
      fs.readFileSync(place + "/locks/" + runId + ".lock");
      say("dropped");
      const until = Date.now() + 20_000;
      while (!fs.existsSync(place + ".taken") && Date.now() < until) {}
      say(code(store.move(runId, { from: "SURVEYED", to: "STOPPED", fence: lock.fence })));`,
  });
  expect([await former.heard(), await former.heard()]).toEqual([1, "dropped"]);
  // The hazard itself: the kernel has given the lock away although its holder lives.
  expect(ok(await acquireRunLock(store, runId)).fence).toBe(2);
  fs.writeFileSync(`${place}.taken`, "");
  expect(await hearAll(former)).toEqual(["STOP_LOCKED"]);
  expect(ok(store.run(runId))?.state).toBe("SURVEYED");
  store.close();
});

test("killed between the lock and the fence, a holder leaves the run as it was", async () => {
  const { store, place, runId } = await freeRun();
  const crash = `process.env.CUTTER_CRASH_AT = "run-lock-taken"; ${HOLD}`;
  expect(await otherProcess({ place, runId, code: crash }).ended).toBe("SIGKILL");
  expect(ok(store.run(runId))?.fence).toBe(0);
  expect(ok(await acquireRunLock(store, runId)).fence).toBe(1);
  store.close();
});

test("a lock file that holds something, is a link, a FIFO, or open to others is refused and left alone", async () => {
  const { store, place, runId } = await freeRun();
  const path = lockPath(place, runId);
  fs.mkdirSync(join(place, "locks"), { mode: 0o700 });
  const refused = async (make: () => void) => {
    make();
    const answer = code(await acquireRunLock(store, runId));
    fs.rmSync(path, { force: true });
    return answer;
  };
  const target = `${place}.target`;
  fs.writeFileSync(target, "", { mode: 0o600 });
  expect([
    await refused(() => fs.writeFileSync(path, "12345", { mode: 0o600 })),
    await refused(() => fs.copyFileSync(join(place, "cutter.db"), path)),
    await refused(() => fs.symlinkSync(target, path)),
    await refused(() => Bun.spawnSync(["mkfifo", "-m", "600", path])),
    await refused(() => fs.writeFileSync(path, "", { mode: 0o640 })),
    await refused(() => fs.mkdirSync(path, { mode: 0o700 })).catch(() => "a directory stays"),
  ]).toEqual([
    ...([
      "STORE_DAMAGED",
      "STORE_DAMAGED",
      "FILE_NOT_PRIVATE",
      "FILE_NOT_PRIVATE",
      "FILE_NOT_PRIVATE",
      "a directory stays",
    ] as const),
  ]);
  expect(code(await acquireRunLock(store, runId))).toBe("FILE_NOT_PRIVATE");
  fs.rmdirSync(path);
  fs.chmodSync(join(place, "locks"), 0o755);
  expect(code(await acquireRunLock(store, runId))).toBe("FILE_NOT_PRIVATE");
  fs.chmodSync(join(place, "locks"), 0o700);
  expect(code(await acquireRunLock(store, runId))).toBe("no failure");
  expect(code(await acquireRunLock(store, newRun().runId))).toBe("RUN_UNKNOWN");
  store.close();
});
