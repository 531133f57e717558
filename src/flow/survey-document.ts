/**
 * survey-document: a survey as a file: `cutter.survey/v1`, which a run keeps and `--survey-file` reads back.
 *
 * Written by the run that took it, with what was seen beside it; read strictly, so that a file that was edited by hand
 * or cut short is refused and not half understood. Pure: bytes in, value out.
 */
import * as v from "valibot";
import { canonicalJson } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { LIFECYCLE_STATUSES } from "./survey.ts";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const words = v.array(v.string());

const surveySchema = v.strictObject({
  target: v.strictObject({
    systemIdentifier: v.nullable(v.string()),
    timeline: v.nullable(v.number()),
    database: v.string(),
  }),
  documentId: v.string(),
  vocabulary: v.strictObject({ unit_kind: words, section_type: words, publication_type: words }),
  contractSha256: digest,
  hasRevise: v.boolean(),
  units: v.array(
    v.strictObject({
      canonicalAddress: v.string(),
      informationUnitId: v.string(),
      lifecycleStatus: v.picklist(LIFECYCLE_STATUSES),
      unitKind: v.string(),
      sectionType: v.string(),
      ownerRef: v.nullable(v.string()),
      publicationType: v.string(),
      title: v.string(),
      contentSha256: digest,
    }),
  ),
});

const countSchema = v.strictObject({
  relation: v.string(),
  filter: v.nullable(v.string()),
  rows: v.nullable(v.number()),
  how: v.picklist(["exact", "visible rows", "estimate", "unreadable", "missing", "locked", "over budget"]),
  digest: v.nullable(v.string()),
  note: v.nullable(v.string()),
});

const documentSchema = v.strictObject({
  schema: v.literal("cutter.survey/v1"),
  /** ISO 8601, UTC. */
  takenAt: v.pipe(v.string(), v.isoTimestamp()),
  role: v.string(),
  serverVersion: v.string(),
  survey: surveySchema,
  counts: v.array(countSchema),
});

export type SurveyDocument = v.InferOutput<typeof documentSchema>;

/** Canonical JSON with a newline: the same survey gives the same bytes. */
export function surveyBytes(document: SurveyDocument): string {
  return `${canonicalJson(document)}\n`;
}

/** SURVEY_FILE_INVALID with what is wrong. `name` is for the message. */
export function parseSurveyDocument(bytes: Uint8Array, name: string): SurveyDocument | Failure {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    return new Failure("SURVEY_FILE_INVALID", `${name} is not JSON in UTF-8`, { cause });
  }
  const parsed = v.safeParse(documentSchema, document, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return new Failure("SURVEY_FILE_INVALID", `${name}: ${v.getDotPath(issue) ?? "the document"}: ${issue.message}`);
}
