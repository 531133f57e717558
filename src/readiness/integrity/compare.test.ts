/** Tests of the comparison of two manifests: every change is seen, and what was not seen is not called equal. */
import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Facts } from "../../kernel/failure.ts";
import { type TreeManifest, takeTreeManifest } from "../integrity.ts";
import { compareTrees, type TreeComparison } from "./compare.ts";

const root = fs.mkdtempSync(join(tmpdir(), "cutter-compare-"));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

let made = 0;
function tree(): string {
  const path = join(root, `case-${++made}`);
  fs.mkdirSync(join(path, "conf.d"), { recursive: true });
  fs.writeFileSync(join(path, "app.conf"), "port = 1\n");
  fs.writeFileSync(join(path, "conf.d", "one.conf"), "one\n");
  fs.symlinkSync("app.conf", join(path, "current"));
  return path;
}

/** What the comparison says of a change that is made between two manifests. */
async function after(change: (path: string) => void, path: string = tree()): Promise<TreeComparison> {
  const before = await takeTreeManifest(path);
  change(path);
  return compareTrees(before, await takeTreeManifest(path));
}

function summary({ verdict, added, removed, changed, notCompared }: TreeComparison) {
  const changes = changed.map(({ path, what }) => `${path}: ${what.join()}`);
  const unsure = notCompared.map(({ path, manifest, reason }) => `${path} ${manifest}: ${reason}`);
  return { verdict, added, removed, changed: changes, notCompared: unsure };
}

const SAME: ReturnType<typeof summary> = { verdict: "unchanged", added: [], removed: [], changed: [], notCompared: [] };

test("a tree that nobody touched is unchanged, and so is one that was read and touched", async () => {
  const untouched = await after(() => {});
  expect(summary(untouched)).toEqual(SAME);
  expect(untouched.digestAfter).toBe(untouched.digestBefore);
  const touched = await after((path) => fs.utimesSync(join(path, "app.conf"), 1, 1));
  expect(summary(touched)).toEqual(SAME);
});

const isRoot = process.geteuid?.() === 0;

const CHANGES: readonly (readonly [string, (path: string) => void, Partial<ReturnType<typeof summary>>])[] = [
  ["a file that came", (path) => fs.writeFileSync(join(path, "new"), ""), { added: ["new"] }],
  ["a file that went", (path) => fs.rmSync(join(path, "app.conf")), { removed: ["app.conf"] }],
  [
    "a folder that went",
    (path) => fs.rmSync(join(path, "conf.d"), { recursive: true }),
    { removed: ["conf.d", "conf.d/one.conf"] },
  ],
  [
    "one byte of the same length, with the old time put back",
    (path) => {
      const file = join(path, "app.conf");
      const { atime, mtime } = fs.statSync(file);
      fs.writeFileSync(file, "port = 2\n");
      fs.utimesSync(file, atime, mtime);
    },
    { changed: ["app.conf: content"] },
  ],
  ["a mode", (path) => fs.chmodSync(join(path, "app.conf"), 0o4755), { changed: ["app.conf: mode"] }],
  ["the mode of the tree itself", (path) => fs.chmodSync(path, 0o700), { changed: [".: mode"] }],
  [
    "where a link points to",
    (path) => {
      fs.rmSync(join(path, "current"));
      fs.symlinkSync("conf.d", join(path, "current"));
    },
    { changed: ["current: target"] },
  ],
  [
    "a file that became a link to the same content",
    (path) => {
      fs.renameSync(join(path, "app.conf"), join(path, "conf.d", "app.conf"));
      fs.symlinkSync("conf.d/app.conf", join(path, "app.conf"));
    },
    { added: ["conf.d/app.conf"], changed: ["app.conf: type"] },
  ],
  [
    "a file that became a FIFO",
    (path) => {
      fs.rmSync(join(path, "app.conf"));
      spawnSync("mkfifo", [join(path, "app.conf")]);
    },
    { changed: ["app.conf: type"] },
  ],
  [
    "the whole tree",
    (path) => fs.rmSync(path, { recursive: true }),
    {
      removed: ["app.conf", "conf.d", "conf.d/one.conf", "current"],
      changed: [".: type"],
      notCompared: [". after: not read: ENOENT"],
    },
  ],
];

