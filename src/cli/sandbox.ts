/**
 * sandbox: the table of `cutter sandbox …`: run, plan, sweep.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { defineCommand, type Flag, type Group, REPORT_FORMATS } from "./command/command.ts";
import { profileNames } from "./profile-names.ts";

const SOURCE_FLAGS = [
  { name: "reference", kind: "boolean", description: "The reference database, in a stand-in for production; default." },
  { name: "from-backup", kind: "string", valueName: "FILE", description: "A backup of cutter backup create." },
  {
    name: "gnupg-home",
    kind: "string",
    valueName: "DIRECTORY",
    description: "With --from-backup: GnuPG's directory with the secret key; gnupg_home of [backup] if left out.",
  },
  {
    name: "from-live",
    kind: "boolean",
    description: "A fresh read-only dump of --url, --service, or [connections.backup].",
  },
  {
    name: "provider",
    kind: "choice",
    choices: ["auto", "local", "docker", "embedded"],
    default: "auto",
    description: "Where the server runs; auto takes local, else docker. embedded carries a part, on the reference.",
  },
  {
    name: "image",
    kind: "string",
    valueName: "IMAGE",
    default: "postgres:15",
    description: "With docker: the PostgreSQL image, which has to be there already.",
  },
  {
    name: "name",
    kind: "string",
    valueName: "NAME",
    description: "What all that it makes is called: cutter-sandbox- and letters, digits or hyphens.",
  },
  {
    name: "min-free-gb",
    kind: "integer",
    valueName: "GB",
    default: 5,
    minimum: 0,
    maximum: 100_000,
    description: "Room that has to be free on the disk.",
  },
] as const satisfies readonly Flag[];

const run = defineCommand({
  name: "run",
  summary: "Lets complete live runs commit in a throwaway database, verifies everything, and removes every trace.",
  description: [
    "Twelve scenarios and twenty-five gates, on a server that no network reaches, that reaches nothing itself, " +
      "and that is proven not to be production.",
    "It is removed after every outcome, Ctrl-C too; what a killed process left, sweep removes.",
    "Exit code 0 means 12/12, 25/25 and NET_ZERO. The evidence stays: logs, SQL traces, report, SHA256SUMS. With " +
      "--keep it is 12/12, 24/25 and KEPT, and the exit code is that of the signal which ends it.",
    "--provider embedded needs no server programs, and has one session and no logins: what that cannot carry is not " +
      "run, and it ends with PARTIAL and exit code 3 at best. cutter sandbox plan says beforehand what that is. It " +
      "takes up to 1 GiB of memory for some seconds.",
  ],
  examples: [
    { arguments: "", explanation: "On the reference database: needs PostgreSQL's server programs, or docker." },
    { arguments: "--from-live --service icx", explanation: "On a copy of your database, read once." },
    { arguments: "--from-backup FILE --gnupg-home /safe/gnupg", explanation: "On a backup." },
    { arguments: "--provider embedded", explanation: "With what is inside this program alone: a part, never a proof." },
    { arguments: "--keep", explanation: "Leave the server up until Ctrl-C, to look around in it." },
  ],
  positionals: [],
  formats: REPORT_FORMATS,
  flags: [
    ...SOURCE_FLAGS,
    {
      name: "document",
      kind: "string",
      valueName: "FILE",
      description: "What S2 cuts; if left out, the document with the most units, in the database's own words.",
    },
    {
      name: "profile",
      kind: "string",
      valueName: "NAME",
      default: "auto",
      description: "How --document is cut.",
      suggested: profileNames,
    },
    {
      name: "allow-outbound",
      kind: "boolean",
      description:
        "Run code of a live database or a backup even where the server can connect out; then G-17 cannot pass.",
    },
    {
      name: "keep",
      kind: "boolean",
      description: "Keep the server until this command is ended, and say how to use it.",
    },
  ],
  run: async (invocation, terminal) => (await import("./sandbox-run.ts")).sandboxRun(invocation, terminal),
});

const plan = defineCommand({
  name: "plan",
  summary: "Prints the commands, gates and scenarios of a sandbox; runs nothing and connects to nothing.",
  examples: [{ arguments: "--provider local", explanation: "C-01 to C-13 as they would be run here." }],
  positionals: [],
  formats: ["text", "json"],
  flags: SOURCE_FLAGS,
  run: async (invocation, terminal) => (await import("./sandbox-plan.ts")).sandboxPlan(invocation, terminal),
});

const sweep = defineCommand({
  name: "sweep",
  summary: "Removes what sandboxes left whose process was killed, by the exact names that they wrote down.",
  description: ["One that is still running is left alone. Nothing is removed by a pattern or a prefix."],
  examples: [{ arguments: "", explanation: "After a kill -9 or a reboot." }],
  positionals: [],
  formats: ["text", "json"],
  flags: [],
  run: async (invocation, terminal) => (await import("./sandbox-sweep.ts")).sandboxSweep(invocation, terminal),
});

export const SANDBOX: Group = {
  name: "sandbox",
  summary: "Rehearses everything, commits included, in a throwaway database that is proven not to be production.",
  examples: [],
  commands: [run, plan, sweep],
};
