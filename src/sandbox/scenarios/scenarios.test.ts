/**
 * Tests of the scenarios: each passes on a sound database, and turns red where what it watches is broken in it.
 *
 * On one sandbox, one sabotage after the other, each mended again. Those of S10 come last: what they let through stays.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { Failure } from "../../kernel/failure.ts";
import { runScenarios } from "../run-scenarios.ts";
import { buildSandbox, sampleSandbox } from "../sample.ts";
import { known } from "../sandbox.ts";
import { Stage } from "../stage/stage.ts";
import { SCENARIOS } from "./list.ts";
import type { Scenario } from "./scenario.ts";

const PATIENCE_MS = 600_000;

const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
/** Of the sound run: S3, S4, S10 and S11 go on from it. */
const stage = new Stage(sandbox);
beforeAll(async () => {
  expect(await buildSandbox(sandbox)).toBe(null);
}, PATIENCE_MS);
afterAll(async () => {
  expect((await sandbox.takeDown()).left).toEqual([]);
}, PATIENCE_MS);

/** What came of the scenario, with the first thing that was otherwise than it should be. */
async function play(id: string): Promise<{ readonly verdict: string | undefined; readonly why: string }> {
  const scenario = SCENARIOS.filter((one) => one.id === id);
  await runScenarios(stage, scenario);
  const judged = sandbox.results.at(-1)?.judged;
  const [first] = judged?.mismatches ?? [];
  const why =
    first === undefined ? (judged?.failure?.message ?? "") : `${first.what}: ${first.expected}, ${first.seen}`;
  return { verdict: judged?.verdict, why };
}

async function sql(...statements: readonly string[]): Promise<void> {
  const failed = await stage.prepare(statements);
  if (failed instanceof Failure) throw new Error(failed.message);
}

/** Broken, played and mended; and what makes it red is the sabotage. */
async function broken(id: string, sabotage: string, mend: string): Promise<string> {
  await sql(...sabotage.split(";"));
  const { verdict, why } = await play(id);
  await sql(...mend.split(";"));
  return verdict === "FAIL" ? "FAIL" : `${verdict}: ${why}`;
}

const EXECUTE = "EXECUTE ON FUNCTION public.fn_iu_create(text, text, text, text, text, text, text, text)";

test(
  "S2 turns red where the role may not call the write function, and passes where it may",
  async () => {
    const staged = known(sandbox.staged, "stage");
    // A document of its own: the ledger lets no second run of one begin while one is open.
    sandbox.staged = { ...staged, document: { ...staged.document, id: "BROKEN" } };
    expect(await broken("S2", `REVOKE ${EXECUTE} FROM cutter_exec`, `GRANT ${EXECUTE} TO cutter_exec`)).toBe("FAIL");
    expect(sandbox.results.at(-1)?.judged.failure?.message).toContain("STOPPED");
    sandbox.staged = staged;
    expect(await play("S2")).toEqual({ verdict: "PASS", why: "" });
  },
  PATIENCE_MS,
);

test(
  "one that throws is a FAIL with its reason, its log and its trace, and the next is run",
  async () => {
    const first = known(SCENARIOS[0] ?? null, "scenario");
    const thrower: Scenario = {
      ...{ ...first, id: "S11", needs: [] },
      run: async (own) => {
        own.say("it came so far");
        await own.ask("SELECT 'so far'");
        throw new TypeError("nothing is there");
      },
    };
    await runScenarios(stage, [thrower, first]);
    const [thrown, next] = sandbox.results.slice(-2);
    expect([thrown?.judged.verdict, thrown?.judged.failure?.message, next?.judged.verdict]).toEqual([
      ...["FAIL", "S11 broke off: TypeError: nothing is there", "PASS"],
    ]);
    expect(thrown?.log).toContain("it came so far");
    expect(thrown?.trace).toContain("SELECT 'so far'");
  },
  PATIENCE_MS,
);