for (const [name, change, expected] of CHANGES) {
  test(`${name} is seen`, async () => {
    const comparison = await after(change);
    expect(summary(comparison)).toEqual({ ...SAME, verdict: "changed", ...expected });
    expect(comparison.digestAfter).not.toBe(comparison.digestBefore);
  });
}

test("an owner or group that changed is seen", async () => {
  // Only root may give a file away; anybody else may be shown one whose manifest says so.
  const before = await takeTreeManifest(tree());
  if (isRoot) fs.chownSync(join(before.tree, "app.conf"), 12345, 12345);
  const taken = await takeTreeManifest(before.tree);
  const given = (manifest: TreeManifest): TreeManifest => ({
    ...manifest,
    entries: manifest.entries.map((one) => (one.path === "app.conf" ? { ...one, owner: "12345:12345" } : one)),
  });
  expect(summary(compareTrees(before, isRoot ? taken : given(taken))).changed).toEqual(["app.conf: owner"]);
});

test("a tree that came is a change, and what stands in it was added", async () => {
  const path = join(root, "comes-later");
  const comparison = await after(() => fs.cpSync(tree(), path, { recursive: true, verbatimSymlinks: true }), path);
  expect(summary(comparison)).toMatchObject({
    verdict: "changed",
    added: ["app.conf", "conf.d", "conf.d/one.conf", "current"],
    changed: [".: type"],
  });
});

test("a tree that is absent both times is not unchanged", async () => {
  const comparison = await after(() => {}, join(root, "never"));
  expect(summary(comparison)).toEqual({
    ...SAME,
    verdict: "not comparable",
    notCompared: [". before: not read: ENOENT", ". after: not read: ENOENT"],
  });
});

/** As if something could not be read when the manifest was taken. */
function unread(manifest: TreeManifest, path: string): TreeManifest {
  const gap = { state: "not read", detail: "EACCES" } as const;
  const entries = manifest.entries
    .filter((one) => !one.path.startsWith(`${path}/`))
    .map((one) => (one.path === path ? { ...one, sha256: null, modifiedAt: "7", gap } : one));
  return { ...manifest, entries, gaps: 1 };
}

test("what is behind a folder that could not be read is neither added nor removed nor the same", async () => {
  const whole = await takeTreeManifest(tree());
  expect(summary(compareTrees(whole, unread(whole, "conf.d")))).toEqual({
    ...SAME,
    verdict: "not comparable",
    notCompared: ["conf.d after: not read: EACCES", "conf.d/one.conf after: conf.d was not read: EACCES"],
  });
  expect(summary(compareTrees(unread(whole, "conf.d"), whole)).added).toEqual([]);
});

test("a file that could not be read is compared by size and time, and equal ones prove nothing", async () => {
  const whole = await takeTreeManifest(tree());
  const closed = unread(whole, "app.conf");
  expect(summary(compareTrees(closed, closed)).verdict).toBe("not comparable");
  expect(summary(compareTrees(whole, closed)).verdict).toBe("not comparable");
  const closedWith = (change: object): TreeManifest => ({
    ...closed,
    entries: closed.entries.map((one) => (one.path === "app.conf" ? { ...one, ...change } : one)),
  });
  expect(summary(compareTrees(closed, closedWith({ modifiedAt: "8" }))).changed).toEqual(["app.conf: time"]);
  expect(summary(compareTrees(whole, closedWith({ bytes: 8 }))).changed).toEqual(["app.conf: size"]);
});

test("after a walk that stopped nothing counts as removed", async () => {
  const path = tree();
  const whole = await takeTreeManifest(path);
  const cut = await takeTreeManifest(path, { entries: 2 });
  const compared = summary(compareTrees(whole, cut));
  expect({ verdict: compared.verdict, removed: compared.removed, first: compared.notCompared[0] }).toEqual({
    verdict: "not comparable",
    removed: [],
    first: ". after: the walk stopped: more than 2 entries",
  });
  expect(compared.notCompared.length).toBe(4);
});

test("manifests of two trees are not compared", async () => {
  const [one, other] = [await takeTreeManifest(tree()), await takeTreeManifest(tree())];
  expect(() => compareTrees(one, other)).toThrow("are not one tree");
});

test("a comparison is made of facts", async () => {
  const comparison = await after((path) => fs.rmSync(join(path, "app.conf")));
  const facts: Facts = comparison;
  expect(JSON.parse(JSON.stringify(facts))).toEqual(comparison);
});
