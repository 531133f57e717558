/**
 * test-point: a report as junit and TAP see it: a suite of points, green only for what passed.
 *
 * INCONCLUSIVE is a failure, and so is NOT RUN, which junit calls skipped. A report that is not proven for a reason
 * that no point carries (nothing was run, another exit code) gets a red point of its own, so that no reader of these
 * formats can take it for green; and so does one in which all is green but what was not run.
 */
import type { BatteryReport, Judged } from "./battery.ts";
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
    points: withVerdict(report.proofs.map(judgedPoint), report.exit, report.verdictLine),
    verdictLine: report.verdictLine,
  };
}

/** The points, and a red one where none is red though the whole is. */
export function withVerdict(points: readonly TestPoint[], exit: number, verdictLine: string): readonly TestPoint[] {
  const missed = points.filter(({ failure }) => failure?.type === "NOT RUN");
  // What was not run is no failure to whoever reads these formats, so that alone it would be taken for green.
  const red = points.some((point) => point.failure !== null && !missed.includes(point));
  if (red || (points.length > 0 && missed.length === 0 && exit === 0)) return points;
  const reason = missed.length === 0 ? `exit code ${exit}` : `not run: ${missed.length} of ${points.length}`;
  const message = points.length === 0 ? "nothing was run" : reason;
  const failure = { type: "NOT PROVEN", message, details: [verdictLine] };
  return [...points, { name: "the whole", durationMs: 0, failure, facts: [] }];
}

export function judgedPoint(judged: Judged): TestPoint {
  const facts = Object.entries(judged.facts).map(factLine);
  const point = { name: `${judged.id} ${judged.claim}`, durationMs: judged.durationMs, facts };
  if (judged.verdict === "PASS") return { ...point, failure: null };
  const details = [
    ...judged.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`),
    ...(judged.failure === null ? [] : [`${judged.failure.code}: ${judged.failure.message}`]),
    ...(judged.failure === null ? [] : Object.entries(judged.failure.facts).map(factLine)),
    ...(judged.failure === null ? [] : [`data: ${judged.failure.data}`, `next: ${judged.failure.hint}`]),
  ];
  const message = judged.summary === "" ? judged.verdict : judged.summary;
  return { ...point, failure: { type: judged.verdict, message, details } };
}
