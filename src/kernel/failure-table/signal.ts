/**
 * failure-table/signal: what ended the program from outside.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import type { FailureEntry } from "./entry.ts";

/** True of every verb: a live phase may have been interrupted while the server was committing it. */
const SERVER_ROLLS_BACK =
  "The server rolls back what was not committed. A proof never commits, so no row of it stays; which phases of a live" +
  " run were committed, its ledger says, and the next cutter resume asks it.";

export const SIGNALS = {
  INTERRUPTED: {
    exit: 130,
    cause: "SIGINT (Ctrl-C) ended the command.",
    action: "Run it again when you are ready.",
    data: SERVER_ROLLS_BACK,
  },
  TERMINATED: {
    exit: 143,
    cause: "SIGTERM ended the command.",
    action: "Run it again when you are ready.",
    data: SERVER_ROLLS_BACK,
  },
  HUNG_UP: {
    exit: 129,
    cause: "SIGHUP (the terminal went away) ended the command.",
    action: "Run it again, perhaps inside tmux or screen.",
    data: SERVER_ROLLS_BACK,
  },
} as const satisfies Record<string, FailureEntry>;
