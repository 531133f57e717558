/** Tests of the table of moves: closed, in order, and the same words as the database's CHECKs. */
import { expect, test } from "bun:test";
import runTables from "../../sql/governance/a-run.sql" with { type: "text" };
import { authorityOf, isOpen, MOVES, mayMove, nextStep, PHASES, STATES, STEPS, waitsAt } from "./phase.ts";

function wordsOf(column: string): readonly string[] {
  const check = new RegExp(`\\b${column} text NOT NULL CHECK \\(${column} IN \\(([^)]*)\\)`).exec(runTables)?.[1];
  return [...(check ?? "").matchAll(/'([^']+)'/g)].map((match) => match[1] ?? "");
}

test("the states are those that the database lets a run have", () => {
  expect([...STATES]).toEqual([...wordsOf("state")] as typeof STATES extends readonly (infer T)[] ? T[] : never);
});

test("the phases are those that the database lets a run record, which also knows compensate", () => {
  expect([...PHASES, "compensate"]).toEqual([...wordsOf("phase")]);
});

test("every step leads to the next one and to nothing further along", () => {
  for (const [position, step] of STEPS.entries()) {
    const next = STEPS[position + 1] ?? null;
    expect(nextStep(step.after)).toEqual(next);
    for (const later of STEPS.slice(position + 2)) {
      expect([step.after, later.after, mayMove(step.after, later.after)]).toEqual([step.after, later.after, false]);
    }
  }
});

test("no move goes back, but for a hold that was cleared", () => {
  const back = STEPS.flatMap(({ after }, position) =>
    STEPS.slice(0, position + 1).filter((earlier) => mayMove(after, earlier.after)),
  );
  expect(back).toEqual([]);
  expect(MOVES.get("HELD")).toEqual(["STOPPED", "REVERTED"]);
});

test("a closed run moves nowhere but to a revert; a reverted one nowhere", () => {
  expect([MOVES.get("CLOSEOUT_REPORTED"), MOVES.get("REVERTED")]).toEqual([["REVERTED"], []]);
});

test("a run waits at two states, and phases behind a gate run under its authority", () => {
  expect(STATES.flatMap((state) => waitsAt(state) ?? [])).toEqual(["SG1", "SG2"]);
  const expected = [null, null, null, "SG1", "SG1", "SG1", "SG1", "SG2", "SG2"] as const;
  expect(PHASES.map(authorityOf)).toEqual([...expected]);
});

test("a stopped or closed run does not keep others from its document; a held one does", () => {
  const free = STATES.filter((state) => !isOpen(state));
  expect(free).toEqual(["CLOSEOUT_REPORTED", "STOPPED", "REVERTED"]);
});
