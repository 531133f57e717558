/** Tests of opening: private or refused, whole or refused, known or refused; and nothing is replaced or followed. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { openStore } from "./open-store.ts";
import { endOtherProcesses, otherProcess } from "./sample-process.ts";
import { code, driveTo, newRun, ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

const FILES = ["cutter.db", "cutter.db-wal", "cutter.db-shm"] as const;

/** A store with one run that has gone some way, closed: all of it is in cutter.db. */
async function closedStore(): Promise<{ place: string; path: string; runId: string }> {
  const place = folders.next();
  const run = await sampleRun(place);
  driveTo(run, "AWAITING_CUT_AUTHORIZATION");
  run.lock.release();
  run.store.close();
  expect(fs.readdirSync(place).sort()).toEqual(["cutter.db", "locks"]);
  return { place, path: join(place, "cutter.db"), runId: run.lock.runId };
}

/** A store whose process was killed: cutter.db, and what happened since in cutter.db-wal. */
async function killedStore(before = ""): Promise<{ place: string; path: string }> {
  const place = folders.next();
  const program = `
    const store = ok(await openStore(place));
    const run = ok(store.createRun(newRun()));
    const lock = ok(await acquireRunLock(store, run.runId));
    driveTo({ store, lock }, "AWAITING_CUT_AUTHORIZATION");
    ${before}
    process.kill(process.pid, "SIGKILL");`;
  expect(await otherProcess({ place, code: program }).ended).toBe("SIGKILL");
  expect(fs.readdirSync(place).sort()).toEqual([...FILES, "locks"].sort());
  return { place, path: join(place, "cutter.db") };
}

function bytesOf(place: string): readonly string[] {
  return fs.readdirSync(place).map((name) => {
    const path = join(place, name);
    return fs.lstatSync(path).isFile() ? `${name} ${sha256(fs.readFileSync(path))}` : name;
  });
}

/** Opens a store; the code of the refusal, and whether every file is as it was. */
async function refusal(place: string): Promise<{ code: string; message: string; untouched: boolean }> {
  const before = bytesOf(place);
  const store = await openStore(place);
  if (!(store instanceof Failure)) store.close();
  const message = store instanceof Failure ? store.message : "";
  return { code: code(store), message, untouched: bytesOf(place).join() === before.join() };
}

function raw(path: string, ...statements: readonly string[]): void {
  const database = new Database(path);
  for (const statement of statements) database.run(statement);
  database.close(true);
}

test("a new store is private whatever the umask, in WAL mode from its first byte, and whole", async () => {
  const place = folders.next();
  const umask = process.umask(0);
  const store = ok(await openStore(place));
  ok(store.createRun(newRun()));
  process.umask(umask);
  const modes = [".", ...FILES].map((name) => (fs.lstatSync(join(place, name)).mode & 0o7777).toString(8));
  expect(modes).toEqual(["700", "600", "600", "600"]);
  store.close();
  expect(fs.readdirSync(place)).toEqual(["cutter.db"]);
  expect([...fs.readFileSync(join(place, "cutter.db")).subarray(18, 20)]).toEqual([2, 2]);
  ok(await openStore(place)).close();
});

test("a file that others may touch, a link, a FIFO, a folder or another's is refused, each of the three", async () => {
  const { place } = await killedStore();
  const { file: foreign } = foreignFile();
  for (const name of FILES) {
    const path = join(place, name);
    const aside = `${place}.${name}`;
    for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
      fs.chmodSync(path, 0o600 | bit);
      expect([name, bit, await refusal(place)]).toEqual([
        ...([name, bit, { code: "FILE_NOT_PRIVATE", message: expect.any(String), untouched: true }] as const),
      ]);
    }
    fs.chmodSync(path, 0o600);
    fs.renameSync(path, aside);
    const stands = [
      () => fs.symlinkSync(aside, path),
      () => fs.symlinkSync(join(place, "nowhere"), path),
      () => Bun.spawnSync(["mkfifo", "-m", "600", path]),
      () => fs.mkdirSync(path, { mode: 0o700 }),
      () => foreign(path),
    ];
    for (const put of stands) {
      put();
      const names = fs.readdirSync(place);
      expect([name, code(await openStore(place))]).toEqual([name, "FILE_NOT_PRIVATE"]);
      expect(fs.readdirSync(place)).toEqual(names);
      fs.rmSync(path, { recursive: true });
    }
    fs.renameSync(aside, path);
  }
  ok(await openStore(place)).close();
});

