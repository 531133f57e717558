/** Tests of opening: private or refused, whole or refused, known or refused; and nothing is replaced or followed. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { openStore } from "./open-store.ts";
import { closedStore, FILES, killedStore, refusal } from "./sample-files.ts";
import { endOtherProcesses } from "./sample-process.ts";
import { code, newRun, ok, sampleFolders } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);
afterAll(endOtherProcesses);

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
  const { place } = await killedStore(folders.next());
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
      const refused = await openStore(place);
      expect([name, code(refused)]).toEqual([name, "FILE_NOT_PRIVATE"]);
      const isLink = fs.lstatSync(path).isSymbolicLink();
      expect(refused instanceof Failure && refused.message.endsWith("it is a symbolic link")).toBe(isLink);
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
  const { place } = await closedStore(folders.next());
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
  const { place, path } = await closedStore(folders.next());
  const whole = fs.readFileSync(path);
  raw(path, "PRAGMA user_version = 3");
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
  const sources = fs.readdirSync(import.meta.dir).filter((name) => /^(?!sample-).*(?<!\.test)\.ts$/.test(name));
  const eager = sources.filter((name) => {
    return /^import (?!type ).*"bun:sqlite"/m.test(fs.readFileSync(join(import.meta.dir, name), "utf8"));
  });
  expect({ eager, looked: sources.length > 15 }).toEqual({ eager: [], looked: true });
});

test("a store that is gone is not taken for one that never was", async () => {
  const { place, path, runId } = await closedStore(folders.next());
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
  const { place, path } = await closedStore(folders.next());
  const whole = fs.readFileSync(path);
  const names = new Database(path, { readonly: true })
    .query("SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL")
    .values()
    .flat();
  expect(names.length).toBe(17);
  for (const name of names) {
    raw(path, `DROP ${name}`);
    expect([name, (await refusal(place)).code]).toEqual([name, "STORE_DAMAGED"]);
    fs.writeFileSync(path, whole);
  }
  raw(path, "CREATE TABLE more (a)");
  expect(await refusal(place)).toMatchObject({ code: "STORE_DAMAGED" });
});
