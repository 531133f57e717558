/** Tests of the twenty-five gates: each passes with a sound measurement, and turns red with every sabotage of it. */
import { expect, test } from "bun:test";
import { judge } from "../../report/judgement.ts";
import { COMMANDS } from "../commands.ts";
import { ALL_GATES, matrixSize } from "./list.ts";
import { SAMPLES } from "./sample.ts";
import { G08, G12 } from "./server.ts";
import { G17, type Untouched } from "./verification.ts";

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

test("G-12: a service that ended by itself, or began, was not restarted", () => {
  const sound = { boot: "b", installed: [], servicesHow: "systemctl", protected: [] };
  const before = { ...sound, services: [{ name: "idle", begun: "1" }] };
  const after = { ...sound, services: [{ name: "timer", begun: "2" }] };
  expect(judge(G12.judge({ before, after })).verdict).toBe("PASS");
});

test("G-17: of a standby it says that the primary was not asked; G-09 of a backup, that nothing was", () => {
  const said = (id: string, changes: object): string => {
    const found = SAMPLES.find((one) => one.id === id);
    return found === undefined ? "" : judge(found.gate.judge({ ...(found.healthy as object), ...changes })).summary;
  };
  expect(said("G-17", { server: "standby" })).toContain("its primary was not asked");
  expect(said("G-17", { server: "primary" })).not.toContain("not asked");
  const nothing = { differences: null, copied: [], leftOut: [] };
  expect(said("G-09", { production: nothing })).toContain("the source does not say what production's roles may do");
  expect(said("G-09", {})).not.toContain("the source does not say");
});

test("G-17: where no scenario made a run, that there is none says nothing of production", () => {
  const healthy = SAMPLES.find(({ id }) => id === "G-17")?.healthy as Untouched;
  const verdict = (changes: Partial<Untouched>) => judge(G17.judge({ ...healthy, ...changes })).verdict;
  expect([verdict({ runs: [], runsPredicted: 0 }), verdict({ runs: [], runsPredicted: 1 })]).toEqual(["PASS", "FAIL"]);
});

test("G-08: where pg_restore failed its own words are told, and nothing of what was not counted", () => {
  const [first, second] = ["pg_restore: error: COPY failed", "Command was: SET default_tablespace = x;"];
  const ended = { failure: `exit code 1: ${first}`, notices: ["pg_restore: creating TABLE x", first, second] };
  const dumped = [{ relation: "x", rows: 1, contentSha256: "a" }];
  expect(judge(G08.judge({ ...ended, dumped, restored: [], tables: [] })).mismatches.map(({ seen }) => seen)).toEqual([
    ...[ended.failure, second],
  ]);
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
