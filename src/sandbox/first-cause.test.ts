/** Tests of what is told of a sandbox that is not proven: the first thing that was wrong, and what else ended it. */
import { expect, test } from "bun:test";
import { Failure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";
import { firstCause, refusal } from "./first-cause.ts";

function judged(id: string, verdict: Judged["verdict"], seen: readonly string[] = []): Judged {
  const mismatches = seen.map((one) => ({ what: "w", expected: "e", seen: one }));
  return { id, verdict, claim: "c", summary: "s", durationMs: 0, facts: {}, mismatches, failure: null };
}

const SCENARIOS = [judged("S1", "PASS"), judged("S2", "FAIL", ["x", "y"]), judged("S3", "FAIL")];
const RED = { scenarios: SCENARIOS, gates: [judged("G-15", "FAIL"), judged("G-17", "PASS")] };
const GATE = new Failure("SANDBOX_NOT_PROVEN", "G-15 did not pass", { facts: { gate: "G-15" } });

test("a scenario that failed is told before the gate behind it, which stands beside it", () => {
  const told = firstCause(GATE, RED);
  expect([told?.message, told?.facts]).toEqual([
    "S2 is FAIL (c): w: expected e, seen x; w: expected e, seen y",
    { what: "S2", also: { code: "SANDBOX_NOT_PROVEN", message: "G-15 did not pass" } },
  ]);
});

test("what ended it tells itself where it is no gate, or where every scenario that was run passed", () => {
  const step = new Failure("SANDBOX_SERVER_FAILED", "it ended");
  expect([firstCause(step, RED), firstCause(null, RED)]).toEqual([step, null]);
  expect(firstCause(GATE, { ...RED, scenarios: [judged("S1", "PASS"), judged("S2", "NOT RUN")] })).toBe(GATE);
});

test("that production was touched is told before all of it", () => {
  const touched = { ...RED, gates: [judged("G-15", "FAIL"), judged("G-17", "FAIL", ["a session"])] };
  expect(firstCause(GATE, touched)?.message).toBe("G-17 is FAIL (c): w: expected e, seen a session");
  const itself = new Failure("SANDBOX_NOT_PROVEN", "G-17 did not pass", { facts: { gate: "G-17" } });
  expect(firstCause(itself, touched)).toBe(itself);
});

test("what broke off is told in the words of its failure", () => {
  expect(refusal(judged("S2", "FAIL")).message).toBe("S2 is FAIL (c): s");
});
