/**
 * prepare: everything that a phase rests on, made sure of again before the first one after a start or a gate.
 *
 * The run's files are as they were written, the database is the one that was planned for, what the plan rests on has
 * not changed, and the plan made again has the same digest. Only then is there an adapter. Called by run.ts.
 */
import type { ExecutionAdapter } from "../execution/adapter.ts";
import { withoutOwn } from "../flow/own-units.ts";
import { basisOf, driftBetween, type Survey, type TargetIdentity, targetWords } from "../flow/survey.ts";
import type { SurveyDocument } from "../flow/survey-document.ts";
import { canonicalJson } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { type Planned, planWork } from "./planning.ts";
import { type RunFiles, type RunSettings, readRunFiles } from "./run-files.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** What an adapter is made from. */
export type AdapterWork = {
  readonly run: RunRecord;
  readonly planned: Planned;
  readonly survey: Survey;
  readonly settings: RunSettings;
  /** Of the process that holds the run's lock. */
  readonly fence: number;
  /** Phases that are done, in order. */
  readonly done: readonly PhaseRecord[];
};

export type Preparing = {
  readonly store: Store;
  /** Looks again at what the run was surveyed from; the session is closed before it answers. */
  readonly surveyAgain: (documentId: string, from: RunSettings["surveyed"]) => Promise<SurveyDocument | Failure>;
  /** The adapter of the run's mode, chosen once. */
  readonly adapterFor: (work: AdapterWork) => Promise<ExecutionAdapter | Failure>;
};

export type Prepared = { readonly planned: Planned; readonly adapter: ExecutionAdapter };

/** STOP_TARGET_CHANGED, STOP_PLAN_DRIFT with what changed, EVIDENCE_ALTERED, or what the database answers. */
export async function prepareRun(run: RunRecord, fence: number, parts: Preparing): Promise<Prepared | Failure> {
  const done = parts.store.phases(run.runId);
  if (done instanceof Failure) return done;
  const files = readRunFiles({ stateDirectory: parts.store.directory, ...run }, settingsDigest(done));
  if (files instanceof Failure) return files;
  const { settings, source } = files;
  const now = await parts.surveyAgain(run.documentId, settings.surveyed);
  if (now instanceof Failure) return now;
  const mode = run.mode === "live" ? "live" : "dry-run";
  const survey = surveyBefore({ run, done }, { now: now.survey, files });
  if (survey instanceof Failure) return survey;
  const changed = refuseTarget(run, survey) ?? refuseDrift(files.survey.survey, survey);
  if (changed !== null) return changed;
  const planned = planWork({ mode, source, settings, survey });
  if (planned instanceof Failure) return planned;
  if (planned.cutplan.cutplanSha256 !== run.cutplanSha256) return otherPlan(run, planned);
  const finished = done.filter(({ outcome }) => outcome === "done");
  const adapter = await parts.adapterFor({ run, planned, survey, settings, fence, done: finished });
  return adapter instanceof Failure ? adapter : { planned, adapter };
}

type Standing = { readonly run: RunRecord; readonly done: readonly PhaseRecord[] };
type Seen = { readonly now: Survey; readonly files: RunFiles };

/** What a dry run wrote is in no survey; a live run's own units are taken out of it once they are there. */
function surveyBefore({ run, done }: Standing, { now, files }: Seen): Survey | Failure {
  const isCut = done.some(({ phase, outcome }) => phase === "cut_leg_a" && outcome === "done");
  if (run.mode !== "live" || !isCut) return now;
  const { source, settings, survey } = files;
  const planned = planWork({ mode: "live", source, settings, survey: survey.survey });
  return planned instanceof Failure ? planned : withoutOwn(now, survey.survey, planned.cutplan.rows);
}

type Kept = { readonly store: Store; readonly phases: readonly PhaseRecord[] };

type PlannedAgain = { readonly planned: Planned } & Pick<AdapterWork, "survey" | "settings">;

/** A run's plan from its own files, with what it was made from: no database is asked. EVIDENCE_ALTERED, drift. */
export function planAgain(run: RunRecord, { store, phases }: Kept): PlannedAgain | Failure {
  const files = readRunFiles({ stateDirectory: store.directory, ...run }, settingsDigest(phases));
  if (files instanceof Failure) return files;
  const { source, settings } = files;
  const { survey } = files.survey;
  const mode = run.mode === "live" ? "live" : "dry-run";
  const planned = planWork({ mode, source, settings, survey });
  if (planned instanceof Failure) return planned;
  const { cutplanSha256 } = run;
  const isSame = cutplanSha256 === null || planned.cutplan.cutplanSha256 === cutplanSha256;
  return isSame ? { planned, survey, settings } : otherPlan(run, planned);
}

/** The digest of the settings that a run was begun with, from the record of its survey. */
export function settingsDigest(phases: readonly PhaseRecord[]): string {
  const survey = phases.find(({ phase }) => phase === "survey")?.payload;
  const kept = survey !== null && typeof survey === "object" && "settings_sha256" in survey ? survey : undefined;
  if (typeof kept?.settings_sha256 !== "string") throw new Error("the record of the survey has no digest of its files");
  return kept.settings_sha256;
}

function refuseTarget(run: RunRecord, { target }: Survey): Failure | null {
  if (canonicalJson(run.target) === canonicalJson(target)) return null;
  const [planned, seen] = [targetWords(run.target as TargetIdentity), targetWords(target)];
  return new Failure("STOP_TARGET_CHANGED", `the run was planned for ${planned}, and this is ${seen}`, {
    facts: { planned: run.target, seen: target },
  });
}

function refuseDrift(planned: Survey, now: Survey): Failure | null {
  if (basisOf(planned) === basisOf(now)) return null;
  const changes = driftBetween(planned, now);
  const shown = changes.slice(0, limits.namedInRemark).join("; ");
  const more = changes.length > limits.namedInRemark ? `; and ${changes.length - limits.namedInRemark} more` : "";
  return new Failure("STOP_PLAN_DRIFT", `what the plan rests on has changed: ${shown}${more}`, { facts: { changes } });
}

/** Source, survey and settings are the same: then it is this program that plans otherwise. */
function otherPlan(run: RunRecord, { cutplan }: Planned): Failure {
  const facts = { planned: run.cutplanSha256, now: cutplan.cutplanSha256 };
  return new Failure("STOP_PLAN_DRIFT", "this version of the program makes another plan of the same source", { facts });
}
