/**
 * report/approve-schema: the document `cutter.approve/v1`, field by field: what an approver was shown, and what was
 * written.
 *
 * The one definition: the type (approve.ts), the check of a document read back, and its documentation. A field is never
 * dropped or given a new meaning within v1. Loads valibot.
 */
import * as v from "valibot";
import { planSchema } from "./plan-schema.ts";
import { rehearsalSchema } from "./rehearsal-schema.ts";
import { field, timestamp } from "./schema-parts.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const document = v.strictObject({
  schema: v.literal("cutter.approval/v1"),
  approval_id: field(v.string(), "Used once."),
  gate: v.picklist(["SG1", "SG2", "REVERT", "HARD_DELETE"]),
  decision: v.picklist(["approved", "rejected"]),
  run_id: v.string(),
  document_id: v.string(),
  mode: v.picklist(["dryrun", "rehearsal", "live"]),
  cutplan_sha256: field(digest, "Of the plan that is decided on."),
  target: field(
    v.strictObject({
      systemIdentifier: v.nullable(v.string()),
      timeline: v.nullable(v.number()),
      database: v.string(),
    }),
    "The database that the plan is for, and no other.",
  ),
  authority: field(v.union([v.string(), v.array(v.string())]), "Who has to sign; all of them, where there are more."),
  issued_at: timestamp,
  expires_at: timestamp,
  note: v.string(),
});

export const shownSchema = v.strictObject({
  approval: field(document, "The document that is signed, as written into the file."),
  state: field(v.string(), "Where the run stands."),
  source_sha256: field(digest, "Of the document that is cut."),
  rows: field(count, "Rows that will be written."),
  counts: field(
    v.strictObject({ create: count, unchanged: count, revise: count, immutable: count, missing: count }),
    "Units by what is done with them; missing: in the database and not in the document, never touched.",
  ),
  missing: field(v.array(v.string()), "Addresses of those that are missing."),
  rehearsal: field(v.nullable(rehearsalSchema), "The last rehearsal of cut and revert; null where there was none."),
});

export const approveSchema = v.strictObject({
  schema: field(v.literal("cutter.approve/v1"), "Name and version of this document."),
  ...shownSchema.entries,
  file: field(v.string(), "Where the document was written."),
  document_sha256: field(digest, "Of its bytes, which are what is signed."),
  signature: field(v.nullable(v.string()), "Where the signature was written; null where it is still to be made."),
  next: field(v.array(v.string()), "What is to be done now."),
  plan: field(planSchema, "The plan, as cutter plan shows it."),
});
