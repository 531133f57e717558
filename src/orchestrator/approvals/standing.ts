/**
 * approvals/standing: whether a run stands where a decision of this kind is asked for.
 *
 * SG1 and SG2 are given while the run waits there; what takes a run back may be decided wherever it has a plan. Pure.
 */
import type { ApprovalGate } from "../../flow/approval.ts";
import { waitsAt } from "../../flow/phase.ts";
import { Failure } from "../../kernel/failure.ts";
import type { RunRecord } from "../store/run-record.ts";

/** null, or RUN_MOVE_REFUSED. */
export function refuseStanding({ runId, state, cutplanSha256 }: RunRecord, gate: ApprovalGate): Failure | null {
  if (cutplanSha256 === null) {
    return new Failure("RUN_MOVE_REFUSED", `run ${runId} has no plan yet, so that there is nothing to decide`);
  }
  if (gate === "REVERT" || gate === "HARD_DELETE" || waitsAt(state) === gate) return null;
  return new Failure("RUN_MOVE_REFUSED", `run ${runId} does not wait at ${gate}: it stands at ${state}`);
}
