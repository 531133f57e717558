/**
 * sandbox-embedded.test: `cutter sandbox --provider embedded` as an operator runs it: what it can show, that it says
 * beforehand and afterwards what it cannot, what it refuses, and that a signal in the middle leaves nothing.
 */
import { afterEach, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { ALONE } from "../../../scripts/faults/alone.ts";
import { leftOf } from "../../../scripts/faults/left-of.ts";
import { cutter, type Ended, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { sandboxSchema } from "../../report/sandbox-schema.ts";

const PATIENCE_MS = 120_000;
const EMBEDDED = ["--provider", "embedded"];
const BEST = "CUTTER_SANDBOX 4/12 SCENARIOS 21/25 GATES PARTIAL";
const NOT_RUN = ["S1", "S2", "S3", "S4", "S7", "S8", "S11", "S12", "G-17", "G-20", "G-21", "G-22"];

let state: string;
let serial = 0;
let name = "";
beforeAll(() => {
  state = join(temporaryFolder(), "state");
});
afterEach(() => {
  expect(leftOf(name, state)).toEqual([]);
});

function newName(): readonly string[] {
  serial += 1;
  name = `cutter-sandbox-e${process.pid}-${serial}`;
  return ["--name", name];
}

function run(...argv: readonly string[]): Promise<Ended> {
  return cutter(["sandbox", "run", ...EMBEDDED, ...newName(), ...argv], { stateDirectory: state, ...ALONE });
}

test(
  "what it can carry passes, the rest is named and not run, and it cannot be taken for a proof",
  async () => {
    const ended = await run("--json");
    const report = v.parse(sandboxSchema, JSON.parse(ended.stdout));
    const all = [...report.scenarios, ...report.gates];
    expect(all.filter(({ verdict }) => verdict !== "PASS" && verdict !== "NOT RUN")).toEqual([]);
    const open = all.filter(({ verdict }) => verdict === "NOT RUN");
    expect(open.map(({ id }) => id)).toEqual(NOT_RUN);
    for (const { summary } of open)
      expect(summary).toMatch(/^not run: the provider has no .*--provider local or docker/);
    expect([ended.code, report.exit, report.failure?.code, report.verdictLine]).toEqual([
      3,
      3,
      "SANDBOX_PARTIAL",
      BEST,
    ]);
    expect(ended.stderr).toContain("error SANDBOX_PARTIAL: what was run passed; not run: S1, S2");
    expect(report.left).toEqual([]);
    const verified = await cutter(["verify", report.sandboxId], { stateDirectory: state });
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("CUTTER_VERIFY INTACT")]);
    const again = await cutter(["report", report.sandboxId], { stateDirectory: state });
    expect(again.stdout.split("\n", 1)[0]).toBe(BEST);
  },
  PATIENCE_MS,
);

test("the plan says beforehand what will not be run, and why, and makes nothing", async () => {
  const own = join(temporaryFolder(), "state");
  const plan = async (...argv: readonly string[]) => {
    const ended = await cutter(["sandbox", "plan", "--json", ...argv, ...newName()], { stateDirectory: own });
    return JSON.parse(ended.stdout) as { best: string; notRun: readonly { id: string; why: string }[] };
  };
  const [inside, local] = [await plan(...EMBEDDED), await plan("--provider", "local")];
  expect([inside.best, inside.notRun.map(({ id }) => id)]).toEqual([BEST, NOT_RUN]);
  for (const { why } of inside.notRun) expect(why).toContain("the provider has no ");
  expect([local.best, local.notRun]).toEqual(["CUTTER_SANDBOX 12/12 SCENARIOS 25/25 GATES NET_ZERO", []]);
  expect(existsSync(own)).toBe(false);
});

test.each([
  [["--from-live", "--url", "postgres://x@127.0.0.1:1/x"], 5, "SANDBOX_PROVIDER_UNAVAILABLE"],
  [["--from-backup", "/nowhere.gpg"], 5, "SANDBOX_PROVIDER_UNAVAILABLE"],
  [["--keep"], 2, "USAGE"],
  [["--document", "/nowhere.md"], 2, "USAGE"],
] as const)("%p is refused with exit %i, and nothing was made", async (argv, exit, code) => {
  const own = join(temporaryFolder(), "state");
  const ended = await cutter(["sandbox", "run", ...EMBEDDED, ...newName(), ...argv], { stateDirectory: own });
  const refused = readText(ended);
  expect([ended.code, refused?.code, ended.stdout, existsSync(own)]).toEqual([exit, code, "", false]);
  expect(ended.stderr).toContain("--provider local or docker");
});

/** Milliseconds after its start: while initdb runs, and later. */
test.each([
  ["SIGINT", 130, 1_500],
  ["SIGTERM", 143, 4_500],
] as const)(
  "%s ends it with %i, and removes everything, %i ms after its start",
  async (signal, exit, afterMs) => {
    const argv = ["sandbox", "run", ...EMBEDDED, ...newName()];
    const running = startCutter(argv, { stateDirectory: state });
    await Bun.sleep(afterMs);
    running.kill(signal);
    const ended = await running.ended;
    expect([ended.code, ended.stderr]).toEqual([exit, expect.stringContaining(`nothing of ${name} is left`)]);
  },
  PATIENCE_MS,
);
