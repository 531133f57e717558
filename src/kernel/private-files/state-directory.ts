/**
 * private-files/state-directory: where cutter keeps its own files, decided once for every command.
 *
 * Pure: looks at nothing and makes nothing (openPrivateDirectory does). Called by the commands, which hand the path
 * down.
 */
import { join, resolve } from "node:path";
import { Failure } from "../failure.ts";

export type StateDirectoryChoice = {
  /** What --state-dir says, if it was given. */
  readonly flag?: string | undefined;
  /** Effective user id; that of the process unless a test says otherwise. */
  readonly effectiveUser?: number | undefined;
};

/**
 * Where state lives, as an absolute path; nothing is looked at or made. --state-dir, then CUTTER_STATE_DIR, then
 * /var/lib/cutter for root, else the XDG state directory (a relative XDG_STATE_HOME is ignored, as its standard says).
 */
export function stateDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  choice: StateDirectoryChoice = {},
): string | Failure {
  if (choice.flag === "") return new Failure("USAGE", "--state-dir needs a path");
  const named = choice.flag ?? (environment.CUTTER_STATE_DIR || undefined);
  if (named !== undefined) return resolve(named);
  if ((choice.effectiveUser ?? process.geteuid?.()) === 0) return "/var/lib/cutter";
  const { XDG_STATE_HOME: stateHome, HOME: home } = environment;
  if (stateHome?.startsWith("/")) return join(stateHome, "cutter");
  if (home?.startsWith("/")) return join(home, ".local", "state", "cutter");
  return new Failure("USAGE", "no place for state: HOME is not set, and neither is CUTTER_STATE_DIR", {
    hint: "Give one with --state-dir.",
  });
}
