/** Tests of the manifest of a tree: everything is in it, nothing is followed or opened that should not be. */
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../kernel/digest.ts";
import { type TreeManifest, takeTreeManifest } from "../integrity.ts";
import type { TreeEntry } from "./entry.ts";
import { nameText } from "./name-text.ts";

const root = fs.mkdtempSync(join(tmpdir(), "cutter-integrity-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

let made = 0;
/** A new folder with these files, 0755 and 0644. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = join(root, `case-${++made}`);
  fs.mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(join(path, name, ".."), { recursive: true });
    fs.writeFileSync(join(path, name), content);
    fs.chmodSync(join(path, name), 0o644);
  }
  return path;
}

function owner(): string {
  return `${process.geteuid?.()}:${process.getegid?.()}`;
}

function entry(manifest: TreeManifest, path: string): TreeEntry {
  const found = manifest.entries.find((one) => one.path === path);
  if (found === undefined) throw new Error(`${path} is not in ${manifest.entries.map((one) => one.path).join()}`);
  return found;
}

/** Path, type, and what it lacks. */
function outline({ entries }: TreeManifest): string[] {
  return entries.map(({ path, type, gap }) => `${path} ${type}${gap === null ? "" : ` (${gap.state}: ${gap.detail})`}`);
}

test("a manifest holds everything in order, with the digest that sha256sum computes", async () => {
  const tree = folder({ "b.txt": "two", "a/z.txt": "one", "a.txt": "" });
  const manifest = await takeTreeManifest(tree);
  const bare = { bytes: null, sha256: null, target: null, modifiedAt: null, gap: null, owner: owner() };
  const directory = { ...bare, type: "directory", mode: "0755" } as const;
  const file = { ...bare, type: "file", mode: "0644" } as const;
  const sums = spawnSync("sha256sum", [join(tree, "b.txt")]).stdout.toString();
  expect(manifest.entries).toEqual([
    { ...directory, path: "." },
    { ...directory, path: "a" },
    { ...file, path: "a.txt", bytes: 0, sha256: sha256("") },
    { ...file, path: "a/z.txt", bytes: 3, sha256: sha256("one") },
    { ...file, path: "b.txt", bytes: 3, sha256: sums.slice(0, 64) },
  ]);
  const { gaps, stopped, bytes } = manifest;
  expect({ tree: manifest.tree, gaps, stopped, bytes }).toEqual({ tree, gaps: 0, stopped: null, bytes: 6 });
});

test("the digest is the same for the same content elsewhere and later, and another for any difference", async () => {
  const files = { "a/x": "1", b: "2" };
  const tree = folder(files);
  const digests = new Map<string, string>();
  const keep = async (name: string, path: string): Promise<void> => {
    digests.set(name, (await takeTreeManifest(path)).digest);
  };
  await keep("first", tree);
  fs.utimesSync(join(tree, "b"), 1, 1);
  await keep("touched", tree);
  await keep("elsewhere", folder(files));
  await keep("content", folder({ ...files, b: "3" }));
  await keep("name", folder({ "a/y": "1", b: "2" }));
  fs.chmodSync(join(tree, "b"), 0o600);
  await keep("mode", tree);
  const { first, touched, elsewhere, ...others } = Object.fromEntries(digests);
  expect({ touched, elsewhere }).toEqual({ touched: first, elsewhere: first });
  expect(new Set([first, ...Object.values(others)]).size).toBe(4);
});

test("a link is an entry with its target, is never followed, and a loop of links is no loop", async () => {
  const outside = folder({ "secret.txt": "not of this tree" });
  const tree = folder({ "real.txt": "x" });
  fs.symlinkSync(outside, join(tree, "to-directory"));
  fs.symlinkSync(join(outside, "secret.txt"), join(tree, "to-file"));
  fs.symlinkSync(".", join(tree, "loop"));
  fs.symlinkSync("two", join(tree, "one"));
  fs.symlinkSync("one", join(tree, "two"));
  const manifest = await takeTreeManifest(tree);
  expect(manifest.entries.map(({ path, type, target }) => [path, type, target])).toEqual([
    [".", "directory", null],
    ["loop", "link", "."],
    ["one", "link", "two"],
    ["real.txt", "file", null],
    ["to-directory", "link", outside],
    ["to-file", "link", join(outside, "secret.txt")],
    ["two", "link", "one"],
  ]);
  expect({ gaps: manifest.gaps, bytes: manifest.bytes }).toEqual({ gaps: 0, bytes: 1 });
});

test("a tree that is a link itself is a gap: what it points to was not looked at", async () => {
  const link = join(root, "tree-link");
  fs.symlinkSync(folder({ a: "1" }), link);
  const manifest = await takeTreeManifest(link);
  expect({ outline: outline(manifest), gaps: manifest.gaps }).toEqual({
    outline: [". link (not read: the tree is a link: name the place that it points to)"],
    gaps: 1,
  });
});

test("a tree that is one file is a manifest of that file; one that is not there is a gap", async () => {
  const tree = folder({ a: "1" });
  expect(outline(await takeTreeManifest(join(tree, "a")))).toEqual([". file"]);
  const missing = await takeTreeManifest(join(tree, "none"));
  expect({ outline: outline(missing), gaps: missing.gaps }).toEqual({
    outline: [". absent (not read: ENOENT)"],
    gaps: 1,
  });
});

test("a FIFO, a socket and a device are named and never opened, so that nothing waits", async () => {
  const tree = folder({ "file.txt": "x" });
  spawnSync("mkfifo", [join(tree, "pipe")]);
  const server = createServer().listen(join(tree, "socket"));
  await new Promise((listening) => server.once("listening", listening));
  const manifest = await takeTreeManifest(tree, { timeMs: 5000 });
  server.close();
  expect({ outline: outline(manifest), stopped: manifest.stopped }).toEqual({
    outline: [". directory", "file.txt file", "pipe FIFO", "socket socket"],
    stopped: null,
  });
  const device = await takeTreeManifest("/dev/zero");
  expect(device.entries).toMatchObject([{ path: ".", type: "character device", sha256: null, target: "device 261" }]);
});

test("names that are no UTF-8, or hold a backslash, stay apart", async () => {
  const tree = folder();
  const names = [Buffer.from("a\xff", "latin1"), Buffer.from("a\\xff"), Buffer.from("été\n"), Buffer.from("\ufeffa")];
  for (const name of names) fs.writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), name]), name);
  fs.symlinkSync(Buffer.from("\xfe", "latin1"), join(tree, "link"));
  const manifest = await takeTreeManifest(tree);
  const found = manifest.entries
    .filter(({ type }) => type === "file")
    .map(({ path, sha256: digest }) => [path, digest]);
  expect(new Map(found as [string, string][])).toEqual(new Map(names.map((name) => [nameText(name), sha256(name)])));
  expect(new Set(found.map(([path]) => path))).toEqual(new Set(["a\\xff", "a\\\\xff", "été\n", "\ufeffa"]));
  expect(entry(manifest, "link").target).toBe("\\xfe");
});

