/** Tests of the twenty-five gates: each passes with a sound measurement, and turns red with every sabotage of it. */
import { expect, test } from "bun:test";
import { judge } from "../../report/judgement.ts";
import { COMMANDS } from "../commands.ts";
import { ALL_GATES, matrixSize } from "./list.ts";
import { SAMPLES } from "./sample.ts";
import { G08, G12 } from "./server.ts";
import { G17 } from "./verification.ts";

test("there are twenty-five, each in one command of the table, each with a measurement and a sabotage", () => {
  const ids = Array.from({ length: 25 }, (_, index) => `G-${String(index + 1).padStart(2, "0")}`);
  expect(ALL_GATES.map(({ id }) => id)).toEqual(ids);
  expect(COMMANDS.flatMap(({ gates }) => gates)).toEqual(ids);
  expect(SAMPLES.map(({ id }) => id)).toEqual(ids);
  expect(SAMPLES.filter(({ sabotages }) => Object.keys(sabotages).length === 0)).toEqual([]);
});

test("the commands are C-01 to C-13, in order", () => {
  expect(COMMANDS.map(({ id }) => id)).toEqual(
    Array.from({ length: 13 }, (_, index) => `C-${String(index + 1).padStart(2, "0")}`),
  );
});

test("the frozen matrix has 33 table privileges and 3 column UPDATEs on the ledger", () => {
  expect(matrixSize()).toEqual({ tablePrivileges: 33, columnUpdates: 3 });
});

test("G-08: where pg_restore failed its words are told, and not that all the rest is missing", () => {
  const dumped = [{ relation: "x", rows: 1, contentSha256: "a" }];
  const measured = { failure: "exit code 1: first", notices: ["first", "second"], dumped, restored: [], tables: [] };
  const { mismatches } = judge(G08.judge(measured));
  expect(mismatches.map(({ seen }) => seen)).toEqual(["exit code 1: first", "first", "second"]);
});

test("G-17: where no scenario said that it left a run, that there is none is its own verdict's to say", () => {
  const healthy = SAMPLES.find(({ id }) => id === "G-17")?.healthy as Parameters<typeof G17.judge>[0];
  expect(judge(G17.judge({ ...healthy, runs: [], runsPredicted: 0 })).mismatches).toEqual([]);
});

test("G-12: a service that ended by itself, or began, was not restarted", () => {
  const sound = { boot: "b", installed: [], servicesHow: "systemctl", protected: [] };
  const before = { ...sound, services: [{ name: "idle", begun: "1" }] };
  const after = { ...sound, services: [{ name: "timer", begun: "2" }] };
  expect(judge(G12.judge({ before, after })).verdict).toBe("PASS");
});

for (const { id, gate, healthy, sabotages } of SAMPLES) {
  test(`${id} passes: ${gate.claim}`, () => {
    const { verdict, mismatches } = judge(gate.judge(healthy));
    expect({ verdict, mismatches }).toEqual({ verdict: "PASS", mismatches: [] });
  });
  for (const [what, measured] of Object.entries(sabotages)) {
    test(`${id} turns red: ${what}`, () => {
      expect(judge(gate.judge(measured)).verdict).toBe("FAIL");
    });
  }
}
