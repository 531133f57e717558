/**
 * begin: a run begins: survey, manifest and cutplan, recorded, up to its first gate.
 *
 * Touches no database: the survey was taken before. A plan that is refused stops the run with every problem; one with
 * nothing to write ends at PLANNED, with nothing to approve. Called by the verbs that begin a run.
 */
import { basisOf } from "../flow/survey.ts";
import type { SurveyDocument } from "../flow/survey-document.ts";
import { Failure } from "../kernel/failure.ts";
import { type Planned, planWork } from "./planning.ts";
import { recordPlan } from "./record-plan.ts";
import { discardRunFiles, type RunSettings, writeRunFiles } from "./run-files.ts";
import { acquireRunLock } from "./store/run-lock.ts";
import type { RunMode, RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

export type BeginOrder = {
  readonly store: Store;
  readonly runId: string;
  readonly sessionId: string | null;
  readonly mode: RunMode;
  readonly survey: SurveyDocument;
  readonly source: Uint8Array;
  readonly settings: Omit<RunSettings, "schema" | "sourceSha256" | "surveySha256">;
};

export type Begun = { readonly run: RunRecord; readonly planned: Planned };

/** What could not be planned or written down is a Failure, and then there is no run. */
export async function beginRun(order: BeginOrder): Promise<Begun | Failure> {
  const { store, runId, sessionId, mode, survey, source, settings } = order;
  const { survey: seen } = survey;
  const planned = planWork({ mode: mode === "live" ? "live" : "dry-run", source, settings, survey: seen });
  if (planned instanceof Failure) return planned;
  const place = { stateDirectory: store.directory, runId, sessionId };
  const kept = writeRunFiles(place, { source, survey, settings });
  if (kept instanceof Failure) {
    discardRunFiles(place);
    return kept;
  }
  const created = store.createRun({
    ...{ runId, sessionId, mode, documentId: seen.documentId, target: seen.target },
    sourceSha256: planned.document.sourceSha256,
    sourceVersionId: planned.cutplan.sourceVersionId,
    survey: surveyPayload(survey, kept),
  });
  if (created instanceof Failure) {
    discardRunFiles(place);
    return created;
  }
  const lock = await acquireRunLock(store, runId);
  if (lock instanceof Failure) return lock;
  try {
    const run = recordPlan({ store, run: created, fence: lock.fence, planned });
    return run instanceof Failure ? run : { run, planned };
  } finally {
    lock.release();
  }
}

/** The digest of the files that a resume reads is kept where it cannot be changed with them. */
function surveyPayload({ survey, role, serverVersion, takenAt }: SurveyDocument, settingsSha256: string) {
  return {
    ...{ role, server_version: serverVersion, taken_at: takenAt, units: survey.units.length },
    ...{ contract_sha256: survey.contractSha256, basis_sha256: basisOf(survey), settings_sha256: settingsSha256 },
  };
}
