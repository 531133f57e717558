/**
 * kill-switch-schema: the document `cutter.killswitch/v1`, field by field.
 *
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";

export const killSwitchSchema = v.strictObject({
  schema: v.pipe(v.literal("cutter.killswitch/v1"), v.description("Name and version of this document.")),
  verdict: v.pipe(v.picklist(["PASS", "FAIL"]), v.description("PASS: execution is off and nothing is armed.")),
  readAt: v.pipe(v.string(), v.isoTimestamp(), v.description("UTC.")),
  executionEnabled: v.pipe(v.boolean(), v.description("What a mutating method would have been told at that moment.")),
  milestone: v.pipe(v.string(), v.description("What this build can do at most.")),
  sources: v.pipe(
    v.array(
      v.strictObject({
        name: v.picklist(["EXECUTION_ENABLED", "HOLD", "DISABLED", "arming"]),
        where: v.pipe(v.string(), v.description("A path, `in the source`, or `in memory`.")),
        says: v.picklist(["off", "on", "nothing", "unreadable"]),
        detail: v.pipe(v.string(), v.description("The value, the file's first line, or why it cannot be read.")),
      }),
    ),
    v.description("Every source that can say anything, as it was read."),
  ),
  mismatches: v.pipe(
    v.array(v.strictObject({ what: v.string(), expected: v.string(), seen: v.string() })),
    v.description("Each thing that was not as claimed; empty for a PASS."),
  ),
});
