/** Tests of what is said of the running program: its digest, its list of digests, and what does not fit. */
import { afterAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../kernel/digest.ts";
import { renderSums } from "../kernel/evidence/sums.ts";
import type { Facts } from "../kernel/failure.ts";
import { COMMIT, VERSION } from "../kernel/version.ts";
import { type BinaryPlaces, checkBinary } from "./binary.ts";

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "cutter-binary-")));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const CONTENT = "what stands in for a program\n".repeat(100_000);

let made = 0;
/** A program in a folder of its own, as if it ran compiled; with a SHA256SUMS of this text, if any. */
function program(sums?: string): BinaryPlaces & { readonly folder: string; readonly executable: string } {
  const folder = join(root, `case-${++made}`);
  fs.mkdirSync(folder);
  const executable = join(folder, "cutter");
  fs.writeFileSync(executable, CONTENT, { mode: 0o755 });
  if (sums !== undefined) fs.writeFileSync(join(folder, "SHA256SUMS"), sums);
  return { folder, executable, running: executable, main: "/$bunfs/root/cutter" };
}

const DIGEST = sha256(CONTENT);
const OTHER = sha256("another program");

async function sumsOf(text: string): Promise<string> {
  const { sums, findings } = await checkBinary(program(text));
  return `${sums.state}: ${sums.detail}; ${findings.length} findings`;
}

test("the program is digested, with its version, commit, path and host", async () => {
  const places = program();
  const { elapsedMs, host, sums, ...check } = await checkBinary(places);
  expect(check).toEqual({
    ...{ version: VERSION, commit: COMMIT, sqlDigest: "source", engine: "inside", form: "compiled" },
    ...{ path: places.executable, sha256: DIGEST, bytes: CONTENT.length, findings: [] },
  });
  expect({ hostname: host.hostname, cores: host.cores > 0, up: host.uptimeSeconds > 0 }).toEqual({
    hostname: fs.readFileSync("/proc/sys/kernel/hostname", "utf8").trim(),
    ...{ cores: true, up: true },
  });
  expect(host.kernel).toContain(fs.readFileSync("/proc/sys/kernel/osrelease", "utf8").trim());
  expect({ state: sums.state, path: sums.path, timed: elapsedMs > 0 }).toEqual({
    ...{ state: "absent", path: join(places.folder, "SHA256SUMS"), timed: true },
  });
});

test("a list of digests that agrees is said; one that differs is a finding that names both", async () => {
  expect(await sumsOf(renderSums(new Map([["cutter", DIGEST]])))).toBe(`agrees: ${DIGEST}  cutter; 0 findings`);
  const places = program(renderSums(new Map([["cutter", OTHER]])));
  expect((await checkBinary(places)).findings).toEqual([
    `the running program is not the one in ${places.folder}/SHA256SUMS: ${OTHER}  cutter`,
  ]);
});

test("one changed byte of the program is a finding", async () => {
  const places = program(renderSums(new Map([["cutter", DIGEST]])));
  fs.appendFileSync(places.executable, "x");
  const { sums, findings } = await checkBinary(places);
  expect({ state: sums.state, findings: findings.length }).toEqual({ state: "differs", findings: 1 });
});

test("under another name the program agrees with its published line; its digest on a wrong line does not", async () => {
  const renamed = renderSums(new Map([["cutter-linux-x64", DIGEST]]));
  expect(await sumsOf(renamed)).toBe(`agrees: ${DIGEST}  cutter-linux-x64; 0 findings`);
  const both = renderSums(
    new Map([
      ["cutter", OTHER],
      ["cutter-proof", DIGEST],
    ]),
  );
  expect(await sumsOf(both)).toBe(`differs: ${OTHER}  cutter; 1 findings`);
  const foreign = renderSums(new Map([["other", OTHER]]));
  expect(await sumsOf(foreign)).toBe("does not name it: it has no line for cutter; 0 findings");
});

test("a list that is damaged, empty or a link is a finding, not absent", async () => {
  expect(await sumsOf("")).toBe("cannot be read: it is empty; 1 findings");
  expect(await sumsOf(`${DIGEST}  cutter`)).toBe("cannot be read: its last line is cut off; 1 findings");
  const places = program();
  fs.symlinkSync("cutter", join(places.folder, "SHA256SUMS"));
  const { sums, findings } = await checkBinary(places);
  expect({ state: sums.state, findings: findings.length }).toEqual({ state: "cannot be read", findings: 1 });
});

test("a program that was replaced or removed since its start is a finding, and what runs is digested", async () => {
  const places = program();
  const running = join(places.folder, "running");
  fs.linkSync(places.executable, running);
  fs.rmSync(places.executable);
  fs.writeFileSync(places.executable, "another program");
  const replaced = await checkBinary({ ...places, running });
  expect({ sha256: replaced.sha256, findings: replaced.findings }).toEqual({
    sha256: DIGEST,
    findings: [`${places.executable} was replaced after this program was started from it`],
  });
  fs.rmSync(places.executable);
  const removed = await checkBinary({ ...places, running });
  expect({ sha256: removed.sha256, findings: removed.findings }).toEqual({
    sha256: DIGEST,
    findings: [`${places.executable} cannot be looked at any more: ENOENT`],
  });
});

test("a program that cannot be digested is a finding, never a missing line", async () => {
  const places = program();
  fs.rmSync(places.executable);
  const { sha256: digest, sums, findings } = await checkBinary(places);
  expect({ digest, state: sums.state, findings }).toEqual({
    ...{ digest: null, state: "not compared", findings: ["the running program cannot be digested: ENOENT"] },
  });
  const directory = await checkBinary({ ...places, running: places.folder });
  expect(directory.findings).toEqual(["the running program cannot be digested: it is not a regular file"]);
});

test("from source there is no program of ours, and that is said", async () => {
  const check = await checkBinary({ main: "/somewhere/src/main.ts" });
  expect({ form: check.form, path: check.path, sha256: check.sha256, findings: check.findings }).toEqual({
    ...{ form: "run from source", path: "/somewhere/src/main.ts", sha256: null, findings: [] },
  });
  expect((await checkBinary()).form).toBe("run from source");
});

test("the runtime itself, as large as our program, is digested as sha256sum does", async () => {
  const { sha256: digest } = await checkBinary({ main: "/$bunfs/root/cutter" });
  const sums = Bun.spawnSync(["sha256sum", process.execPath]).stdout.toString();
  expect(digest).toBe(sums.slice(0, 64));
});

test("the check is made of facts", async () => {
  const facts: Facts = await checkBinary(program());
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
});
