/**
 * live-commands: the table of the verbs that are for live runs only: what rehearses, approves, holds and takes back.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { type Command, defineCommand, type Group, REPORT_FORMATS } from "./command/command.ts";
import { roleFlag } from "./role-flag.ts";

const RUN = { name: "RUN", description: "The run, as cutter runs lists it.", required: true } as const;

const rehearse = defineCommand({
  name: "rehearse",
  summary: "Does every phase of a live run for real, in one transaction that the server rolls back.",
  description: [
    "The same code with the same rights as the run itself: the connection takes each role inside the transaction. " +
      "What it could not rehearse is said. The run does not move; cutter approve shows the result to whoever signs.",
  ],
  examples: [
    { arguments: "ictr-20260521T042359Z-ad3d0b97", explanation: "On [connections.rehearse] of the configuration." },
  ],
  positionals: [RUN],
  formats: REPORT_FORMATS,
  flags: [roleFlag("rehearse", "rehearses")],
  run: async (invocation, terminal) => (await import("./rehearse.ts")).rehearse(invocation, terminal),
});

const HELD_RUN = {
  name: "run",
  kind: "string",
  valueName: "RUN",
  required: true,
  description: "The run that the HOLD is about.",
} as const;

const holdShow = defineCommand({
  name: "show",
  summary: "Shows what keeps everything from being written, who says so, and why.",
  examples: [{ arguments: "", explanation: "Exit code 0, whether anything stands or not." }],
  positionals: [],
  flags: [],
  run: async (invocation, terminal) => (await import("./hold.ts")).showHold(invocation, terminal),
});

const holdSet = defineCommand({
  name: "set",
  summary: "Sets a HOLD: nothing is written any more by this host until it is cleared.",
  description: ["One that stands already stays as it is: the first reason is the one to look at."],
  examples: [
    { arguments: "--run ictr-20260521T042359Z-ad3d0b97 --reason 'wrong text'", explanation: "In your own words." },
  ],
  positionals: [],
  flags: [
    HELD_RUN,
    { name: "reason", kind: "string", valueName: "TEXT", required: true, description: "Why, for whoever looks." },
  ],
  run: async (invocation, terminal) => (await import("./hold.ts")).setHoldFor(invocation, terminal),
});

const holdClear = defineCommand({
  name: "clear",
  summary: "Clears the HOLD of one run, after its id was typed.",
  examples: [{ arguments: "--run ictr-20260521T042359Z-ad3d0b97", explanation: "Asks for the id on the terminal." }],
  positionals: [],
  flags: [
    HELD_RUN,
    { name: "confirm", kind: "string", valueName: "RUN", description: "The run's id again, where nobody can type it." },
  ],
  run: async (invocation, terminal) => (await import("./hold.ts")).clearHoldOf(invocation, terminal),
});

const hold: Group = {
  name: "hold",
  summary: "What keeps everything from being written after a failure: show it, set it, clear it.",
  examples: [],
  commands: [holdShow, holdSet, holdClear],
};

const revert = defineCommand({
  name: "revert",
  summary:
    "Shows how a live run would be taken back, rehearsed and rolled back; with a signed approval, takes it back.",
  description: [
    "Soft: its drafts become withdrawn, and rows, versions and addresses stay. Hard: the rows are deleted, which " +
      "needs a second approval. Nothing is ever deleted from the ledger, and an enacted unit refuses the whole.",
    "What somebody changed since the cut is listed and refused. The tables must hold what was counted before the run.",
  ],
  examples: [
    { arguments: "ictr-20260521T042359Z-ad3d0b97", explanation: "Rehearse it; nothing stays." },
    { arguments: "ictr-20260521T042359Z-ad3d0b97 --approval revert.json --live", explanation: "Take it back." },
  ],
  positionals: [RUN],
  formats: REPORT_FORMATS,
  flags: [
    { name: "approval", kind: "string", valueName: "FILE", description: "The signed approval of the gate REVERT." },
    { name: "hard", kind: "boolean", description: "Delete the drafts instead of withdrawing them." },
    {
      name: "delete-approval",
      kind: "string",
      valueName: "FILE",
      description: "With --hard: the signed approval of the gate HARD_DELETE.",
    },
    {
      name: "scope",
      kind: "choice",
      choices: ["database", "change-set"],
      default: "database",
      description: "What is compared: every table's counts, or this run's rows only, where others have written since.",
    },
    { name: "live", kind: "boolean", description: "Take it back for real." },
    {
      name: "confirm",
      kind: "string",
      valueName: "DIGEST",
      description: "The plan's digest in full, where there is no terminal to type it on.",
    },
    roleFlag("revert", "takes back, as the owner of the tables"),
    roleFlag("exec", "asks the ledger what was done"),
    roleFlag("verify", "asks the ledger what was verified"),
  ],
  run: async (invocation, terminal) => (await import("./revert.ts")).revert(invocation, terminal),
});

export const LIVE_COMMANDS: readonly Command[] = [rehearse, revert, hold];
