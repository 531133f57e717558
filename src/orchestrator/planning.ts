/**
 * planning: source, settings and survey → manifest and cutplan, the same for the same three, always.
 *
 * The middle of every run, and of every resume: a plan is never kept, it is made again and compared by digest. Pure but
 * for what it is given. Called by begin.ts and by run.ts after a gate.
 */
import { type Cutplan, planCut } from "../flow/cutplan.ts";
import { openDocument, type SourceDocument } from "../flow/document.ts";
import { type Manifest, makeManifest } from "../flow/manifest.ts";
import { BUILT_IN_PROFILES } from "../flow/profiles/built-in.ts";
import type { Profile } from "../flow/profiles/profile.ts";
import { parseProfile } from "../flow/profiles/profile-schema.ts";
import { replayManifest } from "../flow/replay.ts";
import type { Survey } from "../flow/survey.ts";
import { Failure } from "../kernel/failure.ts";
import type { RunSettings } from "./run-files.ts";

export type Planned = {
  readonly document: SourceDocument;
  readonly manifest: Manifest;
  readonly cutplan: Cutplan;
};

export type PlanningOrder = {
  readonly mode: "dry-run" | "live";
  readonly source: Uint8Array;
  readonly settings: Pick<RunSettings, "source" | "profile" | "ownProfile" | "actor" | "ownerRef" | "publicationType">;
  readonly survey: Survey;
};

/** What leg A sends unless configured (database.md). */
const PUBLICATION_TYPE = "law";

/** Failures: those of the document, PROFILE_UNKNOWN, SURVEY_FAILED for a replay. A refused plan is a value. */
export function planWork(order: PlanningOrder): Planned | Failure {
  const { mode, settings, survey } = order;
  const cut = cutSource(order);
  if (cut instanceof Failure) return cut;
  const replayed = settings.source.from === "replay";
  // A replay plans the whole cut: as if the document were not there yet.
  const known = replayed ? { ...survey, units: [] } : survey;
  const publicationType = settings.publicationType ?? (replayed ? survey.units[0]?.publicationType : undefined);
  const cutplan = planCut(cut.manifest, known, {
    mode,
    actor: settings.actor,
    publicationType: publicationType ?? PUBLICATION_TYPE,
    ownerRef: settings.ownerRef,
  });
  return { ...cut, cutplan };
}

function cutSource({ source, settings, survey }: PlanningOrder): Omit<Planned, "cutplan"> | Failure {
  if (settings.source.from === "replay") {
    const { addresses, ends } = settings.source;
    return replayManifest({ survey, source: { bytes: source, addresses, ends } });
  }
  const profile = profileOf(settings);
  if (profile instanceof Failure) return profile;
  const { fileName } = settings.source;
  const document = openDocument({ documentId: survey.documentId, fileName, bytes: source });
  if (document instanceof Failure) return document;
  return { document, manifest: makeManifest(document, profile) };
}

function profileOf({ profile: name, ownProfile }: PlanningOrder["settings"]): Profile | Failure {
  if (ownProfile !== null) return parseProfile(name, ownProfile);
  const found = BUILT_IN_PROFILES.find((profile) => profile.name === name);
  return found ?? new Failure("PROFILE_UNKNOWN", `this version has no built-in profile ${name}`);
}
