/**
 * private-files/errno: the system's own word for a failed call, e.g. `ENOSPC`.
 *
 * What is not a system error is a bug and is thrown on. Called only within private-files and by its neighbours that
 * touch the file system.
 */

/** The errno name of what a node:fs call threw; throws on anything else. */
export function errnoOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  throw error;
}

/** e.g. `cannot read /x: ENOENT, no such file or directory`. */
export function failedCall(attempt: string, error: unknown): string {
  const errno = errnoOf(error);
  const words = error instanceof Error ? /^[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1] : undefined;
  return words === undefined ? `cannot ${attempt}: ${errno}` : `cannot ${attempt}: ${errno}, ${words}`;
}
