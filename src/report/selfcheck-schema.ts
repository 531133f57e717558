/**
 * selfcheck-schema: the document `cutter.selfcheck/v1`, field by field.
 *
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";

const target = v.picklist(["iu", "sql", "spec", "generic"]);

export const selfcheckSchema = v.strictObject({
  schema: v.pipe(v.literal("cutter.selfcheck/v1"), v.description("Name and version of this document.")),
  version: v.pipe(v.string(), v.description("Version of the program.")),
  commit: v.pipe(v.string(), v.description("Commit it was built from.")),
  startedAt: v.pipe(v.string(), v.isoTimestamp(), v.description("UTC.")),
  durationMs: v.pipe(v.number(), v.minValue(0), v.description("From start to finish.")),
  database: v.strictObject({
    line: v.pipe(v.string(), v.description("Which database, without the password.")),
    source: v.pipe(v.string(), v.description("Where the name came from.")),
    kind: v.picklist(["server", "embedded"]),
  }),
  results: v.pipe(
    v.array(
      v.strictObject({
        target: v.pipe(target, v.description("What the battery drove.")),
        proof: v.pipe(v.string(), v.description("The proof that must turn red; `all`: the healthy battery.")),
        sabotage: v.pipe(v.string(), v.description("What was broken.")),
        got: v.pipe(v.string(), v.description("What the proof said.")),
        caught: v.pipe(v.boolean(), v.description("Red for the right reason; for the healthy battery: all pass.")),
        detail: v.pipe(v.string(), v.description("What gave it away.")),
      }),
    ),
    v.description("Each sabotage of each target once, between two runs of the healthy battery."),
  ),
  notRun: v.pipe(
    v.array(v.strictObject({ target, proof: v.string(), sabotage: v.string() })),
    v.description("Sabotages that need a witness with a session of its own, which this database has not."),
  ),
});
