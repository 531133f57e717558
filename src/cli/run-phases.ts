/**
 * run-phases: the phases that a run goes through now, shown as they pass: what is to come, what runs, what is done.
 *
 * Only shows; what happens is decided by orchestrator/run.ts, which tells of it. Called by the verbs that take a run
 * from one gate to the next.
 */
import { nextStep, type Phase, type RunState } from "../flow/phase.ts";
import type { RunParts } from "../orchestrator/run.ts";
import type { Progress } from "./command/progress.ts";
import type { Terminal } from "./terminal.ts";

/** The phases from a state to the next gate that follows them, or to the end; and that gate. */
function phasesAhead(state: RunState): { readonly phases: readonly Phase[]; readonly gate: string | null } {
  const phases: Phase[] = [];
  for (let step = nextStep(state); step !== null; step = nextStep(step.after)) {
    if (step.kind === "work") phases.push(step.name);
    else if (phases.length > 0) return { phases, gate: step.name };
  }
  return { phases, gate: null };
}

/** `to do: pre_write_backup, cut_leg_a, leg_b_record, write_verify; then SG2`. */
export async function tellAhead(state: RunState, terminal: Terminal): Promise<void> {
  const { phases, gate } = phasesAhead(state);
  if (phases.length === 0) return;
  return terminal.talk(`to do: ${phases.join(", ")}${gate === null ? "" : `; then ${gate}`}`);
}

/** For RunParts.progress: each phase with its place among those that were to come. */
export function showPhases(state: RunState, progress: Progress): NonNullable<RunParts["progress"]> {
  const { phases } = phasesAhead(state);
  return (phase, what) => {
    if (what === "done") progress.done();
    else progress.begins(`${phase} (${phases.indexOf(phase) + 1} of ${phases.length})`);
  };
}
