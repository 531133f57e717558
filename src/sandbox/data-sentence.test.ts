/** Tests of the sentence about the data of a sandbox that did not come to its good end. */
import { expect, test } from "bun:test";
import { Failure, type FailureCode } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";
import { type Ended, withDataSentence } from "./data-sentence.ts";

function gate(id: string, verdict: Judged["verdict"]): Judged {
  return { id, verdict, claim: "", summary: "", durationMs: 0, facts: {}, mismatches: [], failure: null };
}

const SOUND: Ended = { gates: [gate("G-17", "PASS"), gate("G-25", "PASS")], made: 3, left: [], isKept: false };
const RED: Ended = { ...SOUND, gates: [gate("G-17", "FAIL"), gate("G-25", "PASS")] };
const OTHER: Ended = { ...SOUND, gates: [gate("G-17", "NOT RUN"), gate("G-25", "FAIL")] };
const WROTE = "his program wrote to the throwaway database alone";
const NOTHING_MADE = "No server was started, and no database was touched.";
const notShown = (id: string): string => `That production is as it was is not shown, read ${id}: but t${WROTE}`;

type Case = { readonly code: FailureCode; readonly ended: Ended; readonly data: string };

test.each<readonly [string, Case]>([
  ["all is removed", { code: "SANDBOX_NOT_PROVEN", ended: SOUND, data: `T${WROTE}, and that is removed.` }],
  ["its server ended", { code: "SANDBOX_SERVER_FAILED", ended: SOUND, data: `T${WROTE}, and that is removed.` }],
  ["a signal", { code: "INTERRUPTED", ended: SOUND, data: `T${WROTE}, and that is removed.` }],
  ["it was not begun", { code: "HUNG_UP", ended: { ...SOUND, made: 0 }, data: NOTHING_MADE }],
  ["it is kept", { code: "SANDBOX_NOT_PROVEN", ended: { ...SOUND, isKept: true }, data: `T${WROTE}, which is kept.` }],
  [
    "something is left, which makes the last gate red",
    {
      code: "SANDBOX_NOT_PROVEN",
      ended: { ...OTHER, left: ["a directory"] },
      data: `T${WROTE}; what is left of that, cutter sandbox sweep removes.`,
    },
  ],
  [
    "production was touched",
    { code: "SANDBOX_NOT_PROVEN", ended: RED, data: `${notShown("G-17")}, and that is removed.` },
  ],
  [
    "production is another one",
    { code: "TERMINATED", ended: OTHER, data: `${notShown("G-25")}, and that is removed.` },
  ],
])("%s", (_what, { code, ended, data }) => {
  expect(withDataSentence(new Failure(code, "why", { hint: "what to do", facts: { a: 1 } }), ended)).toMatchObject({
    ...{ code, message: "why", hint: "what to do", facts: { a: 1 } },
    data,
  });
});

test("a code whose own sentence is exact keeps it", () => {
  const failure = new Failure("SANDBOX_IS_PRODUCTION", "equal");
  expect(withDataSentence(failure, RED)).toBe(failure);
});

test("so does what happened before there was a server, unless production is not shown to be as it was", () => {
  const failure = new Failure("SANDBOX_DUMP_BROKEN", "why", { data: "Production was read at most." });
  expect(withDataSentence(failure, SOUND)).toBe(failure);
  expect(withDataSentence(failure, OTHER).data).toStartWith("That production is as it was is not shown");
});
