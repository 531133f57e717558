/** Tests of the live writer's gates, and of leg A's body against the database's own function. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { UnitRow } from "../flow/write-contract.ts";
import { Failure } from "../kernel/failure.ts";
import { readKillSwitch } from "../kernel/kill-switch.ts";
import { rollbackOnly } from "../kernel/rollback-only/guarded.ts";
import type { Session } from "../kernel/session/session.ts";
import { METHODS } from "./adapter.ts";
import { createDraftUnits } from "./leg-a.ts";
import { productionAdapter } from "./production.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database, "cutter_exec");
});

afterAll(async () => {
  await session?.close();
  database?.drop();
});

const row = (number: number): UnitRow => ({
  canonical_address: `TEST-DOC/article-${number}`,
  title: `Article ${number}`,
  body: "text",
  actor: "test",
  unit_kind: "law_unit",
  section_type: "article",
  publication_type: "law",
});

test("every method refuses before it asks for a connection, whatever else says off", async () => {
  const state = mkdtempSync(join(tmpdir(), "cutter-gate-"));
  mkdirSync(join(state, "locks"), { mode: 0o700 });
  for (const hold of ["absent", "present"]) {
    if (hold === "present") writeFileSync(join(state, "locks", "HOLD"), "run ictr-1: test\n");
    let asked = 0;
    const connect = async () => {
      asked += 1;
      return new Failure("CONNECT_FAILED", "never");
    };
    const adapter = productionAdapter({
      killSwitch: () => readKillSwitch({ stateDirectory: state }),
      connect,
      live: null,
    });
    for (const method of METHODS) {
      const answer = failed(await adapter[method]({ runId: "ictr-1" }));
      expect([answer.code, answer.facts.method, asked]).toEqual(["KILL_SWITCH_OFF", method, 0]);
    }
  }
  rmSync(state, { recursive: true });
});

test("leg A creates many drafts in one statement, each with both ids", async () => {
  const rows = Array.from({ length: 200 }, (_, index) => row(index));
  const result = succeed(await rollbackOnly(session, (transaction) => createDraftUnits(transaction, rows)));
  const ids = new Set(result.value.flatMap((unit) => [unit.informationUnitId, unit.unitVersionId]));
  expect([result.value.length, ids.size]).toEqual([200, 400]);
  expect(result.effects.relations.map((entry) => [entry.relation, entry.inserted])).toEqual([
    ["public.information_unit", 200],
    ["public.unit_version", 200],
  ]);
});

test("one rejected row fails the whole, and is named with the database's own words", async () => {
  const rows = [row(1), { ...row(2), section_type: null }, row(1)];
  const failure = failed(await rollbackOnly(session, (transaction) => createDraftUnits(transaction, rows)));
  expect(failure.code).toBe("UNIT_REJECTED");
  const problems = failure.facts.problems as readonly string[];
  expect(problems.map((problem) => problem.slice(0, 5))).toEqual(["row 2", "row 3"]);
  expect(problems[0]).toContain("section_type: Multiple, choose:");
  expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address LIKE 'TEST-DOC/%'")).toBe("0");
});
