/**
 * backup/refusal: why there is no backup, as the one failure that stops a run before it writes.
 *
 * Whatever went wrong on the way to a backup, nothing was written to the database and no file is left. Called by all
 * that make one; a program that fails those who look into one is told as that, never as damage.
 */
import { Failure } from "../../kernel/failure.ts";

export function refuseBackup(message: string, cause?: unknown): Failure {
  return new Failure("STOP_BACKUP_REFUSED", message, {
    data: "Nothing was written to the database, and no file of this backup is left.",
    cause,
  });
}

/** What another part failed with, as a refusal that says what it was needed for. */
export function refusedBy(failure: Failure, attempt: string): Failure {
  return refuseBackup(`${attempt}: ${failure.message}`, failure);
}

/** `reason` names the program. */
export function toolFailed(reason: string): Failure {
  return new Failure("BACKUP_TOOL_FAILED", reason);
}
