/**
 * run-commands: the table of the verbs that begin, resume, show, report and verify runs.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { defineCommand, EMBEDDED_FLAG, type Flag, type Leaf, REPORT_FORMATS } from "./command/command.ts";
import { profileNames } from "./profile-names.ts";
import { roleFlag } from "./role-flag.ts";

const SURVEY_FLAGS = [
  { name: "survey", kind: "boolean", description: "Survey the database that was named, read-only." },
  {
    name: "survey-file",
    kind: "string",
    valueName: "FILE",
    description: "Use a survey that was recorded: the survey.json of a run.",
  },
  EMBEDDED_FLAG,
  {
    name: "governance-url",
    kind: "string",
    valueName: "URL",
    description: "A second, read-only connection that may count the ledger.",
  },
  {
    name: "allow-writing-role",
    kind: "boolean",
    description: "Survey with a role that could write; the report shows it.",
  },
] as const satisfies readonly Flag[];

const PLAN_FLAGS = [
  {
    name: "profile",
    kind: "string",
    valueName: "NAME",
    default: "auto",
    description: "How the source is cut; auto says why it chose. See cutter plan.",
    suggested: profileNames,
  },
  {
    name: "publication-type",
    kind: "string",
    valueName: "WORD",
    description: "A word of vocab.publication_type; law where nothing says otherwise.",
  },
  { name: "owner-ref", kind: "string", valueName: "TEXT", description: "Who the units belong to." },
] as const satisfies readonly Flag[];

const RUN = { name: "RUN", description: "The run, as cutter runs lists it.", required: true } as const;

const dryrun = defineCommand({
  name: "dryrun",
  summary: "Surveys a database and walks a whole cut through a simulator: seven gates, nothing written.",
  description: [
    "Without --survey the database inside the program stands in for yours. Without --source the document is cut " +
      "again as it stands in the database (a replay). DOCUMENT is the configured one, else the one with most units.",
    "Both runs and the report lie in one folder, which the report names with the command that removes it.",
  ],
  examples: [
    { arguments: "--survey --service icx", explanation: "The document with the most units, replayed." },
    { arguments: "--survey LAW-35 --source law.md", explanation: "What would a cut of this file do here?" },
    { arguments: "--survey --stop-at-gates", explanation: "Leave the run waiting, for cutter resume." },
    { arguments: "", explanation: "On the database inside: see what a dry run looks like." },
  ],
  positionals: [{ name: "DOCUMENT", description: "The document's id.", required: false }],
  formats: REPORT_FORMATS,
  flags: [
    ...SURVEY_FLAGS,
    { name: "source", kind: "string", valueName: "FILE", description: "The text to cut: UTF-8 text or Markdown." },
    ...PLAN_FLAGS,
    { name: "stop-at-gates", kind: "boolean", description: "Leave the run waiting at its first gate." },
  ],
  run: async (invocation, terminal) => (await import("./dryrun.ts")).dryrun(invocation, terminal),
});

const cut = defineCommand({
  name: "cut",
  summary: "Begins a run of a document and takes it to its first gate; a dry run, or with --live one that may write.",
  description: [
    "Whatever the mode, this writes to no database: it surveys, plans, and stops where a person has to approve. A " +
      "live run is then rehearsed (cutter rehearse), approved (cutter approve) and resumed (cutter resume --live).",
  ],
  examples: [
    { arguments: "LAW-35 --source law.md --survey --service icx --live", explanation: "A run that may write later." },
    { arguments: "LAW-35 --source law.md --survey --service icx", explanation: "Planned against a live survey." },
    { arguments: "LAW-35 --source law.md", explanation: "Planned against the database inside." },
  ],
  positionals: [
    { name: "DOCUMENT", description: "The document's id, the first part of every address.", required: true },
  ],
  formats: REPORT_FORMATS,
  flags: [
    {
      name: "source",
      kind: "string",
      valueName: "FILE",
      required: true,
      description: "The text to cut: UTF-8 text or Markdown.",
    },
    ...PLAN_FLAGS,
    ...SURVEY_FLAGS,
    { name: "live", kind: "boolean", description: "Begin a run that may write once it is approved; with --survey." },
  ],
  run: async (invocation, terminal) => (await import("./cut.ts")).cut(invocation, terminal),
});

const resume = defineCommand({
  name: "resume",
  summary: "Goes on with a run to its next gate or its end; a run that has ended is left alone.",
  description: [
    "Name the database as for the run itself (--survey, --embedded, --survey-file): after a gate it is surveyed " +
      "again, and a plan that no longer fits stops the run. A dry run uses the approvals that it wrote for itself.",
  ],
  examples: [
    { arguments: "ictr-20260521T042359Z-ad3d0b97 --survey --service icx", explanation: "To the next gate." },
    { arguments: "RUN --approval RUN.SG1.json --live", explanation: "Writes, with the signed approval for SG1." },
    { arguments: "RUN --live", explanation: "A live run that was cut off goes on, as its ledger says." },
  ],
  positionals: [RUN],
  formats: REPORT_FORMATS,
  flags: [
    {
      name: "approval",
      kind: "string",
      valueName: "FILE",
      description: "The approval for the gate at which the run waits.",
    },
    {
      name: "signature",
      kind: "list",
      valueName: "FILE",
      description: "A signature of the approval; FILE.sig beside it where this is left out.",
    },
    ...SURVEY_FLAGS,
    {
      name: "live",
      kind: "boolean",
      description: "Go on with a live run, which writes, on the database as it is now.",
    },
    {
      name: "confirm",
      kind: "string",
      valueName: "DIGEST",
      description: "The plan's digest in full, where there is no terminal to type its beginning on.",
    },
    roleFlag("exec", "writes the units and the ledger"),
    roleFlag("verify", "reads everything again and signs"),
    roleFlag("backup", "the backup is made through"),
  ],
  run: async (invocation, terminal) => (await import("./resume.ts")).resume(invocation, terminal),
});

const runs = defineCommand({
  name: "runs",
  summary: "Lists the runs, newest first, with what each waits for.",
  examples: [{ arguments: "", explanation: "All of them." }],
  positionals: [],
  formats: ["text", "json", "markdown"],
  flags: [{ name: "document", kind: "string", valueName: "ID", description: "Only the runs of this document." }],
  run: async (invocation, terminal) => (await import("./runs.ts")).runs(invocation, terminal),
});

const show = defineCommand({
  name: "show",
  summary: "Shows where a run stands, what it did, and what may be done now.",
  examples: [{ arguments: "ictr-20260521T042359Z-ad3d0b97", explanation: "No connection is made." }],
  positionals: [RUN],
  formats: REPORT_FORMATS,
  flags: [],
  run: async (invocation, terminal) => (await import("./show.ts")).show(invocation, terminal),
});

const report = defineCommand({
  name: "report",
  summary: "Prints the report of a run, a dry run, a proof or a sandbox again, in any format.",
  examples: [{ arguments: "dryrun-20260521T042359Z-ad3d0b97 --format markdown", explanation: "From its evidence." }],
  positionals: [RUN],
  formats: REPORT_FORMATS,
  flags: [],
  run: async (invocation, terminal) => (await import("./report.ts")).report(invocation, terminal),
});

const verify = defineCommand({
  name: "verify",
  summary: "Recomputes the digests and the chain of events of a run, and names what does not fit.",
  examples: [{ arguments: "dryrun-20260521T042359Z-ad3d0b97", explanation: "A dry run with its runs." }],
  positionals: [RUN],
  flags: [],
  run: async (invocation, terminal) => (await import("./verify.ts")).verify(invocation, terminal),
});

export const RUN_COMMANDS: readonly Leaf[] = [dryrun, cut, resume, runs, show, report, verify];
