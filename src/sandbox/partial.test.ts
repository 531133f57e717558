/** Tests of what is excused: only what the provider cannot carry, only where it was not run, and never a red one. */
import { expect, test } from "bun:test";
import type { Judged } from "../report/battery.ts";
import { GateLedger } from "./gate-ledger.ts";
import { G05_SESSION, G08_LOADED, type Loaded, unmeasuredGates } from "./gates/embedded.ts";
import { ALL_GATES } from "./gates/list.ts";
import { CONTENT, DIFFERENCE } from "./gates/sample-parts.ts";
import { bestVerdict, firstRed, notCarriedBy, partialFailure } from "./partial.ts";
import { embeddedProvider } from "./providers/embedded.ts";
import { SCENARIOS } from "./scenarios/list.ts";

const EMBEDDED = embeddedProvider();
const LOCAL = { name: "local", lacks: [] } as const;
const SCENARIOS_OPEN = ["S1", "S2", "S3", "S4", "S7", "S8", "S11", "S12"];
const GATES_OPEN = ["G-17", "G-20", "G-21", "G-22"];

function judgedAll(verdictOf: (id: string) => Judged["verdict"]): readonly Judged[] {
  const nothing = { claim: "", summary: "", durationMs: 0, facts: {}, mismatches: [], failure: null };
  return [...SCENARIOS, ...ALL_GATES].map(({ id }) => ({ id, verdict: verdictOf(id), ...nothing }));
}

const open = (id: string): Judged["verdict"] => (notCarriedBy(EMBEDDED).has(id) ? "NOT RUN" : "PASS");

test("the embedded engine carries four scenarios and twenty-one gates; the others carry all", () => {
  expect([...notCarriedBy(EMBEDDED).keys()]).toEqual([...SCENARIOS_OPEN, ...GATES_OPEN]);
  expect(bestVerdict(EMBEDDED)).toBe("CUTTER_SANDBOX 4/12 SCENARIOS 21/25 GATES PARTIAL");
  expect([...notCarriedBy(LOCAL).keys(), bestVerdict(LOCAL)]).toEqual([
    "CUTTER_SANDBOX 12/12 SCENARIOS 25/25 GATES NET_ZERO",
  ]);
});

test("where all the rest passed it is partial, which is exit 3 and names each that was not run", () => {
  const failure = partialFailure(EMBEDDED, judgedAll(open));
  expect([failure?.code, failure?.exitCode, failure?.facts.not_run]).toEqual([
    "SANDBOX_PARTIAL",
    3,
    [...SCENARIOS_OPEN, ...GATES_OPEN],
  ]);
});

test.each([
  ["a scenario that it carries is not run", (id: string) => (id === "S9" ? "NOT RUN" : open(id))],
  ["a gate that it carries is not run", (id: string) => (id === "G-10" ? "NOT RUN" : open(id))],
  ["one failed that it carries", (id: string) => (id === "S6" ? "FAIL" : open(id))],
  ["one failed that it should not have run", (id: string) => (id === "S2" ? "FAIL" : open(id))],
  ["everything passed", () => "PASS" as const],
] as const)("it is not partial where %s", (_what, verdictOf) => {
  expect(partialFailure(EMBEDDED, judgedAll(verdictOf as typeof open))).toBe(null);
});

test("the first red one is one that the provider carries", () => {
  const red = (id: string): Judged["verdict"] => (id === "S6" || id === "G-20" ? "FAIL" : open(id));
  expect([firstRed(EMBEDDED, judgedAll(red))?.id, firstRed(EMBEDDED, judgedAll(open))?.id]).toEqual(["S6", "S1"]);
  expect(firstRed(LOCAL, judgedAll(open))?.id).toBe("S1");
});

test("another provider is never partial", () => {
  expect(partialFailure(LOCAL, judgedAll(open))).toBe(null);
});

test("a gate that cannot be measured is not asked, and says why", async () => {
  const gates = new GateLedger();
  gates.leaveOut(unmeasuredGates(EMBEDDED.lacks));
  let asked = "no";
  const gate = { id: "G-20", claim: "c", judge: () => ({ summary: "", facts: {}, mismatches: [] }) };
  const judged = await gates.judge(gate, () => {
    asked = "yes";
    return {};
  });
  expect([asked, judged.verdict, gates.of("G-20"), gates.results()[19]?.summary]).toEqual([
    "no",
    "NOT RUN",
    undefined,
    expect.stringContaining("no second session"),
  ]);
});

const LOADED: Loaded = { standIn: [CONTENT], loaded: [CONTENT], differences: [] };

test.each([
  ["a row is missing", { ...LOADED, loaded: [{ ...CONTENT, rows: 2 }] }],
  ["a row is another one", { ...LOADED, loaded: [{ ...CONTENT, contentSha256: "b".repeat(64) }] }],
  ["a relation is missing", { ...LOADED, loaded: [] }],
  ["the stand-in holds nothing", { ...LOADED, standIn: [], loaded: [] }],
  ["the schema is otherwise", { ...LOADED, differences: [DIFFERENCE] }],
] as const)("G-08 without a dump turns red where %s", (_what, measured) => {
  expect(G08_LOADED.judge(LOADED).mismatches).toEqual([]);
  expect(G08_LOADED.judge(measured as Loaded).mismatches.length).toBeGreaterThan(0);
});

test.each([
  ["the session may write", { transactionReadOnly: "off", transactionIds: [] }],
  ["a transaction id was given to it", { transactionReadOnly: "on", transactionIds: ["700"] }],
] as const)("G-05 of a session without a dump turns red where %s", (_what, reading) => {
  expect(G05_SESSION.judge({ transactionReadOnly: "on", transactionIds: [] }).mismatches).toEqual([]);
  expect(G05_SESSION.judge(reading).mismatches.length).toBe(1);
});
