/**
 * counts-schema: the document `cutter.counts/v1`, field by field: what --save writes and --compare reads back.
 *
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";

const rows = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)));
const how = v.picklist(["exact", "visible rows", "estimate", "unreadable", "missing", "locked", "over budget"]);

export const countsSchema = v.strictObject({
  schema: v.pipe(v.literal("cutter.counts/v1"), v.description("Name and version of this document.")),
  version: v.pipe(v.string(), v.description("Version of the program.")),
  commit: v.pipe(v.string(), v.description("Commit it was built from.")),
  takenAt: v.pipe(v.string(), v.isoTimestamp(), v.description("UTC; all counts are of one snapshot.")),
  durationMs: v.pipe(v.number(), v.minValue(0), v.description("Time the counting took.")),
  database: v.strictObject({
    line: v.pipe(v.string(), v.description("Which database, without the password.")),
    source: v.pipe(v.string(), v.description("Where the name came from.")),
    kind: v.picklist(["server", "embedded"]),
  }),
  identity: v.pipe(
    v.optional(
      v.nullable(
        v.strictObject({
          systemIdentifier: v.pipe(
            v.nullable(v.string()),
            v.description("Of the cluster, in decimal; null where the role may not ask."),
          ),
          database: v.string(),
          databaseOid: v.string(),
          serverVersion: v.string(),
        }),
      ),
      null,
    ),
    v.description("By what the database is known again; null in a document of a version that did not write it."),
  ),
  role: v.pipe(v.string(), v.description("The role that counted.")),
  relations: v.pipe(
    v.array(
      v.strictObject({
        relation: v.pipe(v.string(), v.description("Schema-qualified, quoted where needed.")),
        filter: v.pipe(v.nullable(v.string()), v.description("Condition of the count; null: all rows.")),
        rows: v.pipe(rows, v.description("null where it could not be counted; `how` says why.")),
        how: v.pipe(how, v.description("How the number was had, or why there is none.")),
        digest: v.pipe(v.nullable(v.string()), v.description("Content digest, with --digest.")),
        note: v.pipe(v.nullable(v.string()), v.description("What else to know, e.g. row-level security.")),
      }),
    ),
    v.description("In the order asked for."),
  ),
  leftOut: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
    v.description("Relations of users that --max-relations left out."),
  ),
  comparison: v.pipe(
    v.nullable(
      v.strictObject({
        with: v.pipe(v.string(), v.description("The document compared with, as named.")),
        takenAt: v.pipe(v.string(), v.isoTimestamp(), v.description("When that one was taken.")),
        database: v.pipe(
          v.optional(v.picklist(["same", "not known"]), "not known"),
          v.description("Whether it is of the same database; a document of another one is refused."),
        ),
        relations: v.array(
          v.strictObject({
            relation: v.string(),
            filter: v.nullable(v.string()),
            before: rows,
            after: rows,
            content: v.pipe(
              v.picklist(["same", "changed", "not compared"]),
              v.description("By digest, where both documents hold one."),
            ),
            change: v.pipe(
              v.picklist(["same", "changed", "unknown", "gone", "new"]),
              v.description("unknown: one side could not be counted exactly."),
            ),
          }),
        ),
      }),
    ),
    v.description("With --compare; null otherwise."),
  ),
  verdict: v.pipe(
    v.picklist(["TAKEN", "SAME", "DIFFERS", "INCONCLUSIVE"]),
    v.description("TAKEN: nothing was compared. INCONCLUSIVE: nothing differs, and something is unknown."),
  ),
});
