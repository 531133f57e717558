/**
 * gates: whether a run may go on past SG1 or SG2: an approval that fits, used once, and still in time.
 *
 * At the gate itself the approval is checked against what the run shows, and consumed. Behind it, after a crash, the
 * same approval is asked again, from the copy that the run keeps: it holds for the remaining phases of its own gate
 * until it expires. Who signed is for the live path. Called by run.ts, and where a run is taken back.
 */
import { join } from "node:path";
import { type Approval, type ApprovalGate, type GateStand, parseApproval, refuseApproval } from "../flow/approval.ts";
import type { Gate } from "../flow/phase.ts";
import type { TargetIdentity } from "../flow/survey.ts";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile, renamePrivateFile, writePrivateFile } from "../kernel/private-files/file.ts";
import { missingFile, runFolder } from "./run-files.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

export type GateOrder = {
  readonly store: Store;
  readonly run: RunRecord;
  readonly gate: Gate;
  readonly fence: number;
  /** ISO 8601, UTC. */
  readonly now: string;
};

/** The run with its approval consumed. STOP_APPROVAL_INVALID, STOP_APPROVAL_EXPIRED, STOP_APPROVAL_REPLAYED. */
export function passGate(order: GateOrder, bytes: Uint8Array): RunRecord | Failure {
  const approval = parseApproval(bytes);
  if (approval instanceof Failure) return approval;
  const refused = refuseApproval(approval, standOf(order));
  if (refused !== null) return refused;
  return useApproval(order, approval, bytes);
}

/** An approval in the run's folder, which authorises nothing else from now on; whether it holds was asked before. */
export type ApprovalPlace = Pick<GateOrder, "store" | "run" | "fence"> & { readonly gate: ApprovalGate };

/** The run with its approval consumed. STOP_APPROVAL_REPLAYED. */
export function useApproval(place: ApprovalPlace, approval: Approval, bytes: Uint8Array): RunRecord | Failure {
  const { store, run, gate, fence } = place;
  const pending = writePrivateFile(fileOf(place, pendingName), bytes);
  if (pending !== null) return pending;
  const consumed = store.consumeApproval(run.runId, {
    approvalId: approval.approval_id,
    gate,
    documentSha256: sha256(bytes),
    cutplanSha256: approval.cutplan_sha256,
    fence,
  });
  if (consumed instanceof Failure) return consumed;
  // Its name says that it was used: a store that does not know of that is older than this folder.
  return renamePrivateFile(fileOf(place, pendingName), fileOf(place, approvalName)) ?? consumed;
}

/** null where the authority that was given at this gate still holds for the phases behind it. */
export function refuseAuthority(order: GateOrder): Failure | null {
  const { store, run, gate } = order;
  const bytes = keptApproval(order);
  if (bytes instanceof Failure) return bytes;
  const approval = parseApproval(bytes);
  if (approval instanceof Failure) return approval;
  const consumed = store.approval(approval.approval_id);
  if (consumed instanceof Failure) return consumed;
  const isOurs = consumed?.runId === run.runId && consumed.gate === gate && consumed.documentSha256 === sha256(bytes);
  if (!isOurs) {
    return new Failure("STOP_APPROVAL_INVALID", `the kept approval of ${gate} is not one that this run has consumed`);
  }
  // What is enacted stays so: closing out authorises nothing that an approval could have ended for.
  const isEnacted = run.state === "ENACTED" && Date.parse(consumed.consumedAt) < Date.parse(order.now);
  const now = isEnacted ? consumed.consumedAt : order.now;
  return refuseApproval(approval, standOf({ ...order, now }));
}

/** The exact bytes of the approval by which this run passed the gate. */
export function keptApproval(order: GateOrder): Uint8Array | Failure {
  const bytes = readPrivateFile(fileOf(order, approvalName), limits.approvalBytes);
  return bytes instanceof Failure ? (missingFile(bytes) ?? bytes) : bytes;
}

/** What the run shows at a gate; what an approval must name. */
export function standOf({ run, gate, now }: Pick<GateOrder, "run" | "gate" | "now">): GateStand {
  const { runId, documentId, mode, cutplanSha256, target } = run;
  if (cutplanSha256 === null) throw new Error(`run ${runId} stands at a gate and has no plan`);
  return { gate, runId, documentId, mode, cutplanSha256, target: target as TargetIdentity, now };
}

export function approvalName(gate: ApprovalGate): string {
  return `approval-${gate}.json`;
}

/** Before it was consumed, or where it was refused. */
export function pendingName(gate: ApprovalGate): string {
  return `approval-${gate}.pending.json`;
}

function fileOf({ store, run, gate }: Omit<ApprovalPlace, "fence">, name: (gate: ApprovalGate) => string): string {
  return join(runFolder({ stateDirectory: store.directory, ...run }), name(gate));
}
