/**
 * report/approval-check: what an approval is worth now: who signed it, for what, and all that speaks against it.
 *
 * `ApprovalCheck` is the document `cutter.approval-check/v1` (approval-check-schema.ts). Pure. Called by `cutter
 * approval verify`.
 */
import type * as v from "valibot";
import type { approvalCheckSchema } from "./approval-check-schema.ts";
import type { DeepReadonly } from "./battery.ts";
import { textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { left } from "./table.ts";

export type ApprovalCheck = DeepReadonly<v.InferOutput<typeof approvalCheckSchema>>;

export function approvalCheckText(check: ApprovalCheck, palette?: Palette): string {
  const page = {
    title: `Approval ${check.approval_id}`,
    first: `approval ${check.approval_id}: ${check.decision} ${check.gate} of run ${check.run_id}, ${check.mode}`,
    about: [
      ["document", check.document_id],
      ["plan", check.cutplan_sha256],
      ["database", check.database],
      ["authority", check.authorities.join(" and ")],
      ["valid", `from ${check.issued_at} to ${check.expires_at}; now it is ${check.at}`],
      ["note", check.note === "" ? "none" : check.note],
      ["sha256", check.document_sha256],
    ],
    sections: [
      {
        title: "Signatures that hold",
        table: {
          columns: [left("authority"), left("key")],
          rows: check.signers.map(({ authority, key_fingerprint: key }) => [authority, key]),
        },
        remarks: check.reasons.map(({ code, message }) => `${code}: ${message}`),
        empty: "none",
      },
    ],
    last: `CUTTER_APPROVAL ${check.verdict.toUpperCase()}`,
    outcome: check.exit === 0 ? "good" : "bad",
  } as const;
  return textPage(page, palette);
}
