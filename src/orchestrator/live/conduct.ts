/**
 * live/conduct: what a live run adds: a signed approval at each gate, an arming behind it, the ledger's word on an open
 * phase, and a HOLD after a failure.
 *
 * An arming is made here and nowhere else, from an approval that was verified a moment ago; it ends when the process is
 * done with the run, whatever happened. Made by the verb that resumes a live run.
 */

import type { Grant } from "../../execution/live-work.ts";
import { scopeOf } from "../../execution/production.ts";
import { parseApproval } from "../../flow/approval.ts";
import type { Gate } from "../../flow/phase.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import { Failure } from "../../kernel/failure.ts";
import { arm, currentArming, disarm } from "../../kernel/kill-switch/arming.ts";
import { limits } from "../../kernel/limits.ts";
import { isRejection, type Rejection } from "../approvals/verify-approval.ts";
import type { Conduct } from "../conduct.ts";
import { type GateOrder, keptApproval, passGate, refuseAuthority } from "../gates.ts";
import { rejectionMessage } from "../rejection.ts";
import type { RunRecord } from "../store/run-record.ts";
import { aftermath } from "./aftermath.ts";
import { type Connect, settleLive } from "./settle.ts";
import { keepSignatures, keptSignatures } from "./signature-files.ts";

export type Grants = { [gate in Gate]?: Grant };

export type LiveParts = {
  /** Filled as gates are passed; the adapter's work holds the same. */
  readonly grants: Grants;
  readonly connect: Connect;
  /** Of the approval that was presented, in any order. */
  readonly signatures: readonly Uint8Array[];
  /** Who signed the document with these bytes, if that is enough for the gate. */
  readonly verify: (
    order: GateOrder,
    approval: Uint8Array,
    signatures: readonly Uint8Array[],
  ) => Promise<Grant | Rejection | Failure>;
  /** Before the first phase that writes: what the database is and holds, kept for a revert. */
  readonly snapshot: (run: RunRecord, fence: number) => Promise<Failure | null>;
  /** After a failed phase: sets the HOLD and takes the last snapshot. */
  readonly hold: (run: RunRecord, failure: Failure, fence: number) => Promise<Failure | null>;
};

export function liveConduct(parts: LiveParts): Conduct {
  return {
    async reject(order, approval) {
      const document = parseApproval(approval);
      if (document instanceof Failure || document.decision !== "rejected") return null;
      const answer = await parts.verify(order, approval, parts.signatures);
      if (answer instanceof Failure) return answer;
      return isRejection(answer) ? stopRejected(order, answer) : null;
    },
    async pass(order, approval) {
      const grant = await parts.verify(order, approval, parts.signatures);
      if (grant instanceof Failure) return grant;
      if (isRejection(grant)) return rejected(grant);
      const kept = keepSignatures(order, parts.signatures);
      if (kept !== null) return kept;
      const snapshot = order.gate === "SG1" ? await parts.snapshot(order.run, order.fence) : null;
      if (snapshot !== null) return snapshot;
      const passed = passGate(order, approval);
      if (passed instanceof Failure) return passed;
      return armFor(parts, order, grant) ?? passed;
    },
    async authorise(order) {
      if (currentArming()?.gate === order.gate) return null;
      const refused = refuseAuthority(order);
      if (refused !== null) return refused;
      if (order.run.state === "ENACTED") return armCloseout(order);
      const approval = keptApproval(order);
      if (approval instanceof Failure) return approval;
      const signatures = keptSignatures(order);
      if (signatures instanceof Failure) return signatures;
      const grant = await parts.verify(order, approval, signatures);
      if (grant instanceof Failure) return grant;
      return isRejection(grant) ? rejected(grant) : armFor(parts, order, grant);
    },
    settle: (store, run, fence) => settleLive(run, { store, fence, connect: parts.connect }),
    aftermath,
    async stopped(run, failure, fence) {
      disarm();
      return parts.hold(run, failure, fence);
    },
    async refused(run, failure, fence) {
      const isHold = failure.code === "STOP_OUTCOME_UNKNOWN" || isNewTimeline(failure);
      return isHold ? parts.hold(run, failure, fence) : null;
    },
    end: disarm,
  };
}

/** The same cluster and database on another timeline: what was committed before the failover may be gone. */
function isNewTimeline({ code, facts }: Failure): boolean {
  if (code !== "STOP_TARGET_CHANGED") return false;
  const [planned, seen] = [facts.planned, facts.seen].map((target) => target as TargetIdentity | undefined);
  const isSame = planned?.systemIdentifier === seen?.systemIdentifier && planned?.database === seen?.database;
  return isSame && planned?.timeline !== seen?.timeline;
}

/** A signed no ends the run: another try is another run. */
function stopRejected({ store, run, fence }: GateOrder, rejection: Rejection): RunRecord | Failure {
  const { message } = rejected(rejection);
  return store.move(run.runId, { from: run.state, to: "STOPPED", fence, stopCode: "STOP_APPROVAL_INVALID", message });
}

function rejected(rejection: Rejection): Failure {
  return new Failure("STOP_APPROVAL_INVALID", rejectionMessage(rejection));
}

function armFor({ grants }: LiveParts, order: GateOrder, grant: Grant): Failure | null {
  grants[order.gate] = grant;
  return armUntil(order, grant.expiresAt);
}

/** Behind the enactment nothing is left but a look and its record, for which nobody has to sign again. */
function armCloseout(order: GateOrder): Failure | null {
  return armUntil(order, new Date(Date.parse(order.now) + limits.closeoutMs).toISOString());
}

function armUntil({ run, gate }: GateOrder, expiresAt: string): Failure | null {
  const { runId, cutplanSha256, target } = run;
  if (cutplanSha256 === null) throw new Error(`run ${runId} stands behind ${gate} and has no plan`);
  disarm();
  const scope = scopeOf({ runId, target: target as TargetIdentity, cutplanSha256 }, gate);
  return arm({ ...scope, expiresAt });
}
