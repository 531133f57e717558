/**
 * dry-run/run-gates: runs the seven gates in order, and says of each what came of it.
 *
 * After a gate that did not pass, those behind it are NOT RUN, but for G7, which is always run: that nothing was
 * changed matters most when something went wrong. A run that is to be left waiting ends after G4. Decides nothing else.
 */
import { stopwatch } from "../../kernel/clock.ts";
import { failureDocument } from "../../report/battery.ts";
import type { GateResult } from "../../report/dry-run.ts";
import type { Judgement } from "../../report/judgement.ts";
import type { DryGate, DryRunContext } from "./context.ts";
import { planGate } from "./gate-plan.ts";
import { programGate } from "./gate-program.ts";
import { closingGate, firstGates, repeatGate } from "./gate-runs.ts";
import { surveyGate } from "./gate-survey.ts";
import { untouchedGate } from "./gate-untouched.ts";

const DRY_GATES: readonly DryGate[] = [
  programGate,
  surveyGate,
  planGate,
  firstGates,
  closingGate,
  repeatGate,
  untouchedGate,
];

export async function runGates(
  context: DryRunContext,
  gates: readonly DryGate[] = DRY_GATES,
): Promise<readonly GateResult[]> {
  const results: GateResult[] = [];
  for (const gate of gates) {
    const reason = gate.id === "G7" ? null : whyNot(gate, results, context);
    if (reason !== null) {
      results.push({ ...resultOf(gate, { ...QUIET, summary: reason }, 0), verdict: "NOT RUN" });
      continue;
    }
    context.progress(`${gate.id}: ${gate.claim}`);
    const elapsed = stopwatch();
    const judgement = await gate.run(context);
    results.push(resultOf(gate, judgement, elapsed()));
  }
  return results;
}

const QUIET: Judgement = { verdict: "FAIL", summary: "", facts: {}, mismatches: [], failure: null };

function whyNot(gate: DryGate, results: readonly GateResult[], { order, record }: DryRunContext): string | null {
  const cause = results.find(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE");
  if (order.atGates === "stop" && (gate.id === "G5" || gate.id === "G6") && cause === undefined) {
    return `${record.runs[0]?.runId} was left waiting at its gate`;
  }
  return cause === undefined ? null : `not run, because ${cause.id} did not pass`;
}

function resultOf({ id, claim }: DryGate, { failure, ...judged }: Judgement, durationMs: number): GateResult {
  return { id, claim, ...judged, durationMs, failure: failure === null ? null : failureDocument(failure) };
}