/** What the manifest says to somebody who is not root, taken in a process of that user. */
function asNobody(tree: string): TreeManifest {
  const program = `import { takeTreeManifest } from ${JSON.stringify(join(import.meta.dirname, "../integrity.ts"))};
    process.stdout.write(JSON.stringify(await takeTreeManifest(${JSON.stringify(tree)})));`;
  const user = process.geteuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const [command = "", ...words] = [...user, process.execPath, "-e", program];
  const run = spawnSync(command, words, { cwd: "/", env: { PATH: process.env.PATH ?? "", HOME: "/" } });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as TreeManifest;
}

test("what may not be read is named with the reason, and keeps what is known of it", () => {
  const tree = folder({ "open.txt": "1", "closed.txt": "secret", "closed/in.txt": "2", "listed/in.txt": "3" });
  fs.chmodSync(root, 0o755);
  fs.chmodSync(join(tree, "closed.txt"), 0o000);
  fs.chmodSync(join(tree, "closed"), 0o000);
  // May be listed, but nothing in it may be looked at.
  fs.chmodSync(join(tree, "listed"), 0o444);
  const manifest = asNobody(tree);
  for (const name of ["closed", "listed"]) fs.chmodSync(join(tree, name), 0o755);
  expect({ outline: outline(manifest), gaps: manifest.gaps }).toEqual({
    outline: [
      ". directory",
      "closed directory (not read: EACCES)",
      "closed.txt file (not read: EACCES)",
      "listed directory",
      "listed/in.txt unknown (not read: EACCES)",
      "open.txt file",
    ],
    gaps: 3,
  });
  const { bytes, sha256: digest, modifiedAt, mode } = entry(manifest, "closed.txt");
  const modified = `${fs.statSync(join(tree, "closed.txt"), { bigint: true }).mtimeNs}`;
  expect({ bytes, digest, modifiedAt, mode }).toEqual({ bytes: 6, digest: null, modifiedAt: modified, mode: "0000" });
});

