/**
 * run-steps: the whole way of a run, phase by phase and gate by gate, with what became of each and what is to come.
 *
 * From the table of steps and the store's records; decides nothing. A phase that is none of the way, a revert, follows
 * at its end. Called by the reports of runs and of dry runs.
 */
import { authorityOf, type Gate, PHASES, STEPS, type Step, waitsAt } from "../flow/phase.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import type { RunReport } from "../report/run.ts";
import type { StoreEvent } from "./store/event.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

type RunStep = RunReport["steps"][number];

export function runSteps(store: Store, run: RunRecord): readonly RunStep[] | Failure {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const events = store.events(run.runId);
  if (events instanceof Failure) return events;
  const found = { run, phases, events };
  const beside = phases.filter(({ phase }) => !PHASES.some((known) => known === phase));
  const names = [...new Set(beside.map(({ phase }) => phase))];
  return [
    ...STEPS.map((step) => (step.kind === "gate" ? gateStep(step, found) : phaseStep(step, found))),
    ...names.map((name) => phaseStep({ name, does: "takes back what the run wrote" }, found)),
  ];
}

type Found = {
  readonly run: RunRecord;
  readonly phases: readonly PhaseRecord[];
  readonly events: readonly StoreEvent[];
};

function phaseStep({ name, does }: { readonly name: string; readonly does: string }, { phases }: Found): RunStep {
  const attempts = phases.filter(({ phase }) => phase === name);
  const last = attempts.findLast(({ outcome }) => outcome === "done") ?? attempts.at(-1);
  const about = { kind: "phase", name, does, attempts: attempts.length } as const;
  if (last === undefined) return { ...about, standing: "to come", at: null, note: null };
  const isDone = last.outcome === "done";
  return { ...about, standing: isDone ? "done" : "failed", at: last.createdAt, note: isDone ? null : last.outcome };
}

function gateStep({ name, does }: Step, { run, phases, events }: Found): RunStep {
  const about = { kind: "gate", name, does, attempts: 0 } as const;
  // Passed and used up: what it let pass was not done, so that it is waited for again.
  if (waitsAt(run.state) === (name as Gate) && run.openPhase === null)
    return { ...about, standing: "waiting", at: null, note: null };
  const passed = phases.some(({ phase }) => PHASES.some((known) => known === phase && authorityOf(known) === name));
  const used = events.findLast(({ kind, data }) => kind === "approval-consumed" && data.gate === name);
  if (passed || used !== undefined) {
    return {
      ...about,
      standing: "done",
      at: used?.at ?? null,
      note: used === undefined ? null : approvalOf(used.data),
    };
  }
  return { ...about, standing: "to come", at: null, note: null };
}

function approvalOf({ approval_id: id }: Facts): string {
  return `approval ${id}`;
}
