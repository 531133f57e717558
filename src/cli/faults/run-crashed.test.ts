/**
 * run-crashed.test: the program is killed at each of its crash points, each time that it passes one, and resumed.
 *
 * Whatever the moment: the run ends as an undisturbed one does, `cutter verify` accepts what is left, or there is no
 * run. The resumes of one run go on from copies of one state directory, so they have to leave the very same facts.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import {
  type Desk,
  HANDBOOK,
  makeDesk,
  makeReference,
  type RunDocument,
  runIdIn,
  surveying,
} from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { CRASH_POINTS, type CrashPoint } from "../../kernel/crash-point.ts";

/** More than any verb passes one point. */
const MOST_PASSES = 60;
/** Processes at a time. */
const ABREAST = 3;
const PATIENCE_MS = 60_000;

let program: string;
let database: TestDatabase;
let source: string;
beforeAll(async () => {
  program = crashBuild();
  database = await makeReference(await anyServer());
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
}, PATIENCE_MS);
afterAll(() => database.drop());

/** What a run has in the end, less its times and, where the runs are two, what is made of their ids. */
function endOf(run: RunDocument, runs: "the same run" | "another run") {
  const done = run.phases.filter(({ outcome }) => outcome === "done");
  const own = runs === "the same run" ? [] : ["settings_sha256", "change_set_sha256", "taken_at"];
  const facts = done.map(({ phase, facts: all }) => [
    phase,
    Object.entries(all).filter(([name]) => !own.includes(name)),
  ]);
  const { state, stop, sourceVersionId, cutplanSha256, manifestSha256, next } = run;
  return { state, stop, sourceVersionId, cutplanSha256, manifestSha256, next, facts };
}

/** Resumes until the run has ended, at most as often as it has gates, and once more for what a crash left undone. */
async function finish(desk: Desk, runId: string): Promise<RunDocument> {
  const ends: Ended[] = [];
  while (ends.at(-1)?.code !== 0 && ends.length < 4) {
    ends.push(await desk.run(["resume", runId, ...surveying(database), "--json"]));
  }
  expect(ends.filter(({ code }) => code !== 0 && code !== 6)).toEqual([]);
  const verified = await desk.run(["verify", runId]);
  expect([verified.code, verified.stderr]).toEqual([0, ""]);
  return JSON.parse(ends.at(-1)?.stdout ?? "") as RunDocument;
}

type Passed = Readonly<Partial<Record<CrashPoint, number>>>;

type Kills = {
  readonly desk: () => Desk;
  readonly argv: readonly string[];
  /** How many times at one point. */
  readonly times: number;
};

/** Kills a verb at each point; `check` sees what each left. How often each point was passed. */
async function killEverywhere({ desk, argv, times }: Kills, check: (left: Desk) => Promise<void>) {
  const passed: Record<string, number> = {};
  const queue = [...CRASH_POINTS];
  const worker = async () => {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
      for (let time = 1; time <= times; time += 1) {
        const left = desk();
        const ended = await left.run(argv, { environment: { CUTTER_CRASH_AT: `${point}:${time}` } });
        if (ended.signal !== "SIGKILL") break;
        passed[point] = time;
        await check(left);
      }
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return passed as Passed;
}

type Beginning = { readonly argv: () => string[]; readonly times: number; readonly passed: Passed };

/** The dry run begins its run as `cutter cut` does; what it adds is its own evidence. */
const BEGINNINGS: Readonly<Record<string, Beginning>> = {
  "cutter cut": {
    argv: () => ["cut", "HANDBOOK", "--source", source, ...surveying(database)],
    times: MOST_PASSES,
    passed: { "store-in-place": 1, "file-in-place": 5, "run-lock-taken": 1, "store-committed": 7 },
  },
  "cutter dryrun --stop-at-gates": {
    argv: () => ["dryrun", "--stop-at-gates", ...surveying(database)],
    times: 1,
    passed: Object.fromEntries(CRASH_POINTS.map((point) => [point, 1])),
  },
};

for (const [name, { argv, times, passed }] of Object.entries(BEGINNINGS)) {
  test(
    `${name}: killed, there is a run that ends as any other, or none`,
    async () => {
      const undisturbed = makeDesk(program);
      const id = runIdIn(await undisturbed.run(argv()));
      const wanted = endOf(await finish(undisturbed, id), "another run");
      let runs = 0;
      const kills = { desk: () => makeDesk(program), argv: argv(), times };
      const seen = await killEverywhere(kills, async (left) => {
        const [runId] = await left.runs();
        if (runId === undefined) return;
        runs += 1;
        expect(endOf(await finish(left, runId), "another run")).toEqual(wanted);
      });
      expect(seen).toMatchObject(passed);
      expect(runs).toBeGreaterThan(times === 1 ? 3 : 20);
    },
    PATIENCE_MS,
  );
}

test(
  "cutter resume, to the second gate and to the end: killed, the run has every fact that it has undisturbed",
  async () => {
    const waiting = makeDesk(program);
    const id = runIdIn(await waiting.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
    const argv = ["resume", id, ...surveying(database)];
    const second = waiting.copy();
    expect((await second.run(argv)).code).toBe(6);
    const wanted = endOf(await finish(second.copy(), id), "the same run");
    for (const [desk, kills] of [
      [waiting, { "run-lock-taken": 1, "store-committed": 11, "file-in-place": 1 }],
      [second, { "run-lock-taken": 1, "store-committed": 8, "evidence-written-aside": 1, "evidence-in-place": 1 }],
    ] as const) {
      const order = { desk: () => desk.copy(), argv, times: MOST_PASSES };
      const passed = await killEverywhere(order, async (left) => {
        expect(endOf(await finish(left, id), "the same run")).toEqual(wanted);
      });
      expect(passed).toMatchObject(kills);
    }
  },
  PATIENCE_MS,
);
