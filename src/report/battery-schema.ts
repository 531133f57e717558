/**
 * battery-schema: the document `cutter.proof/v1`, field by field: what a battery found, and all that a report shows.
 *
 * The one definition: the TypeScript type (battery.ts), the check of a document read back, and the field-by-field
 * documentation all come from here. A field is never dropped or given a new meaning within v1; absent things are null.
 * Imported at run time only where a document is checked or documented, since it loads valibot.
 */
import * as v from "valibot";
import { failureSchema, field, judgedSchema, milliseconds, timestamp } from "./schema-parts.ts";

/** What a count can be instead of a number (kernel/counts), never 0 for want of knowing. */
const uncounted = ["unreadable", "missing", "locked", "over budget", "not observable", "not taken"] as const;
const look = v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), v.picklist(uncounted)]);

const countSchema = v.strictObject({
  relation: field(v.string(), "Schema-qualified name, quoted where PostgreSQL needs it."),
  filter: field(
    v.nullable(v.string()),
    "The condition that the rows were counted under, in words or SQL; null: all rows.",
  ),
  before: field(look, "Rows the witness saw before the transaction."),
  inTransaction: field(look, "Rows the proof's own session saw after its writes, before the ROLLBACK."),
  during: field(look, "Rows the witness saw at that same moment; it must not see the proof's rows."),
  after: field(look, "Rows the witness saw after the ROLLBACK."),
  mode: field(v.picklist(["exact", "visible rows", "estimate", ...uncounted]), "How the numbers were had."),
  note: field(v.nullable(v.string()), "Why a number is missing or what else to know."),
});

const effectCount = v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), v.literal("uncountable")]);

const effectsSchema = v.strictObject({
  xid: field(
    v.nullable(v.string()),
    "Transaction id of the proof; null: none was assigned, so nothing was written; `not known`: one may have been.",
  ),
  relations: field(
    v.array(
      v.strictObject({
        oid: field(
          v.nullable(v.string()),
          "Of what is there outside the transaction too; null: created inside, or all others together.",
        ),
        relation: v.string(),
        inserted: effectCount,
        updated: effectCount,
        deleted: effectCount,
        reason: field(
          v.nullable(v.string()),
          "Why a count is uncountable, or why the numbers are the least that it can be.",
        ),
      }),
    ),
    "Rows attempted per table, triggers, cascades and partitions included.",
  ),
  catalog: field(
    v.array(
      v.strictObject({
        change: v.picklist(["created", "dropped", "altered"]),
        objectKind: v.string(),
        name: v.string(),
      }),
    ),
    "Objects created, dropped or altered inside the transaction.",
  ),
  sequences: field(
    v.array(
      v.strictObject({
        sequence: v.string(),
        before: v.nullable(v.string()),
        after: v.nullable(v.string()),
        drift: field(v.string(), "How far it moved, as a decimal, or `uncountable`."),
      }),
    ),
    "Sequence positions, which survive a rollback.",
  ),
  locks: field(
    v.array(
      v.strictObject({
        relation: v.string(),
        mode: v.string(),
        heldMs: v.nullable(v.number()),
        statement: field(
          v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
          "Sealed tier: index of the statement after which it was first seen; else null.",
        ),
      }),
    ),
    "Table locks that the transaction held; heldMs is an upper bound.",
  ),
  advisoryLocks: field(v.array(v.string()), "Session-level advisory locks that the plan took."),
  walBytes: field(v.nullable(v.string()), "WAL written meanwhile by the whole server, an upper bound."),
  remarks: field(v.array(v.string()), "Whatever else was seen, in words."),
});

const proofResultSchema = judgedSchema(/^PROOF-[1-9]$/, "PROOF-1 to PROOF-7.");

export const batterySchema = v.strictObject({
  schema: field(v.literal("cutter.proof/v1"), "Name and version of this document."),
  runId: field(v.string(), "Name of the run, and of its evidence folder under runs/."),
  version: field(v.string(), "Version of the program."),
  commit: field(v.string(), "Commit it was built from, or `unbuilt`."),
  command: field(v.string(), "The command as it was given, without secrets."),
  startedAt: field(timestamp, "UTC."),
  finishedAt: field(timestamp, "UTC."),
  durationMs: field(milliseconds, "From start to finish by a monotonic clock."),
  database: field(
    v.strictObject({
      line: field(v.string(), "Which database and where its name came from, as the first line says it; no password."),
      source: field(v.string(), "Where the name came from, e.g. `--url`."),
      kind: v.picklist(["server", "embedded"]),
    }),
    "Which database.",
  ),
  role: field(v.nullable(v.string()), "The role that wrote; null if no session was opened."),
  tier: field(v.picklist(["sealed", "guarded"]), "Which rollback-only transaction was used."),
  singleSession: field(v.boolean(), "True where the witness could not look during the transaction."),
  target: field(
    v.strictObject({
      kind: v.picklist(["iu", "sql", "spec", "generic"]),
      name: field(v.string(), "The contract, file or probe that was driven."),
      chosenBecause: field(v.string(), "Why this target: a flag, or what was found in the catalog."),
    }),
    "What the battery drove.",
  ),
  allowances: field(v.array(v.string()), "Rules waived by name, e.g. `--allow-superuser`."),
  proofs: field(v.array(proofResultSchema), "The battery in its order, each proof once."),
  counts: field(v.array(countSchema), "Rows per watched relation, before, during and after."),
  unwatched: field(v.pipe(v.number(), v.integer(), v.minValue(0)), "Relations that --max-relations left out."),
  effects: field(
    v.nullable(effectsSchema),
    "The blast radius, of a run that failed too; null if it did not run, or its session was lost.",
  ),
  notUndone: field(
    v.array(v.strictObject({ what: v.string(), detail: v.string() })),
    "What the rollback did not undo, as found here.",
  ),
  attempts: field(v.pipe(v.number(), v.integer(), v.minValue(0)), "How often the transaction was run."),
  verdictLine: field(v.string(), "The last line of the text report."),
  failure: field(v.nullable(failureSchema), "Why it is not proven, as one failure; null if it is."),
  exit: field(v.pipe(v.number(), v.integer()), "Exit code of the program."),
});
