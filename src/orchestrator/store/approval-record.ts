/**
 * store/approval-record: an approval that a run has used; it authorises nothing else after that.
 *
 * The same run may use it again for the same gate, plan and document: that is how a run resumes. Whether the approval
 * is valid is not asked here. Called through the store.
 */
import * as v from "valibot";
import approvalSql from "../../../sql/store/approval.sql" with { type: "text" };
import insertApproval from "../../../sql/store/insert-approval.sql" with { type: "text" };
import { APPROVAL_GATES, type ApprovalGate } from "../../flow/approval.ts";
import { Failure } from "../../kernel/failure.ts";
import { changeRun, refuseFormerOwner } from "./change.ts";
import type { Connection } from "./connection.ts";
import { type RunRecord, unreadableRow } from "./run-record.ts";

export type ApprovalUse = {
  readonly approvalId: string;
  readonly gate: ApprovalGate;
  /** Of the exact bytes that were signed. */
  readonly documentSha256: string;
  readonly cutplanSha256: string;
  readonly fence: number;
};

export type ApprovalRecord = Omit<ApprovalUse, "fence"> & {
  readonly runId: string;
  readonly consumedAt: string;
  readonly eventSequence: number;
};

/** The run. STOP_APPROVAL_REPLAYED where the approval was used for anything else; STOP_LOCKED for a lost fence. */
export function consumeApproval(connection: Connection, runId: string, use: ApprovalUse): RunRecord | Failure {
  return changeRun(connection, runId, (run) => {
    const refused = refuseFormerOwner(run, use.fence);
    if (refused !== null) return refused;
    const earlier = findApproval(connection, use.approvalId);
    if (earlier !== null) return earlier instanceof Failure ? earlier : refuseOtherUse(earlier, runId, use);
    const what = {
      ...{ approval_id: use.approvalId, gate: use.gate },
      ...{ document_sha256: use.documentSha256, cutplan_sha256: use.cutplanSha256 },
    };
    return {
      next: {},
      kind: "approval-consumed",
      data: { ...what, fence: use.fence },
      also: ({ at, sequence }) => {
        const row = { ...what, run_id: runId, consumed_at: at, event_sequence: sequence };
        connection.change(insertApproval, row);
      },
    };
  });
}

/** null where nobody has used it; within a transaction of the caller. */
export function findApproval(connection: Connection, approvalId: string): ApprovalRecord | null | Failure {
  const [row] = connection.rows(approvalSql, { approval_id: approvalId });
  return row === undefined ? null : parseApproval(row);
}

/** null where it is the same use again; else STOP_APPROVAL_REPLAYED. */
export function refuseOtherUse(
  earlier: ApprovalRecord,
  runId: string,
  use: Omit<ApprovalUse, "fence">,
): Failure | null {
  const differences = [
    ...(earlier.runId === runId ? [] : [`run ${earlier.runId}`]),
    ...(earlier.gate === use.gate ? [] : [`gate ${earlier.gate}`]),
    ...(earlier.cutplanSha256 === use.cutplanSha256 ? [] : ["another plan"]),
    ...(earlier.documentSha256 === use.documentSha256 ? [] : ["another text of the approval"]),
  ];
  if (differences.length === 0) return null;
  const message = `approval ${use.approvalId} was used at ${earlier.consumedAt} for ${differences.join(", ")}`;
  return new Failure("STOP_APPROVAL_REPLAYED", message, {
    facts: { approval_id: use.approvalId, used_by: earlier.runId, used_for: earlier.gate, differences },
  });
}

const ApprovalRow = v.strictObject({
  approval_id: v.string(),
  run_id: v.string(),
  gate: v.picklist(APPROVAL_GATES),
  document_sha256: v.string(),
  cutplan_sha256: v.string(),
  consumed_at: v.string(),
  event_sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/** STORE_DAMAGED where the row is none. */
function parseApproval(row: unknown): ApprovalRecord | Failure {
  const parsed = v.safeParse(ApprovalRow, row);
  if (!parsed.success) return unreadableRow("approval", v.summarize(parsed.issues));
  const { output } = parsed;
  return {
    approvalId: output.approval_id,
    runId: output.run_id,
    gate: output.gate,
    documentSha256: output.document_sha256,
    cutplanSha256: output.cutplan_sha256,
    consumedAt: output.consumed_at,
    eventSequence: output.event_sequence,
  };
}
