/**
 * approvals/judge-approval: all that speaks against an approval of a run, and who signed it.
 *
 * The document's words, its time and this machine's clock, what it was used for before, how many must sign, and each
 * signature. Every reason is found, not the first alone: a person mends them together. Called by verify-approval.ts
 * and by `cutter approval verify`.
 */
import {
  type Approval,
  type ApprovalGate,
  authoritiesOf,
  faultsOf,
  type GateStand,
  parseApproval,
} from "../../flow/approval.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import type { ApprovalPolicy } from "../../kernel/conninfo/approval-policy.ts";
import { sha256 } from "../../kernel/digest.ts";
import { findSshKeygen } from "../../kernel/evidence/ssh-keygen.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { refuseOtherUse } from "../store/approval-record.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { readAllowedSigners } from "./allowed-signers.ts";
import { NAMESPACES } from "./namespace.ts";
import { parseSignature, type Signature } from "./signature.ts";
import { findSigners, type Signer } from "./signers.ts";

export type ApprovalOrder = {
  readonly policy: ApprovalPolicy;
  readonly store: Pick<Store, "approval" | "events">;
  readonly run: RunRecord;
  readonly gate: ApprovalGate;
  /** ISO 8601, UTC. */
  readonly now: string;
  /** The exact bytes that were signed. */
  readonly approval: Uint8Array;
  /** Armored SSH signatures, in any order. */
  readonly signatures: readonly Uint8Array[];
};

export type Judgement = {
  readonly approval: Approval;
  /** Whose signature holds, in the order of the document. */
  readonly signers: readonly Signer[];
  /** Empty where it holds. */
  readonly faults: readonly Failure[];
};

/** A Failure where it could not be judged: malformed, no policy, ALLOWED_SIGNERS_INVALID, no ssh-keygen. */
export async function judgeApproval(order: ApprovalOrder): Promise<Judgement | Failure> {
  const { policy, gate, now } = order;
  const approval = parseApproval(order.approval);
  if (approval instanceof Failure) return approval;
  const authorities = authoritiesOf(approval);
  const tooMany = refuseTooMany([authorities.length, order.signatures.length]);
  if (tooMany !== null) return tooMany;
  const allowed = readAllowedSigners(policy.allowedSigners);
  if (allowed instanceof Failure) return allowed;
  const program = findSshKeygen(policy.sshKeygen, process.env);
  if (program instanceof Failure) return program;
  const signatures: Signature[] = [];
  for (const [index, bytes] of order.signatures.entries()) {
    const signature = parseSignature(bytes, index + 1);
    if (signature instanceof Failure) return signature;
    signatures.push(signature);
  }
  const question = { authorities, namespace: NAMESPACES[gate], allowed, signatures, program, now };
  const found = await findSigners({ ...question, document: order.approval });
  if (found instanceof Failure) return found;
  const used = refuseUsed(approval, order);
  const faults = [...refuseWords(approval, order), refuseClock(approval, order), used, refuseTooFew(approval, order)];
  return {
    ...{ approval, signers: found.signers },
    faults: [...faults.filter((fault) => fault !== null), ...found.faults],
  };
}

function refuseTooMany(counts: readonly number[]): Failure | null {
  if (Math.max(...counts) <= limits.approvalAuthorities) return null;
  return invalid(`it has more than ${limits.approvalAuthorities} authorities or signatures`);
}

function refuseWords(approval: Approval, { run, gate, now }: ApprovalOrder): readonly Failure[] {
  const { runId, documentId, mode, cutplanSha256, target } = run;
  if (cutplanSha256 === null) return [invalid(`run ${runId} has no plan yet`)];
  const stand: GateStand = { gate, runId, documentId, mode, cutplanSha256, target: target as TargetIdentity, now };
  return faultsOf(approval, stand);
}

/**
 * A clock that went back would make what has expired hold again. The latest time ever seen in the run counts. A no is
 * safe by any clock; taking a run back is left to the server's clock, where the approval is consumed: a clock that was
 * once ahead must bar neither way.
 */
function refuseClock({ decision }: Approval, { store, run, now, gate }: ApprovalOrder): Failure | null {
  if (decision === "rejected" || gate === "REVERT" || gate === "HARD_DELETE") return null;
  const events = store.events(run.runId);
  if (events instanceof Failure) return events;
  const latest = Math.max(Date.parse(run.updatedAt), ...events.map(({ at }) => Date.parse(at)));
  if (Date.parse(now) >= latest) return null;
  const moved = new Date(latest).toISOString();
  const message = `the clock of this machine went back: it says ${now}, and the run moved at ${moved}`;
  const hint =
    "Set the clock right. If it was ahead when the run last moved, nothing makes the run go on: end it by a rejection" +
    " (cutter approve RUN --gate GATE --reject) or take it back, and cut again.";
  return new Failure("STOP_APPROVAL_EXPIRED", message, { hint, facts: { now, latest: moved } });
}

function refuseUsed(approval: Approval, { store, run, gate, approval: bytes }: ApprovalOrder): Failure | null {
  const earlier = store.approval(approval.approval_id);
  if (earlier === null || earlier instanceof Failure) return earlier;
  return refuseOtherUse(earlier, run.runId, {
    ...{ approvalId: approval.approval_id, gate, documentSha256: sha256(bytes) },
    cutplanSha256: approval.cutplan_sha256,
  });
}

/** One who may approve may stop: a rejection needs one signature, whatever an approval needs. */
function refuseTooFew(approval: Approval, { policy, gate }: ApprovalOrder): Failure | null {
  const named = authoritiesOf(approval).length;
  const required = approval.decision === "rejected" ? 1 : policy.required[gate];
  return named >= required ? null : invalid(`${gate} needs ${required} authorities, and it names ${named}`);
}

function invalid(why: string): Failure {
  return new Failure("STOP_APPROVAL_INVALID", `the approval does not hold: ${why}`);
}
