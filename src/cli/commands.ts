/**
 * commands: the table of cutter's verbs.
 *
 * Help, completion and the manual page are made from it. Each entry is data and a `run` that imports its verb when it
 * is called, never sooner. No logic here. Read by main.ts.
 */
import { PROOF } from "../../proofs/commands.ts";
import { APPROVAL_COMMANDS } from "./approval-commands.ts";
import { BACKUP } from "./backup.ts";
import { defineCommand, type Group, type Leaf, REPORT_FORMATS } from "./command/command.ts";
import { LIVE_COMMANDS } from "./live-commands.ts";
import { profileNames } from "./profile-names.ts";
import { RUN_COMMANDS } from "./run-commands.ts";
import { SANDBOX } from "./sandbox.ts";
import { SCHEMA } from "./schema.ts";
import { SETUP_COMMANDS } from "./setup-commands.ts";

const explain: Leaf = defineCommand({
  name: "explain",
  summary: "Explains a failure code: what caused it, what it means for the data, what to do.",
  description: ["Without a code it lists all of them with their exit codes."],
  examples: [
    { arguments: "NO_DATABASE_NAMED", explanation: "What the code in an error line means." },
    { arguments: "", explanation: "Every code there is." },
    { arguments: "--schema cutter.proof/v1", explanation: "What a document holds, field by field." },
  ],
  positionals: [
    {
      name: "CODE",
      description: "The code, as the error line shows it.",
      required: false,
      suggested: async () => Object.keys((await import("../kernel/failure-table.ts")).FAILURES),
    },
  ],
  flags: [
    {
      name: "schema",
      kind: "string",
      valueName: "NAME",
      description: "The JSON Schema of a document instead: the value of its field schema, e.g. cutter.run/v1.",
      suggested: async () => (await import("../report/json-schema.ts")).SCHEMA_NAMES,
    },
  ],
  run: async ({ positionals, flags, globals }, terminal) => {
    const { explain } = await import("./explain.ts");
    return explain({ code: positionals.CODE, schema: flags.schema, format: globals.format }, terminal);
  },
});

const selftest: Leaf = defineCommand({
  name: "selftest",
  summary: "Checks that this program is what was built, and that each of its proofs can fail; a few seconds.",
  description: [
    "First its own seal, stamps, SQL and files; then the battery and its sabotages on the database inside. No " +
      "network, no database of yours, no configuration and no state directory; no file is written.",
  ],
  examples: [{ arguments: "", explanation: "After an installation. Exit code 3: do not use it." }],
  positionals: [],
  formats: REPORT_FORMATS,
  flags: [],
  run: async (invocation, terminal) => (await import("./proof-selftest.ts")).selftest(invocation, terminal),
});

const completion: Leaf = defineCommand({
  name: "completion",
  summary: "Prints the completion script of a shell, made from the same table as this help.",
  description: [
    "bash: into /usr/share/bash-completion/completions/cutter. zsh: as _cutter into a folder of $fpath. fish: into " +
      "~/.config/fish/completions/cutter.fish. A release holds them too, as cutter.bash and so on.",
  ],
  examples: [
    { arguments: "bash > ~/.local/share/bash-completion/completions/cutter", explanation: "For the next shell." },
    { arguments: "zsh > /usr/local/share/zsh/site-functions/_cutter", explanation: "For everybody on this machine." },
  ],
  positionals: [{ name: "SHELL", description: "Whose script.", required: true, choices: ["bash", "zsh", "fish"] }],
  formats: ["text"],
  flags: [],
  run: async ({ positionals }, terminal) => {
    return (await import("./completion.ts")).completion(CUTTER, positionals.SHELL, terminal);
  },
});

const plan: Leaf = defineCommand({
  name: "plan",
  summary: "Cuts a document into its units and shows them as a tree; no database is asked.",
  description: [
    "Every byte of the file belongs to exactly one unit: a unit runs from its label's line to the next one's. The " +
      "rows are checked against the reference vocabulary.",
    "Profiles: auto, law-vi, law-en, law-de, law-fr, law-ru, numbered, markdown, and those of [profiles.*] in the " +
      "configuration. auto says why it chose.",
  ],
  examples: [
    { arguments: "law.md --document VN-35-2024", explanation: "The tree that an approver reads." },
    { arguments: "rfc9110.txt --document RFC-9110 --profile numbered", explanation: "With a profile of your choice." },
    { arguments: "law.md --document VN-35-2024 --format jsonl", explanation: "One JSON object for each unit." },
  ],
  positionals: [
    { name: "FILE", description: "The document: UTF-8 text or Markdown; - reads standard input.", required: true },
  ],
  flags: [
    {
      name: "document",
      kind: "string",
      valueName: "ID",
      required: true,
      description: "The document's id, the first part of every address: letters, digits, dot, underscore, hyphen.",
    },
    {
      name: "profile",
      kind: "string",
      valueName: "PROFILE",
      default: "auto",
      description: "How label lines look; auto weighs the built-in ones.",
      suggested: profileNames,
    },
    {
      name: "publication-type",
      kind: "string",
      valueName: "WORD",
      default: "law",
      description: "The publication type that the rows will have.",
    },
  ],
  formats: ["text", "json", "jsonl", "html"],
  run: async (invocation, terminal) => (await import("./plan.ts")).plan(invocation, terminal),
});

export const CUTTER: Group = {
  name: "cutter",
  summary:
    "Proves what a write would do to a production PostgreSQL database, and cuts documents into it under approval.",
  description: [
    "Nothing connects to a database that was not named, and nothing writes without being armed. " +
      "Start with: cutter proof rollback --embedded",
  ],
  examples: [],
  commands: [
    PROOF,
    ...RUN_COMMANDS,
    ...LIVE_COMMANDS,
    ...APPROVAL_COMMANDS,
    BACKUP,
    SANDBOX,
    ...SETUP_COMMANDS,
    plan,
    SCHEMA,
    explain,
    selftest,
    completion,
  ],
};