test("a file that is written to while it is read is said to have changed", async () => {
  const tree = folder({ "quiet.txt": "x" });
  const log = join(tree, "log");
  fs.writeFileSync(log, Buffer.alloc(48 * 1024 * 1024));
  let finished = false;
  const taken = takeTreeManifest(tree).finally(() => {
    finished = true;
  });
  while (!finished) {
    fs.appendFileSync(log, "line\n");
    await Bun.sleep(1);
  }
  expect(outline(await taken)).toEqual([
    ". directory",
    "log file (changed while it was read: it was written to)",
    "quiet.txt file",
  ]);
});

test("a name that comes or is replaced while a directory is read is said, at the directory", async () => {
  const tree = folder({ "a.txt": "x", "sub/b.txt": "y" });
  fs.writeFileSync(join(tree, "large"), Buffer.alloc(48 * 1024 * 1024));
  let isTaken = false;
  const taken = takeTreeManifest(tree).finally(() => {
    isTaken = true;
  });
  for (let serial = 0; !isTaken; serial += 1) {
    fs.writeFileSync(join(tree, `new-${serial}.txt`), "z");
    await Bun.sleep(1);
  }
  const manifest = await taken;
  expect(entry(manifest, ".").gap).toEqual({
    state: "changed while it was read",
    detail: "names in it came, went or were replaced",
  });
  expect(entry(manifest, "sub").gap).toBeNull();
});

test("each bound ends the walk or leaves a gap that says so", async () => {
  const tree = folder({ a: "12345", b: "12345", c: "12345", "d/e/f": "" });
  const few = await takeTreeManifest(tree, { entries: 3 });
  expect({ outline: outline(few), stopped: few.stopped }).toEqual({
    outline: [". directory", "a file", "b file"],
    stopped: "more than 3 entries",
  });
  const small = await takeTreeManifest(tree, { bytes: 12 });
  expect({ outline: outline(small).slice(1, 4), gaps: small.gaps, bytes: small.bytes }).toEqual({
    outline: ["a file", "b file", "c file (not read: larger than the 2 bytes that the bound leaves)"],
    gaps: 1,
    bytes: 10,
  });
  const shallow = await takeTreeManifest(tree, { depth: 2 });
  expect(outline(shallow).slice(4)).toEqual(["d directory", "d/e directory (not read: below 2 directories)"]);
  const exact = await takeTreeManifest(tree, { entries: 7, bytes: 15, depth: 3 });
  expect({ stopped: exact.stopped, gaps: exact.gaps }).toEqual({ stopped: null, gaps: 0 });
});

test("the time limit ends a walk in the middle of a large file, and says so", async () => {
  const tree = folder();
  const file = fs.openSync(join(tree, "sparse"), "w");
  fs.ftruncateSync(file, 8 * 1024 * 1024 * 1024);
  fs.closeSync(file);
  const start = performance.now();
  const manifest = await takeTreeManifest(tree, { timeMs: 100 });
  expect(performance.now() - start).toBeLessThan(2000);
  expect({ outline: outline(manifest), stopped: manifest.stopped }).toEqual({
    outline: [". directory"],
    stopped: "more than 100 ms",
  });
});

test("a tree of 5,000 files is complete, and each of them is in it once", async () => {
  const tree = folder();
  const names = Array.from({ length: 5000 }, (_, n) => `d${n % 50}/f${n}`);
  for (let n = 0; n < 50; n++) fs.mkdirSync(join(tree, `d${n}`));
  for (const name of names) fs.writeFileSync(join(tree, name), name);
  const manifest = await takeTreeManifest(tree);
  const files = manifest.entries.filter(({ type }) => type === "file");
  expect(files.map(({ path }) => path)).toEqual([...names].sort());
  expect(files.filter(({ path, sha256: digest }) => digest !== sha256(path))).toEqual([]);
  expect({ all: manifest.entries.length, gaps: manifest.gaps }).toEqual({ all: 5051, gaps: 0 });
}, 60_000);

test("a manifest is JSON that reads back as itself", async () => {
  const manifest = await takeTreeManifest(folder({ a: "1" }));
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
});
