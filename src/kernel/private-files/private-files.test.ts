import { afterAll, expect, test } from "bun:test";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../clock.ts";
import { Failure } from "../failure.ts";
import { checkPrivateDirectory, openPrivateDirectory } from "./directory.ts";
import { readPrivateFile, readRegularFile, writePrivateFile } from "./file.ts";
import { stateDirectory } from "./state-directory.ts";

const root = fs.mkdtempSync(join(tmpdir(), "private-files-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));
const isRoot = process.geteuid?.() === 0;
let made = 0;

function scratch(): string {
  const directory = join(root, `case-${++made}`);
  fs.mkdirSync(directory, { mode: 0o700 });
  return directory;
}

function code(value: unknown): string {
  return value instanceof Failure ? value.code : "no failure";
}

function mode(path: string): string {
  return (fs.lstatSync(path).mode & 0o7777).toString(8);
}

test("a file comes back byte for byte, 0600, replaced in one step and with nothing left beside it", () => {
  const directory = scratch();
  const path = join(directory, "facts.json");
  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  const umask = process.umask(0);
  expect(writePrivateFile(path, "old")).toBeNull();
  expect(writePrivateFile(path, bytes)).toBeNull();
  process.umask(umask);
  const read = readPrivateFile(path, 300_000);
  expect(read instanceof Failure || Buffer.compare(read, bytes)).toBe(0);
  expect(mode(path)).toBe("600");
  expect(fs.readdirSync(directory)).toEqual(["facts.json"]);
});

test("a file one byte over its bound is refused, one at the bound is read", () => {
  const path = join(scratch(), "big");
  fs.writeFileSync(path, "123456", { mode: 0o600 });
  expect(code(readPrivateFile(path, 5))).toBe("FILE_UNREADABLE");
  expect(code(readPrivateFile(path, 6))).toBe("no failure");
  expect(code(readPrivateFile("/dev/zero", 6))).toBe("FILE_NOT_PRIVATE");
});

test("a missing file says ENOENT in its facts", () => {
  const missing = readPrivateFile(join(scratch(), "none"), 10);
  expect(missing instanceof Failure && [missing.code, missing.facts.errno]).toEqual(["FILE_UNREADABLE", "ENOENT"]);
});

test("a symbolic link is never followed, neither to read nor to write", () => {
  const directory = scratch();
  const victim = join(directory, "victim");
  const link = join(directory, "link");
  fs.writeFileSync(victim, "kept", { mode: 0o600 });
  fs.symlinkSync(victim, link);
  expect(code(readPrivateFile(link, 10))).toBe("FILE_NOT_PRIVATE");
  expect(code(readRegularFile(link, 10))).toBe("FILE_NOT_PRIVATE");
  expect(code(writePrivateFile(link, "evil"))).toBe("FILE_NOT_PRIVATE");
  expect(fs.readFileSync(victim, "utf8")).toBe("kept");
  expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
});

test("a FIFO with nobody at the other end is refused at once, and so are a directory and a device", () => {
  const directory = scratch();
  const fifo = join(directory, "fifo");
  execFileSync("mkfifo", ["-m", "600", fifo]);
  const start = performance.now();
  expect(code(readPrivateFile(fifo, 10))).toBe("FILE_NOT_PRIVATE");
  expect(code(writePrivateFile(fifo, "x"))).toBe("FILE_NOT_PRIVATE");
  expect(performance.now() - start).toBeLessThan(500);
  expect(code(readPrivateFile(directory, 10))).toBe("FILE_NOT_PRIVATE");
  expect(code(writePrivateFile(directory, "x"))).toBe("FILE_NOT_PRIVATE");
  expect(code(writePrivateFile("/dev/null", "x"))).toBe("FILE_NOT_PRIVATE");
  expect(fs.lstatSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("a file that group or others may touch is not private, by each single bit", () => {
  const path = join(scratch(), "key");
  fs.writeFileSync(path, "secret");
  for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
    fs.chmodSync(path, 0o600 | bit);
    expect(code(readPrivateFile(path, 10))).toBe("FILE_NOT_PRIVATE");
    expect(code(readRegularFile(path, 10))).toBe("no failure");
  }
  fs.chmodSync(path, 0o600);
  expect(code(readPrivateFile(path, 10))).toBe("no failure");
});

/** Things that belong to someone else: root gives them away, anyone else finds some of root's. */
function foreignThings() {
  if (!isRoot) return { file: "/etc/passwd", directory: "/", below: "/usr" };
  const directory = scratch();
  const file = join(scratch(), "file");
  fs.writeFileSync(file, "x", { mode: 0o600 });
  fs.chownSync(file, 12345, 12345);
  fs.mkdirSync(join(directory, "below"), { mode: 0o700 });
  fs.chownSync(directory, 12345, 12345);
  return { file, directory, below: join(directory, "below") };
}

test("a file, a directory or a parent of another owner is not private", () => {
  const { file, directory, below } = foreignThings();
  for (const outcome of [
    readPrivateFile(file, 10_000),
    openPrivateDirectory(directory),
    openPrivateDirectory(below),
    checkPrivateDirectory(below),
  ]) {
    expect(outcome instanceof Failure && outcome.code).toBe("FILE_NOT_PRIVATE");
    expect(outcome instanceof Failure && outcome.message).toMatch(/it belongs to user \d+, and this is user \d+/);
  }
});

test("a private directory is made with its parents, 0700 whatever the umask", () => {
  const path = join(scratch(), "a", "b");
  const umask = process.umask(0);
  expect(openPrivateDirectory(path)).toBe(path);
  process.umask(umask);
  expect([mode(path), mode(join(path, ".."))]).toEqual(["700", "700"]);
  expect(openPrivateDirectory(path)).toBe(path);
});

test("a directory that is open to others, a link, a file, or in a parent open to all is refused and left alone", () => {
  const directory = scratch();
  const open = join(directory, "open");
  fs.mkdirSync(open);
  for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
    fs.chmodSync(open, 0o700 | bit);
    expect(code(openPrivateDirectory(open))).toBe("FILE_NOT_PRIVATE");
    expect(mode(open)).toBe((0o700 | bit).toString(8));
  }
  fs.symlinkSync(directory, join(directory, "link"));
  fs.symlinkSync(join(directory, "nowhere"), join(directory, "dangling"));
  fs.writeFileSync(join(directory, "file"), "");
  for (const name of ["link", "dangling", "file"]) {
    expect([name, code(openPrivateDirectory(join(directory, name)))]).toEqual([name, "FILE_NOT_PRIVATE"]);
  }
  expect(code(openPrivateDirectory(join(directory, "file", "below")))).toBe("FILE_WRITE_FAILED");
  fs.chmodSync(directory, 0o777);
  expect(code(openPrivateDirectory(join(directory, "below")))).toBe("FILE_NOT_PRIVATE");
  fs.chmodSync(directory, 0o1777);
  expect(code(openPrivateDirectory(join(directory, "below")))).toBe("no failure");
  fs.chmodSync(directory, 0o700);
  expect(code(checkPrivateDirectory(join(directory, "none")))).toBe("FILE_UNREADABLE");
});

const fileModule = join(import.meta.dir, "file.ts");

test("on a full disk the old content stays whole and no partial file is left", () => {
  // A mount namespace of its own: the small disk goes when the child ends. Without root, a user namespace gives it.
  const child = `
    const { writePrivateFile } = await import(${JSON.stringify(fileModule)});
    const fs = await import("node:fs");
    const first = writePrivateFile("/mnt/f", "old");
    const second = writePrivateFile("/mnt/f", Buffer.alloc(200_000, 1));
    const left = fs.readdirSync("/mnt");
    const kept = fs.readFileSync("/mnt/f", "utf8");
    process.stdout.write(JSON.stringify([first, second?.code, second?.facts.errno, kept, left]));`;
  const outcome = spawnSync(
    "unshare",
    [
      ...(isRoot ? [] : ["--user", "--map-root-user"]),
      ...["--mount", "sh", "-ec", `mount -t tmpfs -o size=64k none /mnt; exec "$0" -e "$1"`],
      ...[process.execPath, child],
    ],
    { encoding: "utf8" },
  );
  expect({ stderr: outcome.stderr, stdout: outcome.stdout }).toEqual({
    stderr: "",
    stdout: JSON.stringify([null, "FILE_WRITE_FAILED", "ENOSPC", "old", ["f"]]),
  });
});

test("a writer killed at any moment leaves the old content or the new, never a torn one", async () => {
  const path = join(scratch(), "state");
  const child = `
    const { writePrivateFile } = await import(${JSON.stringify(fileModule)});
    for (let turn = 0; turn < 100_000; turn++) {
      writePrivateFile(${JSON.stringify(path)}, Buffer.alloc(500_000, 65 + (turn % 2)));
      if (turn === 3) process.stdout.write("going");
    }`;
  for (let round = 0; round < 4; round++) {
    const writer = spawn(process.execPath, ["-e", child], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => writer.once("exit", resolve));
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    await sleep(Math.random() * 10);
    writer.kill("SIGKILL");
    await ended;
    const read = readPrivateFile(path, 500_000);
    if (read instanceof Failure) throw new Error(read.message);
    expect({ bytes: read.byteLength, letters: new Set(read).size }).toEqual({ bytes: 500_000, letters: 1 });
  }
});

test("a write into a directory that is not there, or below a file, says so", () => {
  const directory = scratch();
  fs.writeFileSync(join(directory, "file"), "");
  expect(code(writePrivateFile(join(directory, "none", "x"), "x"))).toBe("FILE_WRITE_FAILED");
  expect(code(writePrivateFile(join(directory, "file", "x"), "x"))).toBe("FILE_WRITE_FAILED");
});

test("the state directory: flag, then CUTTER_STATE_DIR, then root's place, then XDG, then HOME", () => {
  const environment = { CUTTER_STATE_DIR: "/e", XDG_STATE_HOME: "/xdg", HOME: "/home/a" };
  const { CUTTER_STATE_DIR: _, ...unnamed } = environment;
  const user = { effectiveUser: 1000 };
  expect([
    stateDirectory(environment, { flag: "/f" }),
    stateDirectory(environment, user),
    stateDirectory({ ...environment, CUTTER_STATE_DIR: "" }, user),
    stateDirectory(unnamed, { effectiveUser: 0 }),
    stateDirectory({ ...unnamed, XDG_STATE_HOME: "relative" }, user),
    stateDirectory({ HOME: "/home/a" }, user),
    code(stateDirectory({}, user)),
    code(stateDirectory(environment, { flag: "" })),
  ]).toEqual([
    "/f",
    "/e",
    "/xdg/cutter",
    "/var/lib/cutter",
    "/home/a/.local/state/cutter",
    "/home/a/.local/state/cutter",
    "USAGE",
    "USAGE",
  ]);
  expect(stateDirectory({}, { flag: "here" })).toBe(join(process.cwd(), "here"));
});
