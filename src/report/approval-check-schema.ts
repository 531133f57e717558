/**
 * report/approval-check-schema: the document `cutter.approval-check/v1`, field by field: what an approval is worth now.
 *
 * The one definition: the type (approval-check.ts), the check of a document read back, and its documentation. A field
 * is never dropped or given a new meaning within v1. Loads valibot.
 */
import * as v from "valibot";
import { field, timestamp } from "./schema-parts.ts";

export const approvalCheckSchema = v.strictObject({
  schema: field(v.literal("cutter.approval-check/v1"), "Name and version of this document."),
  file: v.string(),
  at: field(timestamp, "The time that it was asked for."),
  document_sha256: field(v.string(), "Of the bytes that were signed."),
  approval_id: v.string(),
  gate: v.picklist(["SG1", "SG2", "REVERT", "HARD_DELETE"]),
  decision: v.picklist(["approved", "rejected"]),
  run_id: v.string(),
  document_id: v.string(),
  mode: v.picklist(["dryrun", "rehearsal", "live"]),
  cutplan_sha256: v.string(),
  database: v.string(),
  authorities: field(v.array(v.string()), "Who has to sign."),
  issued_at: v.string(),
  expires_at: v.string(),
  note: v.string(),
  signers: field(
    v.array(v.strictObject({ authority: v.string(), key_fingerprint: v.string() })),
    "Whose signature holds, and by which key.",
  ),
  reasons: field(
    v.array(v.strictObject({ code: v.string(), message: v.string() })),
    "All that speaks against it; empty where nothing does.",
  ),
  verdict: field(
    v.picklist(["accepted", "rejection", "refused"]),
    "accepted: the run would pass its gate. rejection: it holds, and would stop the run. refused: it does nothing.",
  ),
  exit: field(v.picklist([0, 4]), "0 where it is accepted."),
});
