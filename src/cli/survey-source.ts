/**
 * survey-source: the flags that say what is surveyed → a surveyor and the line that says which database it is.
 *
 * A live database with --survey, the one inside with --embedded or with nothing, a file with --survey-file; never two
 * of them. Everything that can be checked is checked before a connection is made. Called by the verbs that plan a cut.
 */
import { parseSurveyDocument } from "../flow/survey-document.ts";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { fileVariables } from "../kernel/conninfo/file-variables.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { liveSurveyor, recordedSurveyor, type Surveyor } from "../orchestrator/dry-run/surveyor.ts";
import type { DryRunReport } from "../report/dry-run.ts";
import type { Globals } from "./command/command.ts";

export type SurveyFlags = {
  readonly survey: boolean;
  readonly "survey-file": string | undefined;
  readonly embedded: boolean;
  readonly "governance-url": string | undefined;
};

export type SurveySource = {
  readonly surveyor: Surveyor;
  readonly database: DryRunReport["database"];
  readonly configuration: Configuration;
};

export async function surveySource(flags: SurveyFlags, globals: Globals): Promise<SurveySource | Failure> {
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const chosen = chosenSource(flags, globals);
  if (chosen instanceof Failure) return chosen;
  if (chosen === "file") return recorded(flags["survey-file"] ?? "", configuration);
  const { survey } = configuration.connections;
  const target = await resolveTarget({
    environment: process.env,
    ...(globals.url === undefined ? {} : { url: globals.url }),
    ...(globals.service === undefined ? {} : { service: globals.service }),
    ...(chosen === "embedded" ? { embedded: true } : {}),
    ...(survey === undefined || chosen === "embedded" ? {} : { configured: survey }),
  });
  if (target instanceof Failure) return target;
  const governance = await governanceTarget(flags, target, configuration);
  if (governance instanceof Failure) return governance;
  const database = { line: describeTarget(target), source: target.source, kind: target.kind };
  return { surveyor: liveSurveyor(target, governance), database, configuration };
}

/** The configured one goes with a configured database only: one that was typed may be another. */
async function governanceTarget(
  { "governance-url": url }: SurveyFlags,
  target: Target,
  { connections: { governance } }: Configuration,
): Promise<Target | null | Failure> {
  if (target.kind === "embedded") {
    return url === undefined ? null : new Failure("USAGE", "--governance-url goes with --survey");
  }
  if (url !== undefined) return resolveTarget({ environment: process.env, url, urlOption: "--governance-url" });
  if (governance === undefined || target.source !== "configuration") return null;
  return resolveTarget({ environment: fileVariables(process.env), configured: governance });
}

function chosenSource(flags: SurveyFlags, { url, service }: Globals): "live" | "file" | "embedded" | Failure {
  const { survey, embedded, "survey-file": file } = flags;
  const given = [...(survey ? ["--survey"] : []), ...(embedded ? ["--embedded"] : [])];
  const all = [...given, ...(file === undefined ? [] : ["--survey-file"])];
  if (all.length > 1) return new Failure("USAGE", `${all.join(" and ")} exclude each other`);
  if (file !== undefined) return "file";
  if (survey) return "live";
  const named = url !== undefined ? "--url" : service !== undefined ? "--service" : null;
  if (named === null) return "embedded";
  return new Failure("USAGE", `${named} names a database, and without --survey none is looked at`, {
    hint: "Add --survey, or leave the database out to use the one inside.",
  });
}

function recorded(path: string, configuration: Configuration): SurveySource | Failure {
  const bytes = readRegularFile(path, limits.surveyFileBytes);
  if (bytes instanceof Failure) return bytes;
  const document = parseSurveyDocument(bytes, path);
  if (document instanceof Failure) return document;
  const { target } = document.survey;
  // The digest says which file it was: whoever may edit it may make it say anything.
  const which = `taken ${document.takenAt}, sha256 ${sha256(bytes)}`;
  const line = `a recorded survey of "${target.database}", ${which} (from ${path})`;
  const database = { line, source: "--survey-file", kind: "recorded" } as const;
  return { surveyor: recordedSurveyor(document), database, configuration };
}
