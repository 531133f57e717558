/**
 * run-schema: the document `cutter.run/v1`, field by field: where one run stands and what it did.
 *
 * The one definition: the TypeScript type (run.ts), the check of a document read back, and its documentation come from
 * here. A field is never dropped or given a new meaning within v1. Loads valibot.
 */
import * as v from "valibot";
import { factsSchema, field, stepsSchema, timestamp } from "./schema-parts.ts";

const digest = v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)));

export const runSchema = v.strictObject({
  schema: field(v.literal("cutter.run/v1"), "Name and version of this document."),
  runId: field(v.string(), "Name of the run."),
  sessionId: field(v.nullable(v.string()), "Of the dry run that it belongs to; null where it stands alone."),
  documentId: v.string(),
  mode: field(v.picklist(["dryrun", "rehearsal", "live"]), "Only live writes."),
  state: field(v.string(), "Where it stands."),
  stop: field(
    v.nullable(v.strictObject({ code: v.string(), message: v.string() })),
    "Why it does not go on by itself; `cutter explain CODE` tells more.",
  ),
  target: field(
    v.strictObject({
      systemIdentifier: v.nullable(v.string()),
      timeline: v.nullable(v.number()),
      database: v.string(),
    }),
    "The database that it was planned for.",
  ),
  sourceVersionId: v.string(),
  sourceSha256: digest,
  manifestSha256: digest,
  cutplanSha256: digest,
  createdAt: timestamp,
  updatedAt: timestamp,
  phases: field(
    v.array(
      v.strictObject({
        ...{ phase: v.string(), attempt: v.number(), outcome: v.string(), at: timestamp },
        facts: factsSchema,
      }),
    ),
    "One entry per attempt, in order.",
  ),
  steps: stepsSchema,
  remarks: field(
    v.array(v.string()),
    "What happened beside the phases: a COMMIT that was answered with a warning, a last look that was not to be had.",
  ),
  next: field(v.array(v.string()), "What a person may do now, as commands or sentences."),
  folder: field(v.string(), "Where its files lie."),
  exit: field(v.pipe(v.number(), v.integer()), "Exit code that this standing has."),
});
