/** Tests of the verdict of `cutter selftest`: what is proven by proofs that cannot fail, and by no proofs at all. */
import { expect, test } from "bun:test";
import { battery } from "../../proofs/battery.ts";
import { selfcheck } from "../../proofs/commands/selfcheck.ts";
import type { Proof } from "../../proofs/proof.ts";
import { type Told, toldBy } from "../../scripts/faults/fake-terminal.ts";
import { sha256 } from "../kernel/digest.ts";
import { digestSealed } from "../kernel/version/seal.ts";
import { checkOwnProgram, type OwnParts } from "../readiness/own-program.ts";
import { selftest } from "./proof-selftest.ts";

const ZEROS = `cutter seal, of a test: ${"0".repeat(64)}\n`;
const UNSEALED = `a program, ${ZEROS}and its end`;
const sealed = digestSealed(Buffer.from(UNSEALED), ZEROS);
const DIGEST = typeof sealed === "string" ? "" : sealed.digest;
const SEAL = ZEROS.replace(/0{64}/, DIGEST);
const PROGRAM = Buffer.from(UNSEALED.replace(ZEROS, SEAL));

/** A program that is as it was built. */
const PARTS: OwnParts = {
  commit: "0123456789abcdef0123456789abcdef01234567",
  sqlDigest: sha256("SELECT 1"),
  assets: JSON.stringify({ "engine.wasm": sha256("engine") }),
  seal: SEAL,
  program: () => PROGRAM,
  sql: () => "SELECT 1",
  files: async () => [{ name: "engine-0a1b2c3d.wasm", bytes: Buffer.from("engine") }],
  sums: async () => ({ state: "absent", path: null, detail: "" }),
};

async function told(parts: OwnParts, proofs: readonly Proof[]): Promise<Told> {
  return toldBy(["selftest"], (invocation, terminal) => selftest(invocation, terminal, { parts, proofs }));
}

const [first] = battery;
if (first === undefined) throw new Error("the battery is empty");

function blindOf(proof: Proof): Proof {
  const run = async () => ({ verdict: "PASS", summary: "", facts: {}, mismatches: [], failure: null }) as const;
  return { ...proof, run };
}

test("as built, with a proof that fails where it should: proven", async () => {
  const { code, result } = await told(PARTS, [first]);
  expect({ code, last: result.trimEnd().split("\n").at(-1) }).toEqual({
    ...{ code: 0, last: "CUTTER_SELFTEST 28/28 AS_BUILT_AND_PROVEN" },
  });
});

test("a proof that cannot fail turns it red, and is named", async () => {
  const { code, result, alarm } = await told(PARTS, [blindOf(first)]);
  expect({ code, last: result.trimEnd().split("\n").at(-1) }).toEqual({
    ...{ code: 3, last: "CUTTER_SELFTEST 12/28 NOT_PROVEN" },
  });
  expect(alarm).toStartWith("error SELFTEST_FAILED: not as it should be: iu PROOF-1: the switch is on and 15 more\n");
});

test("cutter proof selfcheck says the same of a proof that can fail, and of one that cannot", async () => {
  const words = ["proof", "selfcheck", "--state-dir", "/nonexistent/cutter"];
  const saidOf = async (proof: Proof) => {
    const { code, result } = await toldBy(words, (invocation, terminal) => selfcheck(invocation, terminal, [proof]));
    return { code, last: result.trimEnd().split("\n").at(-1) };
  };
  const good = { code: 0, last: "CUTTER_SELFCHECK 24/24 ALL_SABOTAGES_CAUGHT" };
  expect(await saidOf(first)).toEqual(good);
  expect(await saidOf(blindOf(first))).toEqual({ code: 3, last: "CUTTER_SELFCHECK 8/24 NOT_PROVEN" });
});

test("a proof that nothing is done to, and no proof at all, are not proven", async () => {
  const idle = await told(PARTS, [{ ...first, sabotage: [] }]);
  expect({ code: idle.code, last: idle.result.trimEnd().split("\n").at(-1) }).toEqual({
    ...{ code: 3, last: "CUTTER_SELFTEST 12/13 NOT_PROVEN" },
  });
  expect((await told(PARTS, [])).code).toBe(3);
});

test("each thing that is not as it was built is named, and nothing else", async () => {
  const engine = { name: "engine-0a1b2c3d.wasm", bytes: Buffer.from("engine") };
  const cases: readonly (readonly [Partial<OwnParts>, readonly string[]])[] = [
    [{}, []],
    [{ commit: "source" }, ["commit"]],
    [{ commit: "0123456789abcdef0123456789abcdef01234567+changes" }, []],
    [{ program: () => Buffer.concat([PROGRAM, Buffer.from("x")]) }, ["seal"]],
    [{ program: () => Buffer.concat([PROGRAM, PROGRAM]) }, ["seal"]],
    [{ program: () => Buffer.from("no seal") }, ["seal"]],
    [{ program: () => "EACCES" }, ["seal"]],
    [{ seal: "another text\n" }, ["seal"]],
    [{ sql: () => "SELECT 2" }, ["sql"]],
    [{ sqlDigest: "source" }, ["sql"]],
    [{ assets: "source" }, ["assets"]],
    [{ assets: "{}" }, ["assets"]],
    [{ assets: JSON.stringify({ "engine.wasm": sha256("other") }) }, ["asset engine.wasm"]],
    [{ files: async () => [] }, ["asset engine.wasm"]],
    [{ files: async () => [engine, engine] }, ["asset engine.wasm"]],
    [{ files: async () => [engine, { ...engine, name: "more-0a1b2c3d.data" }] }, ["asset more.data"]],
    [{ sums: async () => ({ state: "differs", path: "/x/SHA256SUMS", detail: "" }) }, ["SHA256SUMS"]],
    [{ sums: async () => ({ state: "cannot be read", path: "/x/SHA256SUMS", detail: "" }) }, ["SHA256SUMS"]],
    [{ sums: async () => ({ state: "agrees", path: "/x/SHA256SUMS", detail: "" }) }, []],
  ];
  for (const [change, want] of cases) {
    const checks = await checkOwnProgram({ ...PARTS, ...change });
    expect({ change: Object.keys(change), red: checks.filter(({ holds }) => !holds).map(({ name }) => name) }).toEqual({
      change: Object.keys(change),
      red: [...want],
    });
  }
});
