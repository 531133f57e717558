/** Tests of the readiness matrix: each item is open, in part or closed by its own evidence, and by nothing else. */
import { expect, test } from "bun:test";
import type { RehearsalReport } from "../report/rehearsal.ts";
import type { Condition, GateSigners, Standing } from "./doctor/condition.ts";
import { examine, type ItemId } from "./doctor.ts";

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

const gate = (name: string, able: number, required = 1): GateSigners => {
  return { gate: name, able, required, lapsed: able === 0 ? ["a (until 20200101)"] : [] };
};

const GATES = [gate("SG1", 1), gate("SG2", 1), gate("REVERT", 1), gate("HARD_DELETE", 1)];

const READY: Condition = {
  ...{ off: [], clock: { aheadMs: -40 }, contract: "holds", backupKey: "usable", approvers: GATES },
  rehearsal: { runId: "ictr-1", report: REPORT, standing: "as rehearsed" },
  place: { problems: [], remarks: [], seen: ["all of it"] },
  document: { documentId: "D", units: 0 },
};

function states(condition: Condition): Partial<Record<ItemId, string>> {
  return Object.fromEntries(examine(condition).map(({ id, state }) => [id, state]));
}

function rehearsed(report: Partial<RehearsalReport> | null, standing: Standing = "as rehearsed"): Condition {
  return {
    ...READY,
    rehearsal: { runId: "ictr-1", report: report === null ? null : { ...REPORT, ...report }, standing },
  };
}

test("all closed where everything was looked at and holds, with nothing left to do", () => {
  expect(new Set(Object.values(states(READY)))).toEqual(new Set(["CLOSED"]));
  expect(examine(READY).every(({ next }) => next === null)).toBe(true);
});

const problem = { what: "x", next: "y" };
const place = (changes: Partial<Condition["place"]>): Condition => {
  return { ...READY, place: { ...READY.place, ...changes } };
};
const approvers = (...gates: GateSigners[]): Condition => ({ ...READY, approvers: gates });

const BY_REHEARSAL = ["F1", "F3", "GAP6"] as const;
const all = (state: string) => Object.fromEntries(BY_REHEARSAL.map((id) => [id, state]));

const cases: readonly (readonly [what: string, condition: Condition, Partial<Record<ItemId, string>>])[] = [
  ["no run", { ...READY, rehearsal: null, document: { unknown: "no run" } }, { ...all("OPEN"), GAP8: "OPEN" }],
  ["not rehearsed", rehearsed(null), all("OPEN")],
  ["a failed phase", rehearsed({ cut: [...REPORT.cut.slice(0, 4), step("x", "failed")] }), { F1: "PARTIAL" }],
  [
    "a recorder that failed",
    rehearsed({ cut: [step("leg_b_record", "done"), step("write_verify", "failed")] }),
    {
      ...{ F1: "PARTIAL", F3: "PARTIAL" },
    },
  ],
  ["no revert", rehearsed({ revert: [step("r", "not rehearsed")] }), { GAP6: "OPEN" }],
  ["one revert", rehearsed({ revert: [step("r", "done"), step("s", "failed")] }), { GAP6: "PARTIAL" }],
  ["a rehearsal of a database that changed", rehearsed({}, { changed: ["trigger t is new"] }), all("OPEN")],
  ["a rehearsal of which that is not known", rehearsed({}, { unknown: "why" }), all("PARTIAL")],
  ["a contract that differs", { ...READY, contract: { wrong: "x" } }, { F2: "OPEN" }],
  ["no key", { ...READY, backupKey: { wrong: "x" } }, { F4: "OPEN" }],
  ["a connection missing", place({ problems: [problem] }), { GAP5: "OPEN" }],
  ["something left over", place({ remarks: [problem] }), { GAP5: "PARTIAL" }],
  ["no approver", { ...READY, approvers: { wrong: "x" } }, { GAP7: "OPEN" }],
  ["a file of comments alone", approvers(...GATES.map(({ gate: name }) => gate(name, 0))), { GAP7: "OPEN" }],
  ["one gate without anybody", approvers(gate("SG1", 1), gate("SG2", 0), gate("REVERT", 1)), { GAP7: "OPEN" }],
  ["one where two have to sign", approvers(gate("SG1", 1, 2), gate("SG2", 1), gate("REVERT", 1)), { GAP7: "OPEN" }],
  ["no gate at all", approvers(), { GAP7: "OPEN" }],
  ["a HOLD", { ...READY, off: [problem] }, { HOLD: "OPEN" }],
  ["a server's clock that is ahead", { ...READY, clock: { aheadMs: 11_000 } }, { CLOCK: "OPEN" }],
  ["a server's clock that is behind", { ...READY, clock: { aheadMs: -11_000 } }, { CLOCK: "OPEN" }],
  ["a clock that nobody asked", { ...READY, clock: { unknown: "x" } }, { CLOCK: "OPEN" }],
  ["a document that is there", { ...READY, document: { documentId: "D", units: 2 } }, { GAP8: "PARTIAL" }],
];

test.each([...cases])("%s opens its own items and no other, and says what to do", (_what, condition, expected) => {
  const closed = Object.fromEntries(Object.keys(states(READY)).map((id) => [id, "CLOSED"]));
  expect(states(condition)).toEqual({ ...closed, ...expected });
  const open = examine(condition).filter(({ state }) => state !== "CLOSED");
  expect(open.every(({ next }) => next !== null)).toBe(true);
});

test("nobody who may delete for good is told, and keeps nothing: the first run needs no such approval", () => {
  const condition = approvers(gate("SG1", 1), gate("SG2", 1), gate("REVERT", 1), gate("HARD_DELETE", 0));
  const finding = examine(condition).find(({ id }) => id === "GAP7");
  expect([finding?.state, finding?.evidence]).toEqual([
    "CLOSED",
    expect.stringContaining("HARD_DELETE: 0 can sign now, 1 has to, not now: a (until 20200101)"),
  ]);
});
