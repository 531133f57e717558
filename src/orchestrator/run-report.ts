/**
 * run-report: what the store knows of a run → the document `cutter.run/v1`, with what a person may do next.
 *
 * Gathers, and decides nothing about the run. Called by the verbs that show one.
 */
import { nextStep, waitsAt } from "../flow/phase.ts";
import type { TargetIdentity } from "../flow/survey.ts";
import { type Fact, Failure } from "../kernel/failure.ts";
import { FAILURES } from "../kernel/failure-table.ts";
import type { RunReport } from "../report/run.ts";
import { stopsInPlanning } from "./record-plan.ts";
import { remarksOf } from "./remarks.ts";
import { runFolder } from "./run-files.ts";
import { runSteps } from "./run-steps.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

export function runReport(store: Store, run: RunRecord): RunReport | Failure {
  const records = store.phases(run.runId);
  if (records instanceof Failure) return records;
  const remarks = remarksOf(store, run.runId);
  if (remarks instanceof Failure) return remarks;
  const steps = runSteps(store, run);
  if (steps instanceof Failure) return steps;
  const { stopCode, stopMessage } = run;
  return {
    ...{ schema: "cutter.run/v1", runId: run.runId, sessionId: run.sessionId, documentId: run.documentId },
    ...{ mode: run.mode, state: run.state, target: run.target as TargetIdentity },
    stop: stopCode === null ? null : { code: stopCode, message: stopMessage ?? "" },
    ...{ sourceVersionId: run.sourceVersionId, sourceSha256: run.sourceSha256 },
    ...{ manifestSha256: run.manifestSha256, cutplanSha256: run.cutplanSha256 },
    ...{ createdAt: run.createdAt, updatedAt: run.updatedAt },
    phases: records.map(phaseDocument),
    ...{ steps, remarks },
    next: nextActions(run, records),
    folder: runFolder({ stateDirectory: store.directory, ...run }),
    exit: stopCode === null ? 0 : FAILURES[stopCode].exit,
  };
}

/** The attempts of a run's phases, in order, as documents show them. */
export function phaseDocuments(store: Store, runId: string): RunReport["phases"] | Failure {
  const phases = store.phases(runId);
  if (phases instanceof Failure) return phases;
  return phases.map(phaseDocument);
}

function phaseDocument({ phase, attempt, outcome, createdAt, payload }: PhaseRecord): RunReport["phases"][number] {
  return { phase, attempt, outcome, at: createdAt, facts: factsOf(payload) };
}

function factsOf(payload: Fact): { readonly [name: string]: Fact } {
  return payload !== null && typeof payload === "object" && !Array.isArray(payload)
    ? (payload as { readonly [name: string]: Fact })
    : {};
}

function nextActions(run: RunRecord, phases: readonly PhaseRecord[]): readonly string[] {
  const gate = waitsAt(run.state);
  if (gate !== null && run.mode === "dryrun") {
    return [`cutter resume ${run.runId} (with the approval for ${gate} that the dry run wrote)`];
  }
  if (gate !== null) {
    return [
      ...(gate === "SG1" ? [`cutter rehearse ${run.runId}, which shows what it would do and writes nothing`] : []),
      `cutter approve ${run.runId} --gate ${gate}, which shows the plan and writes the approval to be signed`,
      `cutter resume ${run.runId} --approval FILE --live, with the signed approval for ${gate}`,
    ];
  }
  if (run.stopCode !== null) return [FAILURES[run.stopCode].action];
  const step = nextStep(run.state);
  if (step === null) return ["nothing: the run has ended"];
  if (stopsInPlanning(run, phases)) return [`cutter resume ${run.runId} goes on with its plan`];
  if (run.state === "PLANNED") return ["nothing: there is nothing to write"];
  return [`cutter resume ${run.runId} goes on with ${step.name}, which ${step.does}`];
}
