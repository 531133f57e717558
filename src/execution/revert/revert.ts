/**
 * revert: the body of compensate: takes one run back, units and ledger, in whatever transaction it is given.
 *
 * Never begins or ends one. Nothing is deleted from the ledger: a decision is appended that names the change set and
 * who signed. Any doubt (a unit that is not a draft, or not as it was cut, a count that is not as predicted, a row of
 * anybody else's that goes with it) refuses the whole. Called by the production adapter and by the rehearsal.
 */
import insertDecision from "../../../sql/execution/insert-decision.sql" with { type: "text" };
import readChangeSet from "../../../sql/execution/read-change-set.sql" with { type: "text" };
import { type Facts, Failure } from "../../kernel/failure.ts";
import { type ChangeSet, changeSetOf } from "../change-set.ts";
import { consumeGrant, recordApproved } from "../grants.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { Grant, LiveWork } from "../live-work.ts";
import { ownChangeSet, setStatus } from "../record.ts";
import { countTables, refuseCounts } from "./counts.ts";
import { refuseHow, refuseUnits } from "./guard.ts";
import type { RevertCounts, RevertPlan } from "./plan.ts";
import { predictTouched, readTouched, refuseTouched, type Touched } from "./touched.ts";
import { deleteUnits, withdrawUnits } from "./units.ts";

/** Failures: STOP_APPROVAL_REQUIRED, STOP_APPROVAL_REPLAYED, PHASE_REFUSED, UNIT_REJECTED. */
export async function revertRun(
  transaction: StatementRunner,
  work: LiveWork,
  plan: RevertPlan,
): Promise<Facts | Failure> {
  const first = await countTables(transaction, work.runId);
  if (first instanceof Failure) return first;
  const grant = await consumeGrant(transaction, work, "REVERT");
  if (grant instanceof Failure) return grant;
  const changeSet = await revertible(transaction, work);
  if (changeSet instanceof Failure) return changeSet;
  const reached = await readTouched(transaction);
  if (reached instanceof Failure) return reached;
  const taken = changeSet === null ? {} : await takeBack(transaction, { work, plan, changeSet, grant });
  if (taken instanceof Failure) return taken;
  const now = await readTouched(transaction);
  if (now instanceof Failure) return now;
  const predicted: Touched = changeSet === null ? new Map() : predictTouched(plan, changeSet);
  const elsewhere = refuseTouched({ first: reached, last: now, predicted });
  if (elsewhere !== null) return elsewhere;
  const last = await countTables(transaction, work.runId);
  if (last instanceof Failure) return last;
  const deltas = { ...taken, "cutter_governance.approval_grant": (taken["cutter_governance.approval_grant"] ?? 0) + 1 };
  const refused = refuseCounts(plan, { first, last, deltas });
  if (refused !== null) return refused;
  return {
    ...{ how: plan.how, scope: plan.scope, approval_id: grant.approvalId, related_run_id: plan.relatedRunId },
    ...{ change_set_id: changeSet?.id ?? null, units: changeSet?.rowCount ?? 0 },
    counts: Object.fromEntries(last.map(({ relation, total }) => [relation, total])),
  };
}

/** null where leg A was never committed, so that there is nothing but the run itself to take back. */
async function revertible(transaction: StatementRunner, work: LiveWork): Promise<ChangeSet | null | Failure> {
  const reply = await transaction.query(readChangeSet, [work.runId]);
  if (reply instanceof Failure) return reply;
  if (reply.rows.length === 0) return null;
  const changeSet = await changeSetOf(transaction, work.runId);
  if (changeSet instanceof Failure) return changeSet;
  if (changeSet.status !== "reverted") return ownChangeSet(transaction, work, changeSet.status);
  return new Failure("PHASE_REFUSED", `the change set of run ${work.runId} is reverted already`);
}

type Taking = {
  readonly work: LiveWork;
  readonly plan: RevertPlan;
  readonly changeSet: ChangeSet;
  readonly grant: Grant;
};

/** By how much each table changed, but for the grant of REVERT. */
async function takeBack(
  transaction: StatementRunner,
  { work, plan, changeSet, grant }: Taking,
): Promise<RevertCounts | Failure> {
  const refused = (await refuseHow(transaction, work, plan)) ?? (await refuseUnits(transaction, work, changeSet));
  if (refused !== null) return refused;
  const deletion = plan.how === "hard" ? await authoriseDeletion(transaction, work, changeSet) : {};
  if (deletion instanceof Failure) return deletion;
  const units =
    plan.how === "hard"
      ? await deleteUnits(transaction, changeSet, work)
      : await withdrawUnits(transaction, changeSet, work);
  if (units instanceof Failure) return units;
  for (const [index, authority] of grant.authorities.entries()) {
    const reply = await transaction.query(insertDecision, [
      ...[changeSet.id, work.runId, "reverted", "REVERT", authority, grant.documentSha256],
      ...[grant.signatures[index] ?? null, grant.note || null, plan.relatedRunId],
    ]);
    if (reply instanceof Failure) return reply;
  }
  const moved = await setStatus(transaction, changeSet, { from: changeSet.status, to: "reverted" });
  if (moved !== null) return moved;
  const decisions = "cutter_governance.review_decision";
  return { ...units, ...deletion, [decisions]: (deletion[decisions] ?? 0) + grant.authorities.length };
}

async function authoriseDeletion(
  transaction: StatementRunner,
  work: LiveWork,
  changeSet: ChangeSet,
): Promise<RevertCounts | Failure> {
  const grant = await consumeGrant(transaction, work, "HARD_DELETE");
  if (grant instanceof Failure) return grant;
  const recorded = await recordApproved(transaction, grant, { runId: work.runId, changeSetId: changeSet.id });
  if (recorded !== null) return recorded;
  return {
    "cutter_governance.approval_grant": 1,
    "cutter_governance.review_decision": grant.authorities.length,
  };
}