/** Puts a file of another owner at a path: root gives one away; anyone else links to one of root's. */
function foreignFile(): { file: (path: string) => void } {
  if (process.geteuid?.() !== 0) return { file: (path) => fs.symlinkSync("/etc/passwd", path) };
  return {
    file: (path) => {
      fs.writeFileSync(path, "x", { mode: 0o600 });
      fs.chownSync(path, 12345, 12345);
    },
  };
}

test("a directory that others may enter, or that is a link, is refused", async () => {
  const { place } = await closedStore();
  fs.chmodSync(place, 0o750);
  expect(code(await openStore(place))).toBe("FILE_NOT_PRIVATE");
  fs.chmodSync(place, 0o700);
  fs.symlinkSync(place, `${place}.link`);
  expect(code(await openStore(`${place}.link`))).toBe("FILE_NOT_PRIVATE");
  fs.writeFileSync(`${place}.file`, "");
  expect(code(await openStore(`${place}.file`))).toBe("FILE_NOT_PRIVATE");
  expect(code(await openStore(join(`${place}.file`, "below")))).toBe("FILE_WRITE_FAILED");
});

test("a newer store, another program's file, and what is no SQLite file are refused and left alone", async () => {
  const { place, path } = await closedStore();
  const whole = fs.readFileSync(path);
  raw(path, "PRAGMA user_version = 2");
  expect(await refusal(place)).toMatchObject({ code: "STORE_TOO_NEW", untouched: true });
  raw(path, "PRAGMA user_version = 0");
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  raw(path, "PRAGMA user_version = 1", "PRAGMA application_id = 1");
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  for (const content of ["", "x", "not a database\n".repeat(1000), Buffer.alloc(8192), whole.subarray(0, 4000)]) {
    fs.writeFileSync(path, content);
    expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  }
  fs.writeFileSync(path, whole);
  raw(path, "PRAGMA journal_mode = DELETE");
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  fs.writeFileSync(path, whole);
  expect(await refusal(place)).toMatchObject({ code: "no failure" });
});

test("whoever imports the store does not load SQLite with it", () => {
  const sources = fs.readdirSync(import.meta.dir).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const eager = sources.filter((name) => {
    return /^import (?!type ).*"bun:sqlite"/m.test(fs.readFileSync(join(import.meta.dir, name), "utf8"));
  });
  expect({ eager, looked: sources.length > 15 }).toEqual({ eager: [], looked: true });
});

test("a store that is gone is not taken for one that never was", async () => {
  const { place, path, runId } = await closedStore();
  fs.rmSync(path);
  const gone = await refusal(place);
  expect(gone).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  expect(gone.message).toContain(`${runId}.lock says that there were runs`);
  for (const companion of ["-wal", "-shm", "-journal"]) {
    const torn = folders.next();
    fs.mkdirSync(torn, { mode: 0o700 });
    fs.writeFileSync(join(torn, `cutter.db${companion}`), "", { mode: 0o600 });
    expect(await refusal(torn)).toMatchObject({ code: "STORE_DAMAGED", untouched: true });
  }
});

test("a store without one of its triggers, indexes or checks is refused", async () => {
  const { place, path } = await closedStore();
  const whole = fs.readFileSync(path);
  const names = new Database(path, { readonly: true })
    .query("SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL")
    .values()
    .flat();
  expect(names.length).toBe(13);
  for (const name of names) {
    raw(path, `DROP ${name}`);
    expect([name, (await refusal(place)).code]).toEqual([name, "STORE_DAMAGED"]);
    fs.writeFileSync(path, whole);
  }
  raw(path, "CREATE TABLE more (a)");
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED" });
});

