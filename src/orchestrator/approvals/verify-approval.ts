/**
 * approvals/verify-approval: the bytes of an approval and its signatures → the grant that lets a run pass, or the
 * rejection that stops it, or why neither holds.
 *
 * Without a signature that holds there is no value but a Failure. Consumes nothing and records nothing: gates.ts does.
 * Called through the live conduct, at a gate and again after a restart.
 */
import type { Grant } from "../../execution/live-work.ts";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { type ApprovalOrder, type Judgement, judgeApproval } from "./judge-approval.ts";

/** A signed no: as a grant, but it authorises nothing; the run is to be stopped with its words. */
export type Rejection = Omit<Grant, "note"> & {
  readonly decision: "rejected";
  /** ISO 8601, UTC. */
  readonly rejectedAt: string;
  /** What whoever rejected it gave as the reason; may be empty. */
  readonly reason: string;
};

/**
 * The first of what speaks against it as a Failure, all of them in `facts.reasons`: STOP_APPROVAL_INVALID,
 * STOP_APPROVAL_EXPIRED, STOP_APPROVAL_REPLAYED (exit 4); ALLOWED_SIGNERS_INVALID (4), CONFIG_INVALID (2),
 * SSH_KEYGEN_MISSING, SSH_KEYGEN_FAILED (5).
 */
export async function verifyApproval(order: ApprovalOrder): Promise<Grant | Rejection | Failure> {
  const judgement = await judgeApproval(order);
  if (judgement instanceof Failure) return judgement;
  const [first] = judgement.faults;
  if (first === undefined) return signedValue(judgement, order.approval);
  const reasons = judgement.faults.map(({ code, message }) => `${code}: ${message}`);
  return new Failure(first.code, first.message, { ...first, facts: { ...first.facts, reasons } });
}

export function isRejection(value: Grant | Rejection): value is Rejection {
  return "decision" in value;
}

function signedValue({ approval, signers }: Judgement, bytes: Uint8Array): Grant | Rejection {
  const { note } = approval;
  const signed = {
    ...{ approvalId: approval.approval_id, gate: approval.gate, documentSha256: sha256(bytes) },
    authorities: signers.map(({ authority }) => authority),
    keyFingerprints: signers.map(({ keyFingerprint }) => keyFingerprint),
    signatures: signers.map(({ signature }) => signature),
    expiresAt: utc(approval.expires_at),
  };
  if (approval.decision === "approved") return { ...signed, note };
  return { ...signed, decision: "rejected", rejectedAt: utc(approval.issued_at), reason: note };
}

function utc(moment: string): string {
  return new Date(moment).toISOString();
}
