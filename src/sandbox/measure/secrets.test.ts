/** Tests of the search for secrets: every form, every file, every piece of one; and what is not searched is told. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";
import { searchTree } from "./search-tree.ts";
import { Secrets } from "./secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "cutter-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const VALUE = "Nobody-knows-thís?>";
const secrets = new Secrets();
secrets.add("password of r", VALUE);
secrets.add("password of q", "quite-another-one");

const NO_HOMES: ReadonlySet<string> = new Set();
const newFolder = (): string => mkdtempSync(join(folder, "x-"));
const search = (root: string, homes = NO_HOMES) => searchTree(root, { secrets, homes });

test("a secret is found by its name, in every file but its own", async () => {
  const root = newFolder();
  const home = join(root, "pgpass");
  writeFileSync(home, `*:*:*:r:${VALUE}\n`);
  writeFileSync(join(root, "clean"), "nothing");
  const homes = new Set([home]);
  expect((await search(root, homes)).found).toEqual([]);
  writeFileSync(join(root, "leak"), Buffer.from([0, 255, ...Buffer.from(VALUE), 0]));
  const { found } = await search(root, homes);
  expect(found).toEqual([`password of r in ${join(root, "leak")}`]);
  expect(JSON.stringify(found)).not.toContain("Nobody-knows-this");
});

const swapped = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

test.each<readonly [string, Buffer]>([
  ["as it is", Buffer.from(`x${VALUE}x`)],
  ...["", "x", "xy", "xyz"].flatMap((before): [string, Buffer][] => [
    [`base64 behind "${before}"`, Buffer.from(Buffer.from(`${before}${VALUE}and more`).toString("base64"))],
    [`base64url behind "${before}", at the end`, Buffer.from(Buffer.from(before + VALUE).toString("base64url"))],
  ]),
  ["hexadecimal", Buffer.from(Buffer.from(`x${VALUE}x`).toString("hex"))],
  ["hexadecimal in capitals", Buffer.from(Buffer.from(VALUE).toString("hex").toUpperCase())],
  ["UTF-16, little end first", Buffer.from(`x${VALUE}x`, "utf16le")],
  ["UTF-16, big end first", swapped(`x${VALUE}`)],
])("it is found %s, wherever it stands", (_form, bytes) => {
  for (const before of [0, 1, 13, 255]) {
    const hay = Buffer.concat([Buffer.alloc(before, "b"), bytes, Buffer.alloc(before, "N")]);
    expect(secrets.inBytes(hay)).toEqual(["password of r"]);
  }
  expect(secrets.inBytes(bytes.subarray(0, bytes.byteLength / 2))).toEqual([]);
});

test("both of two are found in one text, and neither in one that is like it", () => {
  expect(secrets.in(`quite-another-one ${VALUE}`).toSorted()).toEqual(["password of q", "password of r"]);
  expect(secrets.in(`quite-another-on Nobody-knows-this?> ${"Nobody-knows".repeat(9)}`)).toEqual([]);
});

test("a secret that lies across two pieces of a large file is found, in its longest form too", async () => {
  const root = newFolder();
  const hexadecimal = Buffer.from(Buffer.from(VALUE).toString("hex"));
  expect(secrets.overlap).toBe(hexadecimal.byteLength);
  const upTo = (bytes: number) => Buffer.alloc(secrets.overlap + limits.digestChunkBytes - bytes, "x");
  writeFileSync(join(root, "dump"), Buffer.concat([upTo(5), Buffer.from(VALUE), upTo(5)]));
  writeFileSync(join(root, "hex"), Buffer.concat([upTo(hexadecimal.byteLength - 1), hexadecimal]));
  const { found } = await search(root);
  expect(found.toSorted()).toEqual(["dump", "hex"].map((name) => `password of r in ${join(root, name)}`));
});

test("a file that goes while others are read is no secret that stays; one that cannot be read is told", async () => {
  const root = newFolder();
  writeFileSync(join(root, "a"), "x");
  const has = (path: string): boolean => {
    rmSync(path, { force: true });
    return false;
  };
  const gone = { has } as unknown as ReadonlySet<string>;
  expect(await search(root, gone)).toEqual({ files: 0, bytes: 0, found: [], unread: [] });
  expect((await search(join(root, "nowhere"))).unread).toEqual([]);
  writeFileSync(join(root, "is-a-file"), "x");
  const unread = [expect.stringContaining("ENOTDIR")];
  expect(await search(join(root, "is-a-file", "below"))).toMatchObject({ files: 0, unread });
});

test("a file of fifteen terabytes that is one hole is told as not searched, and the next one is searched", async () => {
  const root = newFolder();
  const hole = join(root, "a-hole");
  writeFileSync(hole, VALUE);
  truncateSync(hole, 15 * 1024 ** 4);
  writeFileSync(join(root, "b-leak"), VALUE);
  const { found, unread } = await search(root);
  expect(found).toEqual([`password of r in ${join(root, "b-leak")}`]);
  expect(unread).toEqual([expect.stringMatching(new RegExp(`^${hole}: 16492674416640 bytes, .* was searched$`))]);
});

test("a search hears a signal in the middle of a file, and says what it did not search", async () => {
  const root = newFolder();
  const large = join(root, "large");
  writeFileSync(large, "x");
  truncateSync(large, limits.searchedHoleBytes);
  const ending = new AbortController();
  const searching = searchTree(root, { secrets, homes: NO_HOMES }, { ending: ending.signal });
  await Bun.sleep(5);
  ending.abort();
  const { bytes, unread } = await searching;
  expect(bytes).toBeLessThan(limits.searchedHoleBytes);
  const why = "the process is ending";
  expect(unread).toEqual([`${large}: ${why}`, `what is left of ${root}: ${why}`]);
});

test("a search whose time is over says what it did not search", async () => {
  const root = newFolder();
  writeFileSync(join(root, "leak"), VALUE);
  const { found, unread } = await searchTree(root, { secrets, homes: NO_HOMES }, { timeMs: -1 });
  expect([found, unread]).toEqual([[], [expect.stringContaining(`what is left of ${root}: its `)]]);
});

test("a secret that is too short to be looked for is a bug, not a pass", () => {
  expect(() => new Secrets().add("x", "short")).toThrow("too short");
});
