/**
 * setup-commands: the table of the verbs that make ready: what is missing, what to begin with, and the first files.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { type Command, defineCommand, EMBEDDED_FLAG, REPORT_FORMATS } from "./command/command.ts";

const doctor = defineCommand({
  name: "doctor",
  summary: "Says what is still missing before the first live run, with the evidence and the next command for each.",
  description: [
    "Ten items, closed, in part or open. Closed is what was found right just now: each connection is opened, each " +
      "program started for its version, the last rehearsal compared with the database as it is. No database is " +
      "written; into the backup directory a file is put for a moment.",
  ],
  examples: [{ arguments: "", explanation: "Can the first live run happen?" }],
  positionals: [],
  formats: REPORT_FORMATS,
  flags: [
    {
      name: "show-config",
      kind: "boolean",
      description: "Print each effective setting and where it came from instead.",
    },
  ],
  run: async (invocation, terminal) => (await import("./doctor.ts")).doctor(invocation, terminal),
});

const init = defineCommand({
  name: "init",
  summary: "Makes the state directory and a commented cutter.toml; what is there stays as it is.",
  examples: [{ arguments: "", explanation: "In /etc/cutter as root, in your own configuration folder otherwise." }],
  positionals: [],
  flags: [],
  formats: ["text"],
  run: async (invocation, terminal) => (await import("./init.ts")).init(invocation, terminal),
});

const suggest = defineCommand({
  name: "suggest",
  summary: "Ranks the documents of a database by what is at stake in cutting them, the least first.",
  examples: [{ arguments: "", explanation: "On [connections.survey] of the configuration." }],
  positionals: [],
  formats: ["text", "json"],
  flags: [EMBEDDED_FLAG],
  run: async ({ flags, globals }, terminal) => {
    const { targetSuggest } = await import("./target-suggest.ts");
    const none = { survey: true, "survey-file": undefined, "governance-url": undefined };
    return targetSuggest({ flags: { ...none, ...flags }, globals }, terminal);
  },
});

const target: Command = {
  name: "target",
  summary: "What to begin with.",
  description: [],
  examples: [],
  commands: [suggest],
};

const uninstall = defineCommand({
  name: "uninstall",
  summary: "Prints the commands that remove cutter from this machine, and what is lost; removes nothing.",
  description: [
    "Program, configuration, state with all runs, HOLD, caches of the sandbox, leftovers, manual page, completion; " +
      "and what lies in databases. All lines but the commands are comments, so that it may be pasted as it is.",
  ],
  examples: [{ arguments: "--plan", explanation: "As the user who runs cutter, and as root." }],
  positionals: [],
  flags: [{ name: "plan", kind: "boolean", description: "Print the plan. There is no other form." }],
  run: async (invocation, terminal) => (await import("./uninstall.ts")).uninstall(invocation, terminal),
});

export const SETUP_COMMANDS: readonly Command[] = [doctor, init, target, uninstall];
