/**
 * commands: the table of `cutter proof …`, which is also the whole of the second binary, cutter-proof.
 *
 * Data, and a `run` that imports its command when it is called, never sooner. What the flags mean is checked by
 * cli/command; what they do is in commands/. Read by src/cli/commands.ts and by main.ts.
 */
import { defineCommand, EMBEDDED_FLAG, type Flag, type Group, REPORT_FORMATS } from "../src/cli/command/command.ts";
import { limits } from "../src/kernel/limits.ts";

const NAMING_FLAGS = [
  EMBEDDED_FLAG,
  {
    name: "env-file",
    kind: "string",
    valueName: "FILE",
    description: "Take connection settings from another program's env file.",
  },
  {
    name: "env-map",
    kind: "string",
    valueName: "PGNAME=NAME,…",
    description: "Which variable of --env-file holds which setting, e.g. PGUSER=DB_USER.",
  },
] as const satisfies readonly Flag[];

const COUNT_FLAGS = [
  {
    name: "mode",
    kind: "choice",
    choices: ["auto", "exact", "estimate"],
    default: "auto",
    description: "How rows are counted; auto estimates the largest tables and says which.",
  },
  { name: "digest", kind: "boolean", description: "Also compare a digest of each relation's content." },
] as const satisfies readonly Flag[];

const WITNESS_FLAGS = [
  {
    name: "witness-url",
    kind: "string",
    valueName: "URL",
    description: "Another connection for the witness; the proof's own role if not given.",
  },
] as const satisfies readonly Flag[];

const TARGET_FLAGS = [
  {
    name: "target",
    kind: "choice",
    choices: ["iu", "generic"],
    description: "What to drive, where the catalog should not decide.",
  },
  {
    name: "sql",
    kind: "string",
    valueName: "FILE",
    description: "Prove this script: it runs sealed and leaves nothing.",
  },
  {
    name: "param",
    kind: "list",
    valueName: "VALUE",
    values: "any",
    description: "Value of $1, $2, … in --sql, in order.",
  },
  { name: "spec", kind: "string", valueName: "FILE", description: "Prove what this TOML file declares." },
  {
    name: "probe-schema",
    kind: "string",
    valueName: "SCHEMA",
    description: "Where the generic probe makes its table; else the first where it may.",
  },
] as const satisfies readonly Flag[];

const BOUND_FLAGS = [
  { name: "expect-role", kind: "string", valueName: "ROLE", description: "Fail unless the session has this role." },
  { name: "watch", kind: "list", valueName: "TABLE", description: "Count this relation first." },
  {
    name: "max-relations",
    kind: "integer",
    valueName: "N",
    default: limits.watchedRelations,
    minimum: 1,
    description: "Most relations that the witness watches.",
  },
  { name: "max-rows", kind: "integer", valueName: "N", description: "Fail if the plan touches more rows than this." },
  {
    name: "max-lock-time",
    kind: "integer",
    valueName: "MS",
    description: "Fail if a lock stronger than ROW EXCLUSIVE is held longer than this.",
  },
  {
    name: "explain",
    kind: "boolean",
    description: "Add the plan of each statement of --sql; plans show values of the script and of --param.",
  },
  {
    name: "lock-timeout",
    kind: "integer",
    valueName: "MS",
    default: limits.lockTimeoutMs,
    minimum: 1,
    maximum: limits.longestTimeoutMs,
    description: "Give up waiting for a lock after this.",
  },
  {
    name: "statement-timeout",
    kind: "integer",
    valueName: "MS",
    default: limits.statementTimeoutMs,
    minimum: 1,
    maximum: limits.longestTimeoutMs,
    description: "Cancel a statement after this.",
  },
  {
    name: "retries",
    kind: "integer",
    valueName: "N",
    default: limits.proofRetries,
    maximum: 20,
    description: "Take the proof again this often if others were writing.",
  },
] as const satisfies readonly Flag[];

