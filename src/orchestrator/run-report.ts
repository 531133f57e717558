/**
 * run-report: what the store knows of a run → the document `cutter.run/v1`, with what a person may do next.
 *
 * Gathers, and decides nothing about the run. Called by the verbs that show one.
 */
import type { TargetIdentity } from "../flow/survey.ts";
import { type Fact, Failure } from "../kernel/failure.ts";
import { FAILURES } from "../kernel/failure-table.ts";
import type { RunReport } from "../report/run.ts";
import { nextActions } from "./next-actions.ts";
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
