/**
 * The contract that every adapter keeps: start, check, fail in the middle, check again, go on, complete.
 *
 * Each adapter comes with a stage: how it is made, how it is made to fail in the middle of a phase, and what its
 * database holds. The simulator's stage is below; production's, on a real server, is contract-stage.ts.
 */
import { afterEach, describe, expect, test } from "bun:test";
import { productionStage } from "../../scripts/database/contract-stage.ts";
import type { Cutplan } from "../flow/cutplan.ts";
import type { Survey } from "../flow/survey.ts";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { type ExecutionAdapter, METHODS, type Method } from "./adapter.ts";
import { simulatorAdapter } from "./simulator/simulator.ts";
import { seedWorld } from "./simulator/world.ts";

type Stage = {
  readonly adapter: ExecutionAdapter;
  /** The next call of this method fails at its middle row; once. */
  failNext(method: Method): void;
  /** Everything that the run could have changed, comparable. */
  holds(): unknown;
  close(): void;
};

/** How a mode names a phase that may not be done: the simulator has no ledger that could refuse it. */
type Refusal = "UNIT_REJECTED" | "PHASE_REFUSED";

const ROWS = 5;
const FORWARD = METHODS.filter((method) => method !== "compensate");
const BY_ROW = FORWARD.filter((method) => method !== "pre_write_backup");
const RUN = { runId: "ictr-20260521T042359Z-ad3d0b97" };

const survey: Survey = {
  target: { systemIdentifier: "1", timeline: 1, database: "test" },
  documentId: "DOC",
  vocabulary: { unit_kind: ["law_unit"], section_type: ["article"], publication_type: ["law"] },
  contractSha256: sha256("contract"),
  hasRevise: true,
  units: [],
};

const plan = {
  sourceVersionId: "live-dryrun-sv-0123456789abcdef",
  cutplanSha256: sha256("plan"),
  rows: Array.from({ length: ROWS }, (_, index) => ({
    ordinal: index + 1,
    action: "create",
    canonicalAddress: `DOC/article-${index + 1}`,
    contentSha256: sha256(`body ${index + 1}`),
  })),
} as unknown as Cutplan;

function simulated(): Stage {
  let failing: Method | null = null;
  const adapter = simulatorAdapter({
    world: seedWorld(survey, "as surveyed"),
    plan,
    interrupt(method, row) {
      if (method !== failing || row !== 3) return null;
      failing = null;
      return new Failure("DATABASE_ERROR", `${method} was broken on purpose`);
    },
  });
  return {
    adapter,
    failNext(method) {
      failing = method;
    },
    holds: () => adapter.counts(),
    close: () => {},
  };
}

const opened: Stage[] = [];
afterEach(() => {
  for (const stage of opened.splice(0)) stage.close();
});

type Opening = () => Stage | Promise<Stage>;

const STAGES: readonly (readonly [name: string, open: Opening, refused: Refusal])[] = [
  ["simulator", simulated, "UNIT_REJECTED"],
  ["production adapter", () => productionStage(ROWS), "PHASE_REFUSED"],
];

async function run(stage: Stage, methods: readonly Method[]): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  for (const method of methods) {
    const answer = await stage.adapter[method](RUN);
    answers.push(answer instanceof Failure ? answer.code : answer.outcome);
  }
  return answers;
}

describe.each([...STAGES])("the %s keeps the contract", (_name, opening, refused) => {
  const open = async (): Promise<Stage> => {
    const stage = await opening();
    opened.push(stage);
    return stage;
  };

  test("a whole run is done phase by phase, and ends with every row enacted", async () => {
    const stage = await open();
    expect(await run(stage, FORWARD)).toEqual(FORWARD.map(() => "done"));
    expect(stage.holds()).toMatchObject({ information_unit: ROWS, enacted: ROWS, cut_change_set_affected_row: ROWS });
  });

  test.each([...BY_ROW])("%s that fails in its middle leaves nothing, and can be done again", async (method) => {
    const stage = await open();
    await run(stage, FORWARD.slice(0, FORWARD.indexOf(method)));
    const before = stage.holds();
    stage.failNext(method);
    expect(await run(stage, [method])).toEqual(["DATABASE_ERROR"]);
    expect(stage.holds()).toEqual(before);
    expect(await run(stage, [method])).toEqual(["done"]);
    expect(stage.holds()).not.toEqual(before);
  });

  test("a phase whose turn it is not is refused, and changes nothing", async () => {
    const stage = await open();
    const before = stage.holds();
    const early: Method[] = ["cut_leg_a", "leg_b_record", "write_verify", "lifecycle_enact", "compensate"];
    expect(await run(stage, early)).toEqual(early.map(() => refused));
    expect(stage.holds()).toEqual(before);
  });

  test("a compensation that fails in its middle takes nothing back, and can be done again", async () => {
    const stage = await open();
    await run(stage, ["pre_write_backup", "cut_leg_a"]);
    const before = stage.holds();
    stage.failNext("compensate");
    expect(await run(stage, ["compensate"])).toEqual(["DATABASE_ERROR"]);
    expect(stage.holds()).toEqual(before);
    expect(await run(stage, ["compensate"])).toEqual(["done"]);
    expect(stage.holds()).not.toEqual(before);
  });

  test("drafts are taken back; what is enacted is not", async () => {
    const drafts = await open();
    await run(drafts, ["pre_write_backup", "cut_leg_a"]);
    expect(await run(drafts, ["compensate"])).toEqual(["done"]);
    const enacted = await open();
    await run(enacted, FORWARD);
    const before = enacted.holds();
    expect(await run(enacted, ["compensate"])).toEqual([refused]);
    expect(enacted.holds()).toEqual(before);
  });
});

describe("what the simulator refuses as the database would", () => {
  test("two runs of one plan meet the same ids, since a resumed run makes them again", async () => {
    const [first, second] = [simulated(), simulated()];
    for (const stage of [first, second]) await run(stage, ["pre_write_backup"]);
    const answers = await Promise.all([first, second].map((stage) => stage.adapter.cut_leg_a(RUN)));
    expect(answers[0]).toEqual(answers[1]);
  });

  test("an address that is there already, all of them named", async () => {
    const unit = {
      informationUnitId: "a",
      lifecycleStatus: "draft",
      unitKind: "law_unit",
      sectionType: "article",
      ownerRef: null,
      publicationType: "law",
      title: "t",
      contentSha256: sha256("x"),
    } as const;
    const units = [1, 2].map((number) => ({ ...unit, canonicalAddress: `DOC/article-${number}` }));
    const adapter = simulatorAdapter({ world: seedWorld({ ...survey, units }, "as surveyed"), plan });
    await adapter.pre_write_backup(RUN);
    const answer = await adapter.cut_leg_a(RUN);
    expect(answer instanceof Failure && answer.facts.problems).toEqual([
      "row 1: canonical_address: DOC/article-1 exists already",
      "row 2: canonical_address: DOC/article-2 exists already",
    ]);
    expect(adapter.counts()).toMatchObject({ information_unit: 2, cut_change_set: 0 });
  });

  test("a replay does not meet the units of its own document", async () => {
    const unit = { informationUnitId: "a", lifecycleStatus: "enacted", contentSha256: sha256("x"), title: "t" };
    const units = [{ ...unit, canonicalAddress: "DOC/article-1" }] as unknown as Survey["units"];
    const adapter = simulatorAdapter({ world: seedWorld({ ...survey, units }, "replay"), plan });
    await adapter.pre_write_backup(RUN);
    expect(await adapter.cut_leg_a(RUN)).toMatchObject({ outcome: "done", facts: { simulated: true, rows: ROWS } });
  });
});
