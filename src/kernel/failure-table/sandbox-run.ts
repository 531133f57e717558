/**
 * failure-table/sandbox-run: why a rehearsal in a throwaway database was refused, broke off, or proved nothing.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only. None of them is about a database
 * of the operator: a sandbox reads that one at most, and writes into its own.
 */
import type { FailureEntry } from "./entry.ts";

const NOTHING_MADE = "No server was started, and no database was touched.";
const THROWN_AWAY =
  "This program wrote to the throwaway database alone; what is left of that, cutter sandbox sweep removes.";

export const SANDBOX_RUN_FAILURES = {
  SANDBOX_DISK_SHORT: {
    exit: 4,
    cause: "There is less room on the disk than a sandbox is told to leave alone.",
    action: "Free some, name another place with --state-dir, or ask for less with --min-free-gb.",
    data: NOTHING_MADE,
  },
  SANDBOX_NOT_CLOSED: {
    exit: 4,
    cause: "The throwaway server would run code of the database and can reach what this host reaches, production too.",
    action: "Install util-linux, or choose --provider docker. With --allow-outbound it runs, and G-17 fails.",
    data: NOTHING_MADE,
  },
  SANDBOX_NAME_TAKEN: {
    exit: 4,
    cause: "Something is there already under the name that the sandbox was to have.",
    action: "Give another --name; cutter sandbox sweep removes what an earlier sandbox left.",
    data: NOTHING_MADE,
  },
  SANDBOX_DUMP_BROKEN: {
    exit: 5,
    cause: "The dump that a sandbox is made from could not be taken or read to its end.",
    action: "Read why in the message; take the backup, or the dump, again.",
    data: THROWN_AWAY,
  },
  SANDBOX_RESTORE_FAILED: {
    exit: 3,
    cause: "The dump could not be restored into the throwaway database, or it holds other rows than were dumped.",
    action: "Read the first line of pg_restore in the message: a role, an extension or a version may be missing.",
    data: THROWN_AWAY,
  },
  SANDBOX_PRIVILEGES_DIFFER: {
    exit: 3,
    cause: "What the roles may do in the restored database is not what the frozen privilege matrix says.",
    action: "Each difference is named; mend it where the dump came from: it is the same there.",
    data: THROWN_AWAY,
  },
  SANDBOX_IS_PRODUCTION: {
    exit: 4,
    cause: "A connection that was to lead to the throwaway database leads to production, or to another server.",
    action: "Stop, and find out where the connection leads. Never copy a data directory for this: copies share it.",
    data: "Nothing was written to it, and only what this command had started itself is ended.",
  },
  SANDBOX_NOT_PROVEN: {
    exit: 3,
    cause: "A gate or a scenario of the sandbox did not pass, was inconclusive or was not run.",
    action: "Read the line that is not PASS; its log and its SQL trace lie in the evidence.",
    data: THROWN_AWAY,
  },
  SANDBOX_PARTIAL: {
    exit: 3,
    cause:
      "All that was run passed, but the provider cannot carry the rest of the scenarios and gates: it was not run.",
    action: "Run it with --provider local or docker, which carry all of it; only NET_ZERO is the whole proof.",
    data: "This program wrote to the throwaway database alone, and that is removed.",
  },
  SANDBOX_LEFTOVERS: {
    exit: 3,
    cause: "Something that the sandbox made could not be removed; each thing is named.",
    action: "cutter sandbox sweep tries it again, by the exact names that were recorded.",
    data: "No database of yours is involved: what is left is the sandbox's own.",
  },
} as const satisfies Record<string, FailureEntry>;
