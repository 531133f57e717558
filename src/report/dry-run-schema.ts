/**
 * dry-run-schema: the document `cutter.dryrun/v1`, field by field: what a dry run saw, planned and simulated.
 *
 * The one definition: the TypeScript type (dry-run.ts), the check of a document read back, and its documentation come
 * from here. A field is never dropped or given a new meaning within v1. Imported at run time only where a document is
 * checked or documented, since it loads valibot.
 */
import * as v from "valibot";
import {
  factsSchema,
  failureSchema,
  field,
  judgedSchema,
  milliseconds,
  stepsSchema,
  timestamp,
} from "./schema-parts.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const runSchema = v.strictObject({
  runId: field(v.string(), "Name of the run, and of its folder."),
  state: field(v.string(), "Where the run stands."),
  stopCode: field(v.nullable(v.string()), "Why it does not go on by itself; null where it ended."),
  sourceVersionId: field(v.string(), "Of the source, the document and the write contract; the same for equal runs."),
  manifestSha256: field(v.nullable(digest), "null where the run did not get that far."),
  cutplanSha256: field(v.nullable(digest), "null where the run did not get that far."),
  phases: field(
    v.array(
      v.strictObject({ phase: v.string(), attempt: count, outcome: v.string(), at: timestamp, facts: factsSchema }),
    ),
    "What was done, in order; of a dry run everything that writes is simulated.",
  ),
  steps: stepsSchema,
});

export const dryRunSchema = v.strictObject({
  schema: field(v.literal("cutter.dryrun/v1"), "Name and version of this document."),
  sessionId: field(v.string(), "Name of the dry run, and of the folder that holds all of it."),
  version: field(v.string(), "Version of the program."),
  commit: field(v.string(), "Commit it was built from, or `unbuilt`."),
  command: field(v.string(), "The command as it was given, without secrets."),
  startedAt: timestamp,
  finishedAt: timestamp,
  durationMs: milliseconds,
  database: field(
    v.strictObject({ line: v.string(), source: v.string(), kind: v.picklist(["server", "embedded", "recorded"]) }),
    "What was surveyed.",
  ),
  document: field(
    v.nullable(
      v.strictObject({
        id: v.string(),
        because: field(v.string(), "Why this document."),
        from: field(v.string(), "The file, or `replay`: the units that are in the database now."),
        bytes: count,
        sha256: digest,
        profile: v.string(),
      }),
    ),
    "What was cut; null where the run did not get that far.",
  ),
  plan: field(
    v.nullable(
      v.strictObject({
        units: count,
        create: count,
        revise: count,
        unchanged: count,
        immutable: count,
        missing: count,
        problems: field(v.array(v.string()), "Everything that the write contract refuses, all at once."),
      }),
    ),
    "The units of the source, compared with those of the database.",
  ),
  gates: field(v.array(judgedSchema(/^G[1-7]$/, "G1 to G7.")), "The seven gates, in order, each once."),
  runs: field(v.array(runSchema), "The runs of this session, in the order in which they began."),
  counts: field(
    v.array(
      v.strictObject({
        relation: v.string(),
        filter: v.nullable(v.string()),
        before: field(v.nullable(count), "Rows at the survey; null where they were not counted."),
        after: field(v.nullable(count), "Rows at the last look."),
        how: v.string(),
        note: v.nullable(v.string()),
      }),
    ),
    "Rows before and after, each look in one snapshot.",
  ),
  removal: field(v.array(v.string()), "How to remove everything in one step; never run by cutter."),
  folder: field(v.string(), "The one folder that holds the runs and this report."),
  verdictLine: field(v.string(), "The last line of the text report."),
  failure: field(v.nullable(failureSchema), "Why not all gates passed, as one failure; null if they did."),
  exit: field(v.pipe(v.number(), v.integer()), "Exit code of the program."),
});
