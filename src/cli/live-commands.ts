/**
 * live-commands: the table of the verbs that are for live runs only: what rehearses, approves, holds and takes back.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { defineCommand, type Leaf, REPORT_FORMATS } from "./command/command.ts";
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

export const LIVE_COMMANDS: readonly Leaf[] = [rehearse];
