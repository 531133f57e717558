/**
 * outcome.test: the one failure of a battery, for each kind of battery that is not proven. A leak goes before all else.
 */
import { expect, test } from "bun:test";
import type { ProofResult } from "../src/report/battery.ts";
import { sampleProof } from "../src/report/battery-sample.ts";
import { outcomeOf } from "./outcome.ts";

const lost = {
  code: "SESSION_LOST",
  message: "gone",
  data: "The server rolls back.",
  hint: "Look at its log.",
  facts: {},
};
const leak = { what: "rows", expected: "0", seen: "1" };
const seven = (changes: Readonly<Record<number, Partial<ProofResult>>>): ProofResult[] =>
  [1, 2, 3, 4, 5, 6, 7].map((number) => sampleProof(number, changes[number]));

test("a battery that passed has none, and one that ran nothing is not proven", () => {
  expect(outcomeOf(seven({}), 1)).toEqual({ failure: null, exit: 0 });
  expect(outcomeOf([], 0)).toMatchObject({ failure: { code: "NOT_PROVEN", message: "no proof ran" }, exit: 3 });
});

test("a failure keeps its code; what it means for the data is what PROOF-6 saw", () => {
  const failed: Partial<ProofResult> = { verdict: "FAIL", failure: lost };
  expect(outcomeOf(seven({ 3: failed }), 0)).toEqual({ failure: lost, exit: 5 });
  expect(outcomeOf(seven({ 5: failed }), 1)).toEqual({ failure: lost, exit: 5 });
  const unseen = outcomeOf(seven({ 5: failed, 6: failed }), 1);
  expect(unseen.failure?.data).toContain("could not look");
});

test("a mismatch is NOT_PROVEN and names the first of them", () => {
  const outcome = outcomeOf(seven({ 4: { verdict: "FAIL", mismatches: [leak, leak] } }), 0);
  expect(outcome).toMatchObject({
    exit: 3,
    failure: { code: "NOT_PROVEN", data: expect.stringContaining("not tried") },
  });
  expect(outcome.failure?.message).toEndWith("rows: expected 0, seen 1, and 1 more");
});

test("a leak is told first, whatever failed before it", () => {
  const proofs = seven({ 5: { verdict: "FAIL", failure: lost }, 6: { verdict: "FAIL", mismatches: [leak] } });
  expect(outcomeOf(proofs, 1)).toMatchObject({
    exit: 3,
    failure: { code: "NOT_PROVEN", data: "Something may have stayed: PROOF-6 says what." },
  });
});

test("others who write do not make it a leak", () => {
  const outcome = outcomeOf(seven({ 6: { verdict: "INCONCLUSIVE", mismatches: [leak] } }), 3);
  expect(outcome).toMatchObject({ exit: 3, failure: { data: expect.stringContaining("others were writing") } });
});
