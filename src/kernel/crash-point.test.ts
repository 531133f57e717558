/** Tests of the crash points: a test build dies at each, a released program does not know of them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crashBuild } from "../../scripts/faults/crash-build.ts";
import { CRASH_POINTS, type CrashPoint, FAILURE_CRASH_POINTS, LIVE_CRASH_POINTS } from "./crash-point.ts";
import { verifyEvidence } from "./evidence/verify.ts";

const ROOT = join(import.meta.dir, "../..");
const RELEASED = [join(ROOT, "dist/cutter"), join(ROOT, "dist/cutter-proof")] as const;
const folder = mkdtempSync(join(tmpdir(), "cutter-crash-"));
let testBuild = "";

beforeAll(() => {
  if (!RELEASED.every((program) => existsSync(program))) {
    Bun.spawnSync([process.execPath, "scripts/build.ts", "--host"], { cwd: ROOT });
  }
  testBuild = crashBuild();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** A proof on the embedded database, which keeps evidence: how it ended, and which evidence is there. */
function prove(program: string, crashAt: string): { ended: string | number; runs: readonly string[] } {
  const state = join(folder, `state-${++made}`);
  const env = { PATH: "/usr/bin:/bin", HOME: folder, CUTTER_STATE_DIR: state, CUTTER_CRASH_AT: crashAt };
  const run = Bun.spawnSync([program, "proof", "rollback", "--embedded"], {
    env,
    stdio: ["ignore", "ignore", "ignore"],
  });
  const runs = readdirSync(join(state, "runs")).map((name) => join(state, "runs", name, "evidence"));
  return { ended: run.signalCode ?? run.exitCode, runs };
}

test("a test build dies where it is told; the evidence is then not there, or there in full", () => {
  const aside = prove(testBuild, "evidence-written-aside");
  expect({ ended: aside.ended, there: aside.runs.map((path) => existsSync(path)) }).toEqual({
    ended: "SIGKILL",
    there: [false],
  });
  const inPlace = prove(testBuild, "evidence-in-place");
  expect({ ended: inPlace.ended, whole: inPlace.runs.map((path) => "files" in verifyEvidence(path)) }).toEqual({
    ended: "SIGKILL",
    whole: [true],
  });
}, 60_000);

test("a released program ignores the variable: it does not even hold its name", () => {
  const { ended, runs } = prove(RELEASED[0], "evidence-written-aside");
  expect({ ended, there: runs.map((path) => existsSync(path)) }).toEqual({ ended: 0, there: [true] });
  const holds = [...RELEASED, testBuild].map((path) => readFileSync(path).includes("CUTTER_CRASH_AT"));
  expect(holds).toEqual([false, false, true]);
}, 60_000);

test("each point of the list stands in the source once, and counts from the moment that it was told", () => {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const source = files
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(ROOT, "src", name), "utf8"))
    .join("\n");
  const found = [...source.matchAll(/crashPoint\("([^"]+)"\)/g)].map(([, name]) => name as CrashPoint);
  expect(found.sort()).toEqual([...CRASH_POINTS, ...LIVE_CRASH_POINTS, ...FAILURE_CRASH_POINTS].sort());
  const program = `
    const { crashPoint } = await import(${JSON.stringify(join(import.meta.dir, "crash-point.ts"))});
    crashPoint("store-committed");
    process.env.CUTTER_CRASH_AT = "store-committed:2";
    for (const turn of ["first", "second"]) { process.stdout.write(turn); crashPoint("store-committed"); }`;
  const say = (...words: readonly string[]) => {
    const run = Bun.spawnSync([process.execPath, ...words, "-e", program]);
    return [run.signalCode ?? run.exitCode, `${run.stdout}`];
  };
  expect(say()).toEqual([0, "firstsecond"]);
  expect(say("--define", 'CUTTER_TEST_BUILD="crash-points"')).toEqual(["SIGKILL", "firstsecond"]);
  expect(say("--define", 'CUTTER_TEST_BUILD="none"')).toEqual([0, "firstsecond"]);
});
