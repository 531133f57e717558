/**
 * rehearsal-schema: the document `cutter.rehearsal/v1`, field by field: what came of a rehearsal of a run.
 *
 * The one definition: the TypeScript type (rehearsal.ts), the check of a document read back, and its documentation come
 * from here. A field is never dropped or given a new meaning within v1. Loads valibot.
 */
import * as v from "valibot";
import { factsSchema, field, timestamp } from "./schema-parts.ts";

const count = v.union([v.number(), v.literal("uncountable")]);

const step = v.strictObject({
  phase: field(v.string(), "The phase, or the compensation after a phase."),
  outcome: field(
    v.picklist(["done", "mismatch", "failed", "not rehearsed"]),
    "failed: as it would have failed for real.",
  ),
  role: field(v.string(), "The role whose rights it had."),
  durationMs: v.number(),
  message: field(v.nullable(v.string()), "Why it failed or was not rehearsed."),
  facts: factsSchema,
});

export const rehearsalSchema = v.strictObject({
  schema: field(v.literal("cutter.rehearsal/v1"), "Name and version of this document."),
  runId: field(v.string(), "The run that was rehearsed."),
  documentId: v.string(),
  cutplanSha256: field(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), "The plan that was carried out and rolled back."),
  at: timestamp,
  database: field(v.string(), "Which database, and where the name came from; no password."),
  rows: field(v.number(), "Rows of the plan."),
  cut: field(v.array(step), "The phases, in order."),
  revert: field(v.array(step), "The compensation, tried after each phase that leaves something to take back."),
  relations: field(
    v.array(v.strictObject({ relation: v.string(), inserted: count, updated: count, deleted: count })),
    "Rows attempted, all of them rolled back.",
  ),
  others: field(v.array(v.string()), "Catalog changes, sequences that moved, and what else a rollback leaves."),
  xid: field(v.nullable(v.string()), "The transaction that was rolled back."),
  verdict: field(v.picklist(["rehearsed", "rehearsed in part", "failed"]), "in part: something was not rehearsed."),
});
