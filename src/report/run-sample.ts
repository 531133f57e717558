/**
 * run-sample: reports of a run and of a dry run for the tests of their forms: waiting, ended, and all of it hostile.
 *
 * Test data only; nothing but `*.test.ts` imports it. Numbers are made up and fit together as those of a real run do.
 */
import { HOSTILE, sampleProof } from "./battery-sample.ts";
import type { DryRunReport } from "./dry-run.ts";
import type { PlanReport } from "./plan.ts";
import type { RunReport } from "./run-document.ts";

const AT = "2026-05-21T04:23:59.123Z";
const DIGEST = "ab".repeat(32);
const RUN = "ictr-20260521T042359Z-ad3d0b97";

const PLAN = { create: 577, revise: 0, unchanged: 3, immutable: 0, missing: 1, rows: 577, verdict: "accepted" };

type Step = RunReport["steps"][number];

function step(name: string, changes: Partial<Step> = {}): Step {
  return {
    kind: "phase",
    name,
    does: `what ${name} does`,
    standing: "done",
    at: AT,
    attempts: 1,
    note: null,
    ...changes,
  };
}

/** A live run that waits at its first gate. */
export function waitingRun(): RunReport {
  return {
    ...{ schema: "cutter.run/v1", runId: RUN, sessionId: null, documentId: "VN-69", mode: "live" },
    ...{ state: "AWAITING_CUT_AUTHORIZATION", sourceVersionId: "sv-2a50d7485f79b1e2" },
    stop: { code: "STOP_APPROVAL_REQUIRED", message: "SG1: 577 rows wait for approval" },
    target: { systemIdentifier: "7712326188637066978", timeline: 1, database: "icx" },
    ...{ sourceSha256: DIGEST, manifestSha256: DIGEST, cutplanSha256: DIGEST, createdAt: AT, updatedAt: AT },
    phases: [
      { phase: "survey", attempt: 1, outcome: "done", at: AT, facts: { role: "context_pack_readonly", units: 4 } },
      { phase: "cutplan", attempt: 1, outcome: "done", at: AT, facts: PLAN },
    ],
    steps: [
      step("survey"),
      step("cutplan"),
      step("SG1", { kind: "gate", standing: "waiting", at: null, attempts: 0 }),
      step("cut_leg_a", { standing: "to come", at: null, attempts: 0 }),
    ],
    ...{ remarks: [], next: [`cutter approve ${RUN} --gate SG1`], folder: `/var/lib/cutter/runs/${RUN}`, exit: 6 },
  };
}

/** The same at its end; its verification found a difference at first. */
export function closedRun(): RunReport {
  const waiting = waitingRun();
  const counts = { "public.information_unit": 735, "cutter_governance.run": 3 };
  const closeout = {
    counts,
    since_pre: { ...counts, "public.information_unit": 577 },
    own: { "public.information_unit": 577 },
  };
  return {
    ...waiting,
    ...{ state: "CLOSEOUT_REPORTED", stop: null, exit: 0, next: ["nothing: the run has ended"] },
    phases: [
      ...waiting.phases,
      { phase: "write_verify", attempt: 1, outcome: "mismatch", at: AT, facts: { findings: ["one byte"] } },
      { phase: "closeout", attempt: 1, outcome: "done", at: AT, facts: closeout },
    ],
    steps: [
      ...waiting.steps.slice(0, 2),
      step("SG1", { kind: "gate", attempts: 0, note: "approval SG1-1" }),
      step("write_verify", { standing: "failed", attempts: 2, note: "mismatch" }),
      step("closeout"),
    ],
    remarks: ["COMMIT was answered with a warning"],
  };
}

export function sampleDryRun(changes: Partial<DryRunReport> = {}): DryRunReport {
  const { state, stop, sourceVersionId, phases, steps } = waitingRun();
  return {
    ...{
      schema: "cutter.dryrun/v1",
      sessionId: "dryrun-20260521T042359Z-ad3d0b97",
      version: "0.1.0",
      commit: "23a4fc1",
    },
    ...{ command: "cutter dryrun --survey", startedAt: AT, finishedAt: AT, durationMs: 1500 },
    database: { line: 'database "icx" as "context_pack_readonly"', source: "--service", kind: "server" },
    document: {
      id: "VN-69",
      because: "it was named",
      from: "law.txt",
      bytes: 125585,
      sha256: DIGEST,
      profile: "law-vi",
    },
    plan: {
      units: 581,
      create: 577,
      revise: 0,
      unchanged: 3,
      immutable: 0,
      missing: 1,
      problems: ["VN-69/a: title is long"],
    },
    gates: [1, 2, 3, 4, 5, 6, 7].map((number) => ({ ...sampleProof(number), id: `G${number}` })),
    runs: [
      {
        ...{ runId: RUN, state, stopCode: stop?.code ?? null, sourceVersionId, manifestSha256: DIGEST },
        ...{ cutplanSha256: DIGEST, phases, steps },
      },
    ],
    counts: [
      { relation: "public.information_unit", filter: "VN-69", before: 158, after: 158, how: "exact", note: null },
      { relation: "cutter_governance.run", filter: null, before: null, after: null, how: "unreadable", note: "42501" },
    ],
    ...{ removal: ["rm -rf -- /var/lib/cutter/runs/x"], folder: "/var/lib/cutter/runs/x" },
    ...{ verdictLine: "CUTTER_DRYRUN 7/7 ALL_GATES_PASS", failure: null, exit: 0 },
    ...changes,
  };
}

/** A plan whose units have these depths; the write contract refuses the first one. */
export function samplePlan(depths: readonly number[]): PlanReport {
  const problem = { row: 0, canonical_address: "D/0", field: "title", problem: "is long", choices: ["a shorter one"] };
  return {
    ...{ schema: "cutter.plan/v1", document_id: "D", file: "law.md", bytes: 12, source_sha256: DIGEST },
    ...{ media_type: "text/markdown", unit_kind: "law_unit", publication_type: "law", unit_count: depths.length },
    profile: { name: "markdown", version: "1", about: "headings", why: "it was named", weighed: [] },
    ...{ counts: { heading: depths.length }, manifest_sha256: DIGEST },
    guard: { against: "the reference vocabulary", verdict: "refused", problems: [problem] },
    units: depths.map((depth, index) => ({
      ...{
        ordinal: index + 1,
        address: `D/${index}`,
        kind: "heading",
        number: null,
        heading: "On things",
        label: "§ 1",
      },
      ...{ title: "On things", section_type: "section", depth, byte_start: index, byte_end: index + 1 },
      content_sha256: DIGEST,
    })),
  };
}

/** Words that a type fixes. */
const FIXED = [
  "schema",
  "kind",
  "verdict",
  "mode",
  "standing",
  "id",
  "startedAt",
  "finishedAt",
  "createdAt",
  "updatedAt",
  "at",
];

/** The value with each string in it, and each name of a fact, that a database or a document can choose, replaced. */
export function madeHostile<T>(value: T, text = HOSTILE, key = ""): T {
  if (typeof value === "string")
    return (FIXED.includes(key) || key.endsWith("Sha256") || key === "sha256" ? value : text) as T;
  if (Array.isArray(value)) return value.map((item) => madeHostile(item, text, key)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, item]) => [name, madeHostile(item, text, name)]);
  return Object.fromEntries(key === "facts" ? [...entries, [text, { [text]: [text, 1, null] }]] : entries);
}
