/**
 * stop-code: the closed list of reasons for which a run does not go on.
 *
 * Each is a failure code too, with its cause, action and exit code in the kernel's table, where `cutter explain` finds
 * them. Written into the run store and into reports; no other word may stand there.
 */
import type { FailureCode } from "../kernel/failure.ts";

export const STOP_CODES = [
  "STOP_APPROVAL_REQUIRED",
  "STOP_APPROVAL_INVALID",
  "STOP_APPROVAL_EXPIRED",
  "STOP_APPROVAL_REPLAYED",
  "STOP_KILL_SWITCH",
  "STOP_HOLD",
  "STOP_LOCKED",
  "STOP_PLAN_DRIFT",
  "STOP_TARGET_CHANGED",
  "STOP_CUTPLAN_REFUSED",
  "STOP_BACKUP_REFUSED",
  "STOP_PHASE_FAILED",
  "STOP_VERIFY_MISMATCH",
  "STOP_OUTCOME_UNKNOWN",
  "STOP_INTERRUPTED",
] as const satisfies readonly FailureCode[];

export type StopCode = (typeof STOP_CODES)[number];

export function isStopCode(text: string): text is StopCode {
  return (STOP_CODES as readonly string[]).includes(text);
}
