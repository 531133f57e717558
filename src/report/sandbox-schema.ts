/**
 * sandbox-schema: the document `cutter.sandbox/v1`, field by field: what a rehearsal in a throwaway database came to.
 *
 * The one definition: the TypeScript type (sandbox.ts), the check of a document read back, and its documentation come
 * from here. A field is never dropped or given a new meaning within v1. Imported at run time only where a document is
 * checked or documented, since it loads valibot.
 */
import * as v from "valibot";
import { failureSchema, field, judgedSchema, milliseconds, timestamp } from "./schema-parts.ts";

const count = v.pipe(v.number(), v.integer());

const commandSchema = v.strictObject({
  id: field(v.pipe(v.string(), v.regex(/^C-\d\d$/)), "C-01 to C-13."),
  action: v.string(),
  outcome: field(v.picklist(["done", "failed", "not run"]), "failed: it stopped, or one of its gates did not pass."),
  durationMs: milliseconds,
});

export const sandboxSchema = v.strictObject({
  schema: field(v.literal("cutter.sandbox/v1"), "Name and version of this document."),
  sandboxId: field(v.string(), "Name of the run of the sandbox, and of the folder of its evidence."),
  name: field(v.string(), "The exact name that everything it made bears."),
  version: field(v.string(), "Version of the program."),
  commit: field(v.string(), "Commit it was built from, or `unbuilt`."),
  command: field(v.string(), "The command as it was given, without secrets."),
  startedAt: timestamp,
  finishedAt: timestamp,
  durationMs: milliseconds,
  provider: v.picklist(["docker", "local", "embedded"]),
  source: field(
    v.strictObject({ kind: v.picklist(["reference", "backup", "live"]), line: v.string() }),
    "Where the data came from.",
  ),
  server: field(
    v.nullable(v.strictObject({ version: v.string(), systemIdentifier: v.nullable(v.string()) })),
    "The throwaway server; null where it did not get that far.",
  ),
  commands: field(v.array(commandSchema), "C-01 to C-13, in order, each once."),
  gates: field(v.array(judgedSchema(/^G-\d\d$/, "G-01 to G-25.")), "The gates, in order, each once."),
  scenarios: field(v.array(judgedSchema(/^S\d+$/, "S1 to S12.")), "The scenarios, in order, each once."),
  rows: field(
    v.array(v.strictObject({ relation: v.string(), before: count, predicted: count, after: count })),
    "Rows of each table before the scenarios, by how much they were to change, and after.",
  ),
  removed: field(v.array(v.string()), "What was removed, by exact name."),
  left: field(v.array(v.string()), "What is there still, and why; empty unless it was kept."),
  kept: field(v.array(v.string()), "With --keep: how to use the server, and how to remove it; else empty."),
  remarks: field(v.optional(v.array(v.string()), []), "What else a reader has to know."),
  evidence: field(v.array(v.string()), "Files of the evidence but for this document and its other forms."),
  folder: field(v.string(), "Where the evidence lies."),
  verdictLine: field(v.string(), "The first line of the text report."),
  failure: field(v.nullable(failureSchema), "The first reason why it is not proven; null where it is."),
  exit: field(v.pipe(v.number(), v.integer()), "Exit code of the program."),
});