/** What a store says when its bytes were damaged: a refusal, or events that are a beginning of the true ones. */
async function judgeDamage(
  place: string,
  truth: readonly string[],
): Promise<"refused" | "altered" | "older" | "whole"> {
  const store = await openStore(place);
  if (store instanceof Failure) {
    expect(["STORE_DAMAGED", "STORE_TOO_NEW"]).toContain(store.code);
    return "refused";
  }
  try {
    const verdict = store.verifyChain();
    if (verdict instanceof Failure) {
      expect(["EVIDENCE_ALTERED", "STORE_DAMAGED"]).toContain(verdict.code);
      return "altered";
    }
    const events = ok(store.events()).map(({ sha256 }) => sha256);
    expect(events).toEqual(truth.slice(0, events.length));
    for (const { runId } of ok(store.runs())) ok(store.phases(runId));
    return events.length === truth.length ? "whole" : "older";
  } finally {
    store.close();
  }
}

async function truthOf(place: string): Promise<readonly string[]> {
  const copy = `${place}.copy`;
  fs.cpSync(place, copy, { recursive: true });
  const store = ok(await openStore(copy));
  const truth = ok(store.events()).map(({ sha256 }) => sha256);
  store.close();
  return truth;
}

const STRIDE_BYTES = 211;

test("a flipped bit in the database is refused, found by the chain, or harmless; never believed", async () => {
  const { place, path } = await closedStore();
  const whole = fs.readFileSync(path);
  const truth = await truthOf(place);
  const seen = new Map<string, number>();
  for (let at = 0; at < whole.length; at += STRIDE_BYTES) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at % 8)), at);
    fs.writeFileSync(path, damaged);
    const verdict = await judgeDamage(place, truth);
    seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
  }
  // Without a log there is nothing to fall back to, so nothing can be older.
  expect([...seen.keys()].sort()).toEqual(["altered", "refused", "whole"]);
}, 60_000);

test("a database that was cut at any length is refused, and stays as it was cut", async () => {
  const { place, path } = await closedStore();
  const whole = fs.readFileSync(path);
  for (let length = 0; length < whole.length; length += 4096 - 511) {
    fs.writeFileSync(path, whole.subarray(0, length));
    expect([length, await refusal(place)]).toEqual([
      length,
      { code: "STORE_DAMAGED", message: expect.any(String), untouched: true },
    ]);
  }
}, 60_000);

/** Every cut and a flip at each place of the log of a killed process; what the store said of them. */
async function damageLog(place: string): Promise<readonly string[]> {
  const truth = await truthOf(place);
  const whole = FILES.map((name) => fs.readFileSync(join(place, name)));
  const log = whole[1] ?? Buffer.alloc(0);
  const verdicts = new Set<string>();
  const judge = async (bytes: Buffer) => {
    for (const [index, name] of FILES.entries()) {
      fs.writeFileSync(join(place, name), name.endsWith("-wal") ? bytes : (whole[index] ?? ""), { mode: 0o600 });
    }
    verdicts.add(await judgeDamage(place, truth));
  };
  // 150 places, each at another offset of its page.
  for (let at = 0; at < log.length; at += Math.floor(log.length / 150) | 1) {
    await judge(log.subarray(0, at));
    const flipped = Buffer.from(log);
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
    await judge(flipped);
  }
  await judge(log);
  return [...verdicts].sort();
}

test("a log that was cut or has a flipped bit gives the state of an earlier moment, never a torn one", async () => {
  const { place } = await killedStore();
  expect(await damageLog(place)).toEqual(["older", "whole"]);
}, 60_000);

test("a damaged log whose pages are in the database already makes a torn state, which is refused", async () => {
  const { place } = await killedStore(`
    for (let turn = 0; turn < 40; turn++) {
      ok(store.note(run.runId, { fence: lock.fence, subject: "turn", facts: { text: "x".repeat(400) } }));
    }
    const { Database } = await import("bun:sqlite");
    new Database(place + "/cutter.db").run("PRAGMA wal_checkpoint(PASSIVE)");`);
  // Old pages of the log lie over newer ones of the database: what they make together is not believed.
  expect(await damageLog(place)).toEqual(expect.arrayContaining(["refused", "whole"]));
}, 60_000);
