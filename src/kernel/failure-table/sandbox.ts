/**
 * failure-table/sandbox: why a throwaway server could not be had, or not be taken down.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import type { FailureEntry } from "./entry.ts";

const THROWAWAY = "Only the sandbox's own throwaway server is concerned; no other database was touched by this.";

export const SANDBOX_FAILURES = {
  SANDBOX_PROVIDER_UNAVAILABLE: {
    exit: 5,
    cause: "What is asked to run the sandbox's server cannot be used on this machine.",
    action: "Install what the message names, or choose another with --provider docker, local or embedded.",
    data: "No server was started, and no database was touched.",
  },
  SANDBOX_SERVER_FAILED: {
    exit: 5,
    cause: "The sandbox's own server did not start, or could not be asked what it should answer.",
    action: "Read the server's last words in the message; then run the command again.",
    data: THROWAWAY,
  },
} as const satisfies Record<string, FailureEntry>;
