/**
 * test-point: the battery as junit and TAP see it: one point per proof, green only for PASS.
 *
 * NOT RUN and INCONCLUSIVE are failures. A report that is not proven for a reason that no proof carries (an empty battery,
 * another exit code) gets a red point of its own, so that no reader of these formats can take it for green.
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

export function testPoints(report: BatteryReport): readonly TestPoint[] {
  const points = report.proofs.map(proofPoint);
  const red = points.some((point) => point.failure !== null);
  if (red || (points.length > 0 && report.exit === 0)) return points;
  const message = points.length === 0 ? "no proof was run" : `exit code ${report.exit}`;
  const failure = { type: "NOT PROVEN", message, details: [report.verdictLine] };
  return [...points, { name: "the battery as a whole", durationMs: 0, failure, facts: [] }];
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
