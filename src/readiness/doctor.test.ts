/** Tests of the readiness matrix: each item is open, in part or closed by its own evidence, and by nothing else. */
import { expect, test } from "bun:test";
import type { RehearsalReport } from "../report/rehearsal.ts";
import { type Condition, examine, type ItemId } from "./doctor.ts";

const step = (phase: string, outcome: "done" | "failed" | "not rehearsed") => {
  return { phase, outcome, role: "r", durationMs: 1, message: outcome === "done" ? null : "why", facts: {} } as const;
};

const PHASES = ["pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify", "lifecycle_enact"];

const REPORT = {
  ...{ schema: "cutter.rehearsal/v1", runId: "ictr-1", documentId: "D", cutplanSha256: "0".repeat(64), at: "now" },
  ...{ database: "d", rows: 3, relations: [], others: [], xid: "1", verdict: "rehearsed" },
  cut: PHASES.map((phase) => step(phase, "done")),
  revert: [step("revert after cut_leg_a", "done")],
} as const satisfies RehearsalReport;

const READY: Condition = {
  rehearsal: { runId: "ictr-1", report: REPORT },
  ...{ contract: "holds", backupKey: "usable", missing: [], approvers: { lines: 1 } },
  document: { documentId: "D", units: 0 },
};

function states(condition: Condition): Partial<Record<ItemId, string>> {
  return Object.fromEntries(examine(condition).map(({ id, state }) => [id, state]));
}

function without(revert: RehearsalReport["revert"], cut: RehearsalReport["cut"] = REPORT.cut): Condition {
  return { ...READY, rehearsal: { runId: "ictr-1", report: { ...REPORT, cut, revert } } };
}

test("all closed where everything was looked at and holds, with nothing left to do", () => {
  expect(new Set(Object.values(states(READY)))).toEqual(new Set(["CLOSED"]));
  expect(examine(READY).every(({ next }) => next === null)).toBe(true);
});

const cases: readonly (readonly [what: string, condition: Condition, Partial<Record<ItemId, string>>])[] = [
  ["no run", { ...READY, rehearsal: null, document: null }, { F1: "OPEN", F3: "OPEN", GAP6: "OPEN", GAP8: "OPEN" }],
  ["not rehearsed", { ...READY, rehearsal: { runId: "r", report: null } }, { F1: "OPEN", F3: "OPEN", GAP6: "OPEN" }],
  ["a failed phase", without(REPORT.revert, [...REPORT.cut.slice(0, 4), step("x", "failed")]), { F1: "PARTIAL" }],
  ["no revert", without([step("r", "not rehearsed")]), { GAP6: "OPEN" }],
  ["one revert", without([step("r", "done"), step("s", "failed")]), { GAP6: "PARTIAL" }],
  ["a contract that differs", { ...READY, contract: { wrong: "x" } }, { F2: "OPEN" }],
  ["no key", { ...READY, backupKey: { wrong: "x" } }, { F4: "OPEN" }],
  ["a connection missing", { ...READY, missing: ["no connections.exec"] }, { GAP5: "OPEN" }],
  ["no approver", { ...READY, approvers: { wrong: "x" } }, { GAP7: "OPEN" }],
  ["a document that is there", { ...READY, document: { documentId: "D", units: 2 } }, { GAP8: "PARTIAL" }],
];

test.each([...cases])("%s opens its own items and no other, and says what to do", (_what, condition, expected) => {
  const closed = Object.fromEntries(Object.keys(states(READY)).map((id) => [id, "CLOSED"]));
  expect(states(condition)).toEqual({ ...closed, ...expected });
  const open = examine(condition).filter(({ state }) => state !== "CLOSED");
  expect(open.every(({ next }) => next !== null)).toBe(true);
});
