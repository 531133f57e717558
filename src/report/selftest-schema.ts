/**
 * selftest-schema: the document `cutter.selftest/v1`, field by field.
 *
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";
import { selfcheckSchema } from "./selfcheck-schema.ts";

const { results, notRun } = selfcheckSchema.entries;

export const selftestSchema = v.strictObject({
  schema: v.pipe(v.literal("cutter.selftest/v1"), v.description("Name and version of this document.")),
  version: v.pipe(v.string(), v.description("Version of the program.")),
  commit: v.pipe(v.string(), v.description("Commit it was built from; with `+changes` where the sources were others.")),
  sqlDigest: v.pipe(v.string(), v.description("SHA-256 of the SQL inside, as the build stamped it in.")),
  program: v.pipe(v.string(), v.description("Path of the program that ran.")),
  platform: v.pipe(v.string(), v.description("System and processor, e.g. `linux x64`.")),
  startedAt: v.pipe(v.string(), v.isoTimestamp(), v.description("UTC.")),
  durationMs: v.pipe(v.number(), v.minValue(0), v.description("From start to finish.")),
  checks: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.description("What was compared, e.g. `seal`, `asset pglite.wasm`.")),
        holds: v.pipe(v.boolean(), v.description("Whether it is as the build left it.")),
        expected: v.pipe(v.string(), v.description("What the build left.")),
        got: v.pipe(v.string(), v.description("What is there now.")),
      }),
    ),
    v.description("The program itself. The proofs are run only where each of these holds."),
  ),
  results: v.pipe(results, v.description("Each sabotage of each target once; empty where the proofs were not run.")),
  notRun,
  left: v.pipe(v.literal("nothing"), v.description("What stays on this machine: no file was written.")),
  verdict: v.pipe(v.string(), v.description("`CUTTER_SELFTEST n/n AS_BUILT_AND_PROVEN`, or `… NOT_PROVEN`.")),
});
