/**
 * rehearsal/compensation: the revert, in the middle of a rehearsal, as the role that owns what a cut writes.
 *
 * Only where the session may become that role; else nothing is tried, and the report says so. Compared are the rows of
 * the change set alone: what the tables held before the run is known to a live run only.
 */
import revertRole from "../../../sql/execution/revert-role.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { LiveWork } from "../live-work.ts";
import { phaseWork } from "../production/phase-work.ts";
import { REVERT_STEP } from "../production/steps.ts";
import type { RehearsalParts } from "../rehearsal.ts";
import type { RevertPlan } from "../revert/plan.ts";
import { revertRun } from "../revert/revert.ts";
import { refuseDeferred } from "./deferred.ts";

/** null where the session may not become the role. */
export async function rehearsedCompensation(
  session: Session,
  work: LiveWork,
): Promise<RehearsalParts["compensate"] | Failure> {
  const reply = await session.query(revertRole);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  if (row?.may_become !== "t") return null;
  const plan: RevertPlan = { how: "soft", scope: "change-set", before: {}, relatedRunId: work.runId };
  return async (transaction, { attempt = 1 }) => {
    const taken = await transaction.query(`SET LOCAL ROLE ${row.quoted}`);
    if (taken instanceof Failure) return taken;
    const body = (inside: typeof transaction) => revertRun(inside, work, plan);
    const done = await phaseWork(transaction, work, { step: REVERT_STEP, attempt, body });
    if (done instanceof Failure) return done;
    const deferred = await refuseDeferred(transaction);
    if (deferred !== null) return deferred;
    const back = await transaction.query("SET LOCAL ROLE NONE");
    return back instanceof Failure ? back : { method: "compensate", outcome: "done", facts: done.facts };
  };
}
