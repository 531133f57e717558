/**
 * test-point: a report as junit and TAP see it: a suite of points, green only for what passed.
 *
 * NOT RUN and INCONCLUSIVE are failures. A report that is not proven for a reason that no point carries (nothing was
 * run, another exit code) gets a red point of its own, so that no reader of these formats can take it for green.
 */
import type { BatteryReport, ProofResult } from "./battery.ts";
import { factLine } from "./facts.ts";

export type TestPoint = {
  readonly name: string;
  readonly durationMs: number;
  /** null: passed. */
  readonly failure: { readonly type: string; readonly message: string; readonly details: readonly string[] } | null;
  /** `name = value`. */
  readonly facts: readonly string[];
};

export type Suite = {
  /** e.g. `cutter.proof`. */
  readonly name: string;
  readonly startedAt: string;
  readonly durationMs: number;
  /** What the suite as a whole was about. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly points: readonly TestPoint[];
  /** The line that sums it up. */
  readonly verdictLine: string;
};

export function batterySuite(report: BatteryReport): Suite {
  return {
    name: "cutter.proof",
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: {
      run_id: report.runId,
      version: report.version,
      commit: report.commit,
      database: report.database.line,
      database_source: report.database.source,
      role: report.role ?? "none",
      target: `${report.target.kind}: ${report.target.name}`,
      tier: report.tier,
      single_session: report.singleSession,
      allowances: report.allowances.join(" "),
      attempts: report.attempts,
      exit: report.exit,
    },
    points: withVerdict(report.proofs.map(proofPoint), report.exit, report.verdictLine),
    verdictLine: report.verdictLine,
  };
}

/** The points, and a red one where none is red though the whole is. */
export function withVerdict(points: readonly TestPoint[], exit: number, verdictLine: string): readonly TestPoint[] {
  const red = points.some((point) => point.failure !== null);
  if (red || (points.length > 0 && exit === 0)) return points;
  const message = points.length === 0 ? "nothing was run" : `exit code ${exit}`;
  const failure = { type: "NOT PROVEN", message, details: [verdictLine] };
  return [...points, { name: "the whole", durationMs: 0, failure, facts: [] }];
}

function proofPoint(proof: ProofResult): TestPoint {
  const facts = Object.entries(proof.facts).map(factLine);
  const point = { name: `${proof.id} ${proof.claim}`, durationMs: proof.durationMs, facts };
  if (proof.verdict === "PASS") return { ...point, failure: null };
  const details = [
    ...proof.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`),
    ...(proof.failure === null ? [] : [`${proof.failure.code}: ${proof.failure.message}`]),
    ...(proof.failure === null ? [] : Object.entries(proof.failure.facts).map(factLine)),
    ...(proof.failure === null ? [] : [`data: ${proof.failure.data}`, `next: ${proof.failure.hint}`]),
  ];
  const message = proof.summary === "" ? proof.verdict : proof.summary;
  return { ...point, failure: { type: proof.verdict, message, details } };
}
