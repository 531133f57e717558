/**
 * schema: the table of `cutter schema …`: install, verify, uninstall.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { defineCommand, EMBEDDED_FLAG, type Group } from "./command/command.ts";

const install = defineCommand({
  name: "install",
  summary: "Puts the governance schema, and the lifecycle where it is not there, into a database; whole or not at all.",
  description: [
    "Runs as the role that --url names, in one transaction. It never replaces anything: what is there already makes " +
      "it refuse. Roles that exist are kept; roles that it creates get no password.",
  ],
  examples: [
    { arguments: "--url postgres://owner@db/icx", explanation: "The governance schema beside your own tables." },
    { arguments: "--url postgres://owner@db/try --reference", explanation: "A database to try things on." },
  ],
  positionals: [],
  flags: [
    { name: "reference", kind: "boolean", description: "Also load the reference data: 158 units, 165 versions." },
  ],
  run: async (invocation, terminal) => (await import("./schema-install.ts")).schemaInstall(invocation, terminal),
});

const verify = defineCommand({
  name: "verify",
  summary: "Compares a database with the contract, object by object, and names every difference.",
  description: [
    "Tables, columns, constraints, indexes, triggers, functions, owners, roles and privileges; missing and excess " +
      "alike. It reads catalogs only. The texts of functions are compared only with a baseline.",
  ],
  examples: [
    { arguments: "--service icx", explanation: "Exit code 0: no difference. 3: each difference is named." },
    { arguments: "--service icx --save-baseline icx.json", explanation: "Keep what the database looks like now." },
    { arguments: "--service icx --baseline icx.json", explanation: "Has anything changed since, function texts too?" },
  ],
  positionals: [],
  flags: [
    EMBEDDED_FLAG,
    {
      name: "baseline",
      kind: "string",
      valueName: "FILE",
      description: "Compare with what --save-baseline wrote, in place of the contract.",
    },
    {
      name: "save-baseline",
      kind: "string",
      valueName: "FILE",
      description: "Also write what the database looks like now to this file.",
    },
  ],
  run: async (invocation, terminal) => (await import("./schema-verify.ts")).schemaVerify(invocation, terminal),
});

const uninstall = defineCommand({
  name: "uninstall",
  summary: "Removes what install made; refuses while rows would be lost.",
  description: ["One transaction, without CASCADE: what others built on the tables makes it refuse."],
  examples: [{ arguments: "--url postgres://owner@db/try", explanation: "Fails if there are rows of your own." }],
  positionals: [],
  flags: [
    { name: "discard-rows", kind: "boolean", description: "Give up rows that are not reference data." },
    { name: "drop-roles", kind: "boolean", description: "Also drop the roles, which belong to the whole server." },
  ],
  run: async (invocation, terminal) => (await import("./schema-uninstall.ts")).schemaUninstall(invocation, terminal),
});

export const SCHEMA: Group = {
  name: "schema",
  summary: "Installs, checks and removes the tables and roles that cutting needs.",
  examples: [],
  commands: [install, verify, uninstall],
};
