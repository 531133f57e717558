/**
 * failure-table/signal: what ended the program from outside.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import type { FailureEntry } from "./entry.ts";

const SERVER_ROLLS_BACK =
  "The server rolls back what was not committed, which is all of a proof; what a live run had committed stands.";

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
