/**
 * selfcheck.server.test: every sabotage of every proof on a real server, for each kind of target: its own proof turns
 * red and none before it; healthy before and after.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BatteryOrder, listedSabotages, sabotageable } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { Failure } from "../src/kernel/failure.ts";
import type { ProofTarget, TargetKind } from "./context.ts";
import { runSelfcheck, type SabotageResult } from "./selfcheck.ts";
import { genericTarget } from "./targets/generic.ts";
import { iuTarget } from "./targets/iu.ts";
import { specTarget } from "./targets/spec.ts";
import { sqlTarget } from "./targets/sql.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  database.psql("CREATE TABLE public.note (id int PRIMARY KEY); GRANT SELECT, INSERT ON public.note TO cutter_exec");
});

afterAll(() => database.drop());

const FLAGS = { watch: [], "max-relations": 100, "allow-escape": [] };
const INSERT = "INSERT INTO public.note VALUES (1)";
const SPEC = `statements = ["${INSERT}"]\n[[declare]]\nrelation = "public.note"\ninserted = 1\n`;

const TARGETS: { readonly [kind in TargetKind]: () => Promise<ProofTarget | Failure> } = {
  iu: async () => iuTarget("test"),
  sql: () => sqlTarget({ ...FLAGS, sql: fileWith("note.sql", INSERT), param: [], explain: false }),
  spec: () => specTarget({ ...FLAGS, spec: fileWith("note.toml", SPEC) }),
  generic: async () => genericTarget("test", { ...FLAGS, "probe-schema": undefined }),
};

async function selfcheck(kind: TargetKind, order: Partial<BatteryOrder> = {}): Promise<readonly SabotageResult[]> {
  const target = await TARGETS[kind]();
  if (target instanceof Failure) throw new Error(target.message);
  const { fresh, close } = await sabotageable(database, {
    url: database.url("cutter_exec"),
    ...order,
    target: async () => target,
  });
  const results = await runSelfcheck(fresh);
  await close();
  if (results instanceof Failure) throw new Error(`${results.code}: ${results.message}`);
  return results;
}

describe("every sabotage turns its own proof red and nothing before it", () => {
  for (const kind of ["iu", "sql", "spec", "generic"] as const) {
    test(`target ${kind}`, async () => {
      const results = await selfcheck(kind);
      const missed = results.filter((one) => !one.caught);
      expect(missed).toEqual([]);
      expect(results.map((one) => `${one.proof}: ${one.sabotage}`)).toEqual(listedSabotages(kind));
    });
  }
});

test("a sabotage that is not caught is seen: the proof that should watch looks away", async () => {
  const { fresh, close } = await sabotageable(database, { url: database.url("cutter_exec"), target: TARGETS.iu });
  const blind = { ...fresh(), options: { ...fresh().options, expectedRole: "somebody_else" } };
  const results = await runSelfcheck(() => blind);
  await close();
  if (results instanceof Failure) throw new Error(results.message);
  expect(results[0]).toMatchObject({ sabotage: "healthy, before", caught: false, got: "PROOF-3 FAIL" });
  // Red before it is reached is not red for the right reason.
  expect(results.filter((one) => one.proof === "PROOF-6").every((one) => !one.caught)).toBe(true);
});
