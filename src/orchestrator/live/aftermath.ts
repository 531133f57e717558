/**
 * live/aftermath: how a phase of a live run that answered a failure is recorded.
 *
 * A table of codes and no more. Where it is not certain that nothing was committed, the phase is left open, and the
 * ledger is asked. Called by the live conduct and by a revert.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Aftermath } from "../conduct.ts";

/** Codes after which nothing of a phase can be in the database, so that the run may simply be resumed. */
const NOT_BEGUN: ReadonlySet<string> = new Set([
  ...["HOST_UNKNOWN", "CONNECT_FAILED", "CONNECT_TIMEOUT", "TLS_REFUSED", "TLS_INVALID", "AUTHENTICATION_FAILED"],
  ...["DATABASE_MISSING", "TOO_MANY_CONNECTIONS", "TARGET_IS_STANDBY", "TARGET_IS_POOLER", "STOP_TARGET_CHANGED"],
  ...["KILL_SWITCH_OFF", "KILL_SWITCH_UNREADABLE", "STOP_HOLD", "STOP_LOCKED", "STOP_PLAN_DRIFT"],
]);

/** GUARD_BROKEN: the server may have left the transaction by committing it. */
const UNKNOWN: ReadonlySet<string> = new Set(["STOP_OUTCOME_UNKNOWN", "GUARD_BROKEN"]);

export function aftermath(failure: Failure): Aftermath {
  if (UNKNOWN.has(failure.code) || failure.exitCode > 128) return "left open";
  // A lost connection rolled the phase back; where its COMMIT was sent, a tombstone says so.
  if (NOT_BEGUN.has(failure.code) || failure.code === "SESSION_LOST") return "as before";
  return "stopped";
}
