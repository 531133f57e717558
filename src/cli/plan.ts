/**
 * plan: `cutter plan FILE --document ID`: the units of a document, as they would be written, without any database.
 *
 * Parse, read, segment, check the rows against the reference vocabulary, render. It makes no connection, needs no state
 * directory and writes no file. Called by commands.ts.
 */
import { planCut } from "../flow/cutplan.ts";
import { checkDocumentId, openDocument, type SourceDocument } from "../flow/document.ts";
import { type Manifest, makeManifest, unitRecord } from "../flow/manifest.ts";
import { BUILT_IN_PROFILES } from "../flow/profiles/built-in.ts";
import type { Choice } from "../flow/profiles/choose.ts";
import { findProfile } from "../flow/profiles/find-profile.ts";
import { referenceVocabulary } from "../flow/reference-vocabulary.ts";
import { NO_CONFIGURATION, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { Failure } from "../kernel/failure.ts";
import { planHtml } from "../report/html/plan.ts";
import { type PlanReport, planDocument, planLines, planText } from "../report/plan.ts";
import type { Globals } from "./command/command.ts";
import { EXIT, tellFailure } from "./exit.ts";
import { readBytes } from "./source-file.ts";
import { readStandardInput } from "./standard-input.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = { readonly document: string; readonly profile: string; readonly "publication-type": string };
type Invocation = {
  readonly positionals: { readonly FILE: string | undefined };
  readonly flags: Flags;
  readonly globals: Globals;
};

export async function plan({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const file = positionals.FILE ?? "";
  const document = await readDocument(file, flags.document);
  if (document instanceof Failure) return document;
  const own = await ownProfiles(flags.profile, globals.config);
  if (own instanceof Failure) return own;
  const choice = await findProfile({ name: flags.profile, own, bytes: document.bytes });
  if (choice instanceof Failure) return choice;
  const manifest = makeManifest(document, choice.profile);
  const report = reportOf(manifest, choice, { file, publicationType: flags["publication-type"] });
  // Asked once: the tree has tens of thousands of lines.
  const colour = terminal.colour.stdout;
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, colour);
  for (const part of rendered(report, globals.format, palette)) await terminal.result(part);
  return report.guard.verdict === "refused" ? tellFailure(refused(report), terminal) : EXIT.done;
}

async function readDocument(file: string, documentId: string): Promise<SourceDocument | Failure> {
  const wrongId = checkDocumentId(documentId);
  if (wrongId !== null) return wrongId;
  const isInput = file === "-";
  const bytes = isInput ? await readStandardInput() : readBytes(file);
  return bytes instanceof Failure
    ? bytes
    : openDocument({ documentId, fileName: isInput ? "standard input" : file, bytes });
}

/** A configuration is read only where it can matter, so that a broken one does not keep anybody from planning. */
async function ownProfiles(
  name: string,
  config: string | undefined,
): Promise<Readonly<Record<string, unknown>> | Failure> {
  const isBuiltIn = name === "auto" || BUILT_IN_PROFILES.some((known) => known.name === name);
  const isAsked = !isBuiltIn || config !== undefined;
  const configuration = isAsked ? await readConfiguration(config, process.env) : NO_CONFIGURATION;
  return configuration instanceof Failure ? configuration : configuration.profiles;
}

type Settings = { readonly file: string; readonly publicationType: string };

function reportOf(
  manifest: Manifest,
  { profile, why, weighed }: Choice,
  { file, publicationType }: Settings,
): PlanReport {
  const survey = { vocabulary: referenceVocabulary(), units: [], hasRevise: true, contractSha256: "" };
  const settings = { mode: "dry-run", actor: "cutter", publicationType, ownerRef: null } as const;
  const { verdict, problems } = planCut(manifest, survey, settings);
  const counts: Record<string, number> = {};
  for (const { kind } of manifest.units) counts[kind] = (counts[kind] ?? 0) + 1;
  const { name, version, about } = profile;
  return {
    schema: "cutter.plan/v1",
    ...{ document_id: manifest.documentId, file, bytes: manifest.bytes, source_sha256: manifest.sourceSha256 },
    ...{ media_type: manifest.mediaType, profile: { name, version, about, why, weighed } },
    ...{ unit_kind: manifest.unitKind, publication_type: publicationType, unit_count: manifest.units.length, counts },
    manifest_sha256: manifest.manifestSha256,
    guard: {
      against: "the reference vocabulary",
      verdict,
      problems: problems.map(({ ordinal, canonicalAddress, ...rest }) => {
        return { row: ordinal, canonical_address: canonicalAddress, ...rest };
      }),
    },
    units: manifest.units.map(unitRecord),
  };
}

function rendered(
  report: PlanReport,
  format: Globals["format"],
  palette: Parameters<typeof planText>[1],
): Iterable<string> {
  if (format === "json") return planDocument(report);
  if (format === "html") return [planHtml(report)];
  return format === "jsonl" ? planLines(report) : planText(report, palette);
}

function refused({ guard: { problems } }: PlanReport): Failure {
  const kinds = [...new Set(problems.map(({ field, problem }) => `${field} ${problem}`))];
  const choices = Object.fromEntries(problems.map(({ field, choices }) => [field, choices]));
  const offered = Object.entries(choices).map(([field, words]) => `${field}: ${words.join(", ")}`);
  const message = `${problems.length} problems in the rows: ${kinds.join("; ")}`;
  return new Failure("CUTPLAN_REFUSED", message, { hint: `Choose ${offered.join("; ")}.`, facts: { choices } });
}