const ALLOWANCE_FLAGS = [
  { name: "allow-superuser", kind: "boolean", description: "Prove as a superuser; the report shows it." },
  {
    name: "allow-escape",
    kind: "list",
    valueName: "NAME",
    description: "Accept by name something that a rollback does not undo.",
  },
] as const satisfies readonly Flag[];

const rollback = defineCommand({
  name: "rollback",
  summary: "Drives a real write that the server refuses to commit, and shows that nothing stayed.",
  description: [
    "Seven proofs, in order. Without --target, --sql or --spec the catalog decides: the information unit contract " +
      "where it is installed, else a probe table of its own.",
    "Exit code 0 is proven, 3 is not proven; 2, 4 and 5 say why it could not be tried.",
  ],
  examples: [
    { arguments: "--embedded", explanation: "See it work, with no database of yours." },
    { arguments: "--url postgres://app@db/shop --sql migration.sql", explanation: "What would this migration do?" },
    { arguments: "--service shop --format markdown", explanation: "The report, for a ticket." },
  ],
  positionals: [],
  flags: [...NAMING_FLAGS, ...WITNESS_FLAGS, ...TARGET_FLAGS, ...BOUND_FLAGS, ...COUNT_FLAGS, ...ALLOWANCE_FLAGS],
  formats: REPORT_FORMATS,
  run: async (invocation, terminal) => (await import("./commands/rollback.ts")).rollback(invocation, terminal),
});

const counts = defineCommand({
  name: "counts",
  summary: "Counts rows in one snapshot, saves them, and compares them with counts saved before.",
  examples: [
    { arguments: "--url postgres://app@db/shop --save before.json", explanation: "All user tables, before the work." },
    { arguments: "--url postgres://app@db/shop --compare before.json", explanation: "Exit code 3 if anything moved." },
  ],
  positionals: [],
  flags: [
    ...NAMING_FLAGS,
    { name: "relations", kind: "list", valueName: "TABLE", description: "Only these." },
    {
      name: "filter",
      kind: "list",
      valueName: "TABLE=VALUE",
      description: "Also count the rows of one document (an IU table), or TABLE:COLUMN=VALUE.",
    },
    { name: "save", kind: "string", valueName: "FILE", description: "Write the counts to this file." },
    { name: "compare", kind: "string", valueName: "FILE", description: "Compare with counts saved by --save." },
    {
      name: "max-relations",
      kind: "integer",
      valueName: "N",
      default: limits.watchedRelations,
      minimum: 1,
      description: "Most relations that are counted.",
    },
    ...COUNT_FLAGS,
  ],
  formats: ["text", "json", "markdown", "html"],
  run: async (invocation, terminal) => (await import("./commands/counts.ts")).counts(invocation, terminal),
});

const killswitch = defineCommand({
  name: "killswitch",
  summary: "Asserts that the kill switch is off, and names every source of that; makes no connection.",
  examples: [{ arguments: "", explanation: "Exit code 0 means: off, and nothing is armed." }],
  positionals: [],
  flags: [],
  formats: ["text", "json", "markdown", "html"],
  run: async (invocation, terminal) => (await import("./commands/killswitch.ts")).killswitch(invocation, terminal),
});

const selfcheck = defineCommand({
  name: "selfcheck",
  summary: "Breaks what each proof watches, on the embedded database, and shows that the proof turns red.",
  examples: [{ arguments: "", explanation: "A battery that cannot fail proves nothing; see it fail." }],
  positionals: [],
  flags: [],
  formats: ["text", "json", "markdown", "html"],
  run: async (invocation, terminal) => (await import("./commands/selfcheck.ts")).selfcheck(invocation, terminal),
});

export const PROOF: Group = {
  name: "proof",
  summary: "Proves what a write would do, on the real database, without leaving a row.",
  description: ["Start with: cutter proof rollback --embedded"],
  examples: [],
  commands: [rollback, counts, killswitch, selfcheck],
};
