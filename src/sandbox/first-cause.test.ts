/** Tests of what is told first: a scenario that failed comes before what stopped the sequence behind it. */
import { expect, test } from "bun:test";
import { Failure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";
import { firstCause } from "./first-cause.ts";

function scenario(id: string, verdict: Judged["verdict"]): Judged {
  return { id, verdict, claim: "c", summary: "ENOSPC", durationMs: 0, facts: {}, mismatches: [], failure: null };
}

const GATE = new Failure("SANDBOX_NOT_PROVEN", "G-14 did not pass", { facts: { gate: "G-14" } });

test("a scenario that failed is told first, and what stopped it later stands in the facts", () => {
  const { message, facts } = firstCause(GATE, [scenario("S1", "PASS"), scenario("S2", "FAIL")]) ?? {};
  expect({ message, facts }).toEqual({
    message: "S2 is FAIL (c): ENOSPC",
    facts: { what: "S2", also: { code: "SANDBOX_NOT_PROVEN", message: "G-14 did not pass" } },
  });
});

test("one that was not come to is no cause, and where all passed the gate is", () => {
  expect(firstCause(GATE, [scenario("S1", "PASS"), scenario("S2", "NOT RUN")])).toBe(GATE);
  expect(firstCause(null, [scenario("S2", "FAIL")])).toBe(null);
});
