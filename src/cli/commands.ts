/**
 * commands: the table of cutter's verbs.
 *
 * Help, completion and the manual page are made from it. Each entry is data and a `run` that imports its verb when it
 * is called, never sooner. No logic here. Read by main.ts.
 */
import { PROOF } from "../../proofs/commands.ts";
import { defineCommand, type Group, type Leaf } from "./command/command.ts";
import { SCHEMA } from "./schema.ts";

const explain: Leaf = defineCommand({
  name: "explain",
  summary: "Explains a failure code: what caused it, what it means for the data, what to do.",
  description: ["Without a code it lists all of them with their exit codes."],
  examples: [
    { arguments: "NO_DATABASE_NAMED", explanation: "What the code in an error line means." },
    { arguments: "", explanation: "Every code there is." },
  ],
  positionals: [{ name: "CODE", description: "The code, as the error line shows it.", required: false }],
  flags: [],
  run: async ({ positionals, globals }, terminal) => {
    const { explain } = await import("./explain.ts");
    return explain({ code: positionals.CODE, format: globals.format }, terminal);
  },
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
  commands: [PROOF, SCHEMA, explain],
};