test(
  "S11 of runs that did not get far is a FAIL for all that is missing, and breaks off nowhere",
  async () => {
    expect(await broken("S11", "ALTER ROLE cutter_exec NOLOGIN", "ALTER ROLE cutter_exec LOGIN")).toBe("FAIL");
    const { failure, mismatches } = known(sandbox.results.at(-1)?.judged ?? null, "result");
    expect([failure, mismatches.map(({ what }) => what)]).toEqual([null, expect.arrayContaining(["hard: pre.json"])]);
  },
  PATIENCE_MS,
);

test.each([
  ["S1", "ALTER ROLE cutter_verify SUPERUSER", "ALTER ROLE cutter_verify NOSUPERUSER"],
  ["S5", `REVOKE ${EXECUTE} FROM cutter_exec`, `GRANT ${EXECUTE} TO cutter_exec`],
  [
    "S6",
    `INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.no_such_kind', 'x'),
      ('vocab.section_type.no_such_section', 'x'), ('vocab.publication_type.nothing', 'x')`,
    "DELETE FROM public.system_vocab WHERE label = 'x'",
  ],
  [
    "S7",
    "ALTER DATABASE sandbox SET session_replication_role = replica",
    "ALTER DATABASE sandbox RESET session_replication_role",
  ],
  ["S8", `REVOKE ${EXECUTE} FROM cutter_exec`, `GRANT ${EXECUTE} TO cutter_exec`],
  [
    "S9",
    "GRANT SELECT ON cutter_governance.approval_grant TO cutter_verify",
    "REVOKE SELECT ON cutter_governance.approval_grant FROM cutter_verify",
  ],
  [
    "S11",
    "ALTER FUNCTION public.fn_iu_withdraw(uuid, text) RENAME TO fn_iu_gone",
    "ALTER FUNCTION public.fn_iu_gone(uuid, text) RENAME TO fn_iu_withdraw",
  ],
  ["S12", "ALTER ROLE cutter_exec CONNECTION LIMIT 9", "ALTER ROLE cutter_exec CONNECTION LIMIT 2"],
] as const)(
  "%s passes, and turns red where it is broken: %s",
  async (id, sabotage, mend) => {
    expect(await play(id)).toEqual({ verdict: "PASS", why: "" });
    expect(await broken(id, sabotage, mend)).toBe("FAIL");
  },
  PATIENCE_MS,
);

test(
  "S3 turns red for a run that has not ended, and passes for one that has",
  async () => {
    expect(await play("S3")).toEqual({ verdict: "PASS", why: "" });
    const closed = known(stage.closed, "closed run");
    const desk = stage.desk();
    const { runId } = await desk.begin("OPEN", known(sandbox.staged, "stage").handbook);
    stage.closed = { ...closed, desk, runId: runId ?? "" };
    expect((await play("S3")).verdict).toBe("FAIL");
    stage.closed = closed;
  },
  PATIENCE_MS,
);

test(
  "S4 turns red for another text of the same document, and passes for the same",
  async () => {
    expect(await play("S4")).toEqual({ verdict: "PASS", why: "" });
    const staged = known(sandbox.staged, "stage");
    const other = sandbox.path("stage", "other.md");
    copyFileSync(staged.document.path, other);
    appendFileSync(other, "\n## One more\n\nIt was not there.\n");
    sandbox.staged = { ...staged, document: { ...staged.document, path: other } };
    expect((await play("S4")).verdict).toBe("FAIL");
    sandbox.staged = staged;
  },
  PATIENCE_MS,
);

test(
  "S10 passes while the triggers fire, and turns red where they do not",
  async () => {
    expect(await play("S10")).toEqual({ verdict: "PASS", why: "" });
    const trigger = "TRIGGER trg_iu_enacted_immut";
    const table = "ALTER TABLE public.information_unit";
    expect(await broken("S10", `${table} DISABLE ${trigger}`, `${table} ENABLE ${trigger}`)).toBe("FAIL");
  },
  PATIENCE_MS,
);
