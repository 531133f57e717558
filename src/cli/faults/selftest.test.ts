/**
 * Tests of `cutter selftest` on the built program: as it is, and with one thing in it spoilt. Each sabotage is sealed
 * again, so that what it spoils is what gives it away; the seal has a sabotage of its own.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { removeFiles, temporaryFolder } from "../../../scripts/database/files.ts";
import { sealProgram } from "../../../scripts/delivery/seal.ts";
import { digitsOf } from "../../kernel/version/seal.ts";

const ROOT = join(import.meta.dirname, "../../..");
const CUTTER = process.env.CUTTER_BINARY ?? join(ROOT, "dist/cutter");
const ASSET = join(ROOT, ".cache/embedded/reference.tar.zst");

let program: Buffer;
let seal: string;

beforeAll(() => {
  if (!fs.existsSync(CUTTER))
    Bun.spawnSync([process.execPath, join(ROOT, "scripts/build.ts"), "--host"], { cwd: ROOT });
  program = fs.readFileSync(CUTTER);
  const at = program.indexOf("cutter seal, SHA-256");
  seal = program.toString("latin1", at, program.indexOf("\n", at) + 1);
}, 60_000);
afterAll(removeFiles);

type Spoilt = { readonly at: number; readonly by: string | Uint8Array };

/** A copy of the program with these bytes in it. */
function spoilt(...changes: readonly Spoilt[]): string {
  const path = join(temporaryFolder(), "cutter");
  fs.copyFileSync(CUTTER, path);
  fs.chmodSync(path, 0o755);
  const file = fs.openSync(path, "r+");
  for (const { at, by } of changes) {
    const bytes = Buffer.from(by as string);
    fs.writeSync(file, bytes, 0, bytes.byteLength, at);
  }
  fs.closeSync(file);
  return path;
}

type Document = { readonly verdict: string; readonly checks: readonly { name: string; holds: boolean }[] };

/** In an environment that has nothing: no home, no path, no state. */
function selftest(path: string) {
  const folder = temporaryFolder();
  const run = Bun.spawnSync([path, "selftest", "--json"], { cwd: folder, env: {}, stdin: "ignore" });
  const document = JSON.parse(`${run.stdout}`) as Document;
  const red = document.checks.filter(({ holds }) => !holds).map(({ name }) => name);
  return { code: run.exitCode, red, verdict: document.verdict, said: `${run.stderr}`, left: fs.readdirSync(folder) };
}

/** Everywhere: in the script, and in what was compiled of it. */
function everyPlace(text: string): readonly number[] {
  const places: number[] = [];
  for (let at = program.indexOf(text); at !== -1; at = program.indexOf(text, at + 1)) places.push(at);
  return places;
}

/** The other hex digit: text stays text. */
const otherDigit = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);

test("a byte that flipped anywhere breaks the seal, and the proofs are not run", () => {
  const at = Math.floor(program.length / 3);
  const path = spoilt({ at, by: Uint8Array.of((program[at] ?? 0) ^ 1) });
  const { code, red, verdict, said, left } = selftest(path);
  expect({ code, red, left }).toEqual({ code: 3, red: ["seal", "proofs"], left: [] });
  expect(verdict).toMatch(/^CUTTER_SELFTEST \d+\/\d+ NOT_PROVEN$/);
  expect(said).toContain("error SELFTEST_FAILED: not as it should be: seal (");
});

test("a program that was cut off at its end does not pass", () => {
  const path = join(temporaryFolder(), "cutter");
  Bun.spawnSync([
    "/bin/sh",
    "-c",
    'head -c "$2" "$0" > "$1"; chmod 755 "$1"',
    CUTTER,
    path,
    `${program.length - 4096}`,
  ]);
  expect(Bun.spawnSync([path, "selftest"], { cwd: temporaryFolder(), env: {}, stdin: "ignore" }).exitCode).not.toBe(0);
});

test("an asset that was changed is named, though the program was sealed again", async () => {
  const asset = fs.readFileSync(ASSET);
  const at = program.indexOf(asset.subarray(0, 4096)) + asset.byteLength - 100;
  const path = spoilt({ at, by: Uint8Array.of((program[at] ?? 0) ^ 1) });
  await sealProgram(path, seal);
  const { code, red } = selftest(path);
  expect({ code, red }).toEqual({ code: 3, red: ["asset reference.tar.zst", "proofs"] });
});

test("a wrong stamp of the SQL is named, though the program was sealed again", async () => {
  const stamp = `${Bun.spawnSync([CUTTER, "--version", "--json"], { env: {} }).stdout}`;
  const { sql_digest: digest } = JSON.parse(stamp) as { sql_digest: string };
  const places = everyPlace(digest);
  expect(places.length).toBeGreaterThan(0);
  const path = spoilt(...places.map((at) => ({ at, by: otherDigit(digest) })));
  await sealProgram(path, seal);
  const { code, red } = selftest(path);
  expect({ code, red }).toEqual({ code: 3, red: ["sql", "proofs"] });
});

test("a seal of zeros, as before the build ends, is none", () => {
  const digits = digitsOf(seal) ?? "";
  const places = everyPlace(digits);
  expect(places).toHaveLength(1);
  const path = spoilt(...places.map((at) => ({ at, by: "0".repeat(digits.length) })));
  expect(selftest(path).red).toEqual(["seal", "proofs"]);
});

test("a list of digests beside it that names another program is a red check", () => {
  const path = spoilt();
  const folder = path.slice(0, path.lastIndexOf("/"));
  fs.writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  cutter\n`);
  expect(selftest(path).red).toEqual(["SHA256SUMS", "proofs"]);
});
