/**
 * live-crashed.test: a live run that is killed at each of its crash points, and resumed to its end: the database holds
 * what it holds after an undisturbed run, and each phase is done once.
 *
 * Every trial has a database and a state directory of its own. Of the run store's points each commit is one: what lies
 * before it leaves what the one before leaves.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import { contentOf } from "../../../scripts/faults/live-content.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { handbook } from "../../../scripts/faults/live-stage.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { LIVE_CRASH_POINTS } from "../../kernel/crash-point.ts";

const CUTTING = LIVE_CRASH_POINTS.filter((point) => !/withdrawn|deleted/.test(point));
const POINTS = [...CUTTING, "store-committed", "file-in-place", "evidence-in-place"];
/** More than a resume passes any point. */
const MOST_PASSES = 40;
/** Processes at a time. */
const ABREAST = 2;
const PATIENCE_MS = 600_000;

/** Its own: several runs at a time would be more than the two connections that a role has on one server. */
let server: OwnServer;
let program: string;
let source: string;
let undisturbed: string;
beforeAll(async () => {
  program = crashBuild();
  server = await startServer(15);
  const warmed = await makeReference(server);
  for (const role of ["cutter_exec", "cutter_verify"]) warmed.psql(`ALTER ROLE ${role} CONNECTION LIMIT 10`);
  warmed.drop();
  source = handbook();
  undisturbed = await wholeRun(null);
  expect(undisturbed).toContain("CLOSEOUT_REPORTED");
}, PATIENCE_MS);
afterAll(() => server.stop());

type Kill = { readonly gate: "SG1" | "SG2"; readonly at: string };

/** What the database holds at the end of a run that is killed once; "not passed" where it never came by there. */
async function wholeRun(kill: Kill | null): Promise<string> {
  const database = await makeReference(server);
  try {
    const desk = makeLiveDesk(database, program);
    const run = await desk.begin("HANDBOOK", source);
    for (const gate of ["SG1", "SG2"] as const) {
      const approval = await desk.approve(run, gate);
      const environment = kill?.gate === gate ? { CUTTER_CRASH_AT: kill.at } : {};
      const ended = await desk.resume(run, approval, { environment });
      if (kill?.gate === gate && ended.signal === null) return "not passed";
      if (ended.signal !== null) await goOn(desk, run, approval);
      else if (ended.code !== (gate === "SG1" ? 6 : 0))
        throw new Error(`resume answered ${ended.code}: ${ended.stderr}`);
    }
    const verified = await desk.run(["verify", run, "--config", desk.configuration]);
    return `${contentOf(database, run)}\nverify ${verified.code}`;
  } finally {
    database.drop();
  }
}

/** As an operator does it who looks first: once more with the same approval, unless the run waits at its next gate. */
async function goOn(desk: LiveDesk, run: string, approval: string): Promise<void> {
  const { state } = await desk.show(run);
  if (state === "AWAITING_LIFECYCLE_AUTHORIZATION" && (await isFirstGate(approval))) return;
  const ended = await desk.resume(run, approval);
  if (ended.code !== 6 && ended.code !== 0) throw new Error(`resume answered ${ended.code}: ${ended.stderr}`);
}

async function isFirstGate(approval: string): Promise<boolean> {
  return ((await Bun.file(approval).json()) as { readonly gate: string }).gate === "SG1";
}

for (const gate of ["SG1", "SG2"] as const) {
  test(
    `behind ${gate}: killed anywhere and resumed, the run leaves what it leaves undisturbed`,
    async () => {
      const passed: Record<string, number> = {};
      const queue = [...POINTS];
      const work = async (): Promise<void> => {
        for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
          for (let time = 1; time <= MOST_PASSES; time += 1) {
            const left = await wholeRun({ gate, at: `${point}:${time}` });
            if (left === "not passed") break;
            passed[point] = time;
            expect({ point, time, left }).toEqual({ point, time, left: undisturbed });
          }
        }
      };
      await Promise.all(Array.from({ length: ABREAST }, work));
      expect(passed).toMatchObject(
        gate === "SG1"
          ? { "phase-transaction-begun": 4, "phase-batch-written": 1, "phase-before-commit": 4, "phase-committed": 4 }
          : { "phase-transaction-begun": 2, "phase-batch-enacted": 1, "phase-before-commit": 2, "phase-committed": 2 },
      );
    },
    PATIENCE_MS,
  );
}

test(
  "a revert that is killed anywhere and asked for again, with the same approval, takes the run back once",
  async () => {
    const takeBack = async (at: string | null): Promise<string> => {
      const database = await makeReference(server);
      try {
        const desk = makeLiveDesk(database, program);
        const run = await desk.begin("HANDBOOK", source);
        await desk.resume(run, await desk.approve(run, "SG1"));
        const approval = await desk.approve(run, "REVERT");
        const { cutplanSha256 } = await desk.show(run);
        const words = ["--live", "--confirm", cutplanSha256 ?? "", "--config", desk.configuration];
        const argv = ["revert", run, "--approval", approval, ...words];
        const ended = await desk.run(argv, { environment: at === null ? {} : { CUTTER_CRASH_AT: at } });
        if (at !== null && ended.signal === null) return "not passed";
        if (ended.signal !== null) expect((await desk.run(argv)).code).toBe(0);
        return contentOf(database, run);
      } finally {
        database.drop();
      }
    };
    const wanted = await takeBack(null);
    expect(wanted).toContain("REVERTED");
    const points = ["phase-transaction-begun", "phase-batch-withdrawn", "phase-before-commit", "phase-committed"];
    for (const point of [...points.map((one) => `${one}:1`), "store-committed:1", "store-committed:3"]) {
      expect([point, await takeBack(point)]).toEqual([point, wanted]);
    }
  },
  PATIENCE_MS,
);
