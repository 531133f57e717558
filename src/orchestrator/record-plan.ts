/**
 * record-plan: manifest and cutplan of a run, recorded one by one, up to its first gate.
 *
 * Goes from wherever the run stands on this way, so a run whose process was killed here is finished like any other. A
 * plan that is refused stops the run; one with nothing to write ends at PLANNED. In a dry run the approvals that it may
 * give itself are in its folder before it waits for them. Called by begin.ts and by run.ts, under the run's lock.
 */
import type { RunState } from "../flow/phase.ts";
import { Failure } from "../kernel/failure.ts";
import { nextAttempt, settleOpen } from "./attempts.ts";
import type { Planned } from "./planning.ts";
import { writeSmokeApprovals } from "./smoke-approvals.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** States between the survey and the first gate. */
const PLANNING: readonly RunState[] = ["SURVEYED", "MANIFESTED", "PLANNED"];

/** Whether a run was left on its way to its first gate; one with nothing to write has come to its end. */
export function stopsInPlanning(run: RunRecord, phases: readonly PhaseRecord[]): boolean {
  if (!PLANNING.includes(run.state)) return false;
  return run.state !== "PLANNED" || !phases.some(({ phase, payload }) => phase === "cutplan" && saysNothing(payload));
}

function saysNothing(payload: PhaseRecord["payload"]): boolean {
  return (payload as { readonly verdict?: unknown } | null)?.verdict === "nothing to write";
}

export type Recording = {
  readonly store: Store;
  readonly run: RunRecord;
  readonly fence: number;
  readonly planned: Planned;
};

export function recordPlan({ store, run: from, fence, planned }: Recording): RunRecord | Failure {
  const settled = settleOpen(store, from, fence);
  if (settled instanceof Failure) return settled;
  const made = settled.state === "SURVEYED" ? recordManifest({ store, run: settled, fence, planned }) : settled;
  if (made instanceof Failure) return made;
  const run = made.state === "MANIFESTED" ? recordCutplan({ store, run: made, fence, planned }) : made;
  return run instanceof Failure ? run : toFirstGate({ store, run, fence, planned });
}

function recordManifest(recording: Recording): RunRecord | Failure {
  const { manifestSha256, profile, profileVersion, bytes, units } = recording.planned.manifest;
  return pass(recording, {
    ...{ phase: "manifest", to: "MANIFESTED", manifestSha256 },
    payload: { profile, profile_version: profileVersion, bytes, units: units.length },
  });
}

function recordCutplan(recording: Recording): RunRecord | Failure {
  const { comparison, verdict, rows, problems, cutplanSha256 } = recording.planned.cutplan;
  const { create, revise, unchanged, immutable, missing } = comparison;
  const payload = {
    ...{ verdict, rows: rows.length, problems: problems.length, create: create.length, revise: revise.length },
    ...{ unchanged: unchanged.length, immutable: immutable.length, missing: missing.length },
  };
  return pass(recording, { phase: "cutplan", to: "PLANNED", cutplanSha256, payload });
}

function toFirstGate({ store, run, fence, planned: { cutplan } }: Recording): RunRecord | Failure {
  if (cutplan.verdict === "nothing to write") return run;
  if (cutplan.verdict === "refused") {
    const message = `${cutplan.problems.length} problems`;
    return store.move(run.runId, { from: "PLANNED", to: "STOPPED", fence, stopCode: "STOP_CUTPLAN_REFUSED", message });
  }
  const approvals = run.mode === "dryrun" ? writeSmokeApprovals(store, run) : null;
  if (approvals !== null) return approvals;
  const message = `SG1: ${cutplan.rows.length} rows wait for approval`;
  const to = "AWAITING_CUT_AUTHORIZATION";
  return store.move(run.runId, { from: "PLANNED", to, fence, stopCode: "STOP_APPROVAL_REQUIRED", message });
}

type Pass = {
  readonly phase: "manifest" | "cutplan";
  readonly to: "MANIFESTED" | "PLANNED";
  readonly payload: { readonly [name: string]: string | number };
  readonly manifestSha256?: string;
  readonly cutplanSha256?: string;
};

function pass({ store, run: { runId }, fence }: Recording, { phase, ...finish }: Pass): RunRecord | Failure {
  const attempt = nextAttempt(store, runId, phase);
  if (attempt instanceof Failure) return attempt;
  const begun = store.beginPhase(runId, { phase, attempt, fence });
  if (begun instanceof Failure) return begun;
  return store.finishPhase(runId, { phase, attempt, outcome: "done", fence, ...finish });
}
