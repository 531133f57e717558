/**
 * run-files: what a run keeps beside the store so that another process can go on with it: source, survey, settings.
 *
 * Private files in the run's own folder, written once before the run begins, whole or not at all. The plan itself is
 * not kept: it is made again from these and must have the same digest. What was changed since is refused by digest.
 * Called by the orchestrator.
 */
import { basename, join } from "node:path";
import * as v from "valibot";
import { parseSurveyDocument, type SurveyDocument, surveyBytes } from "../flow/survey-document.ts";
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { isRunId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { openPrivateDirectory } from "../kernel/private-files/directory.ts";
import { readPrivateFile, removeQuietly, writePrivateFile } from "../kernel/private-files/file.ts";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const settingsSchema = v.strictObject({
  schema: v.literal("cutter.run-settings/v1"),
  /** The file that was cut, by its name alone, or the units that were in the database. */
  source: v.variant("from", [
    v.strictObject({ from: v.literal("file"), fileName: v.string() }),
    /** `ends`: where each unit's body ends in the source, in bytes, in the order of `addresses`. */
    v.strictObject({ from: v.literal("replay"), addresses: v.array(v.string()), ends: v.array(v.number()) }),
  ]),
  profile: v.string(),
  /** Settings of a profile of one's own, as the configuration has it; null for a built-in one. */
  ownProfile: v.nullable(v.unknown()),
  actor: v.string(),
  ownerRef: v.nullable(v.string()),
  publicationType: v.nullable(v.string()),
  /** What the run was surveyed from; a recording cannot show what changed in a database since. */
  surveyed: v.picklist(["live", "recorded"]),
  sourceSha256: digest,
  surveySha256: digest,
});

export type RunSettings = v.InferOutput<typeof settingsSchema>;

export type RunFiles = {
  readonly source: Uint8Array;
  readonly survey: SurveyDocument;
  readonly settings: RunSettings;
};

type Place = { readonly stateDirectory: string; readonly runId: string; readonly sessionId: string | null };

/** The run's folder: `runs/<run id>/`, or `runs/<session id>/<run id>/`. */
export function runFolder({ stateDirectory, runId, sessionId }: Place): string {
  const ids = sessionId === null ? [runId] : [sessionId, runId];
  const wrong = ids.find((id) => !isRunId(id));
  if (wrong !== undefined) throw new Error(`not a run id: ${wrong}`);
  return join(stateDirectory, "runs", ...ids);
}

/** What a run goes on from, by name. */
export const RUN_FILES = ["source", "survey.json", "settings.json"] as const;

type NewFiles = Omit<RunFiles, "settings"> & {
  readonly settings: Omit<RunSettings, "schema" | "sourceSha256" | "surveySha256">;
};

/** The digest of settings.json, which covers the other two. FILE_WRITE_FAILED, FILE_NOT_PRIVATE. */
export function writeRunFiles(place: Place, { source, survey, settings }: NewFiles): string | Failure {
  const runs = openPrivateDirectory(join(place.stateDirectory, "runs"));
  if (runs instanceof Failure) return runs;
  const session = place.sessionId === null ? runs : openPrivateDirectory(join(runs, place.sessionId));
  if (session instanceof Failure) return session;
  const folder = openPrivateDirectory(runFolder(place));
  if (folder instanceof Failure) return folder;
  const surveyText = surveyBytes(survey);
  const whole: RunSettings = {
    ...settings,
    schema: "cutter.run-settings/v1",
    sourceSha256: sha256(source),
    surveySha256: sha256(surveyText),
  };
  const settingsText = `${canonicalJson(whole)}\n`;
  const files = { source, "survey.json": surveyText, "settings.json": settingsText };
  for (const [name, content] of Object.entries(files)) {
    const failure = writePrivateFile(join(folder, name), content);
    if (failure !== null) return failure;
  }
  return sha256(settingsText);
}

/** EVIDENCE_ALTERED for a file that is not as it was written; `settingsSha256` is what the store kept. */
export function readRunFiles(place: Place, settingsSha256: string): RunFiles | Failure {
  const folder = runFolder(place);
  const settingsBytes = readUnaltered(join(folder, "settings.json"), settingsSha256);
  if (settingsBytes instanceof Failure) return settingsBytes;
  const settings = v.parse(settingsSchema, JSON.parse(new TextDecoder().decode(settingsBytes)));
  const source = readUnaltered(join(folder, "source"), settings.sourceSha256);
  if (source instanceof Failure) return source;
  const surveyFile = readUnaltered(join(folder, "survey.json"), settings.surveySha256);
  if (surveyFile instanceof Failure) return surveyFile;
  const survey = parseSurveyDocument(surveyFile, "survey.json");
  return survey instanceof Failure ? survey : { source, survey, settings };
}

function readUnaltered(path: string, digest: string): Uint8Array | Failure {
  const bytes = readPrivateFile(path, limits.surveyFileBytes);
  if (bytes instanceof Failure) return missingFile(bytes) ?? bytes;
  return sha256(bytes) === digest ? bytes : altered("changed", basename(path));
}

/** EVIDENCE_ALTERED for a file of a run that could not be read since it is not there; null for any other reason. */
export function missingFile({ facts }: Failure): Failure | null {
  const { errno, path } = facts;
  return (errno === "ENOENT" || errno === "ENOTDIR") && typeof path === "string"
    ? altered("missing", basename(path))
    : null;
}

function altered(what: "missing" | "changed", name: string): Failure {
  const sentence = what === "missing" ? "is missing" : "was changed since it was written";
  return new Failure("EVIDENCE_ALTERED", `${name} of the run ${sentence}`, {
    facts: { what, name },
    data: "The run did not go on; no phase was begun, and nothing was written to any database.",
  });
}

/** Removes the folder of a run that never came to be; quiet where there is nothing to remove. */
export function discardRunFiles(place: Place): void {
  removeQuietly(runFolder(place));
}
