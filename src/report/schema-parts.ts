/**
 * schema-parts: what the documents of several reports have in common: facts, failures, times, what was judged.
 *
 * The one definition of each, so that a machine that reads one report can read the others. Loads valibot, so it is
 * imported at run time only where a document is checked or documented.
 */
import * as v from "valibot";
import type { Fact } from "../kernel/failure.ts";

/** A schema with the sentence that documents it. */
export function field<const Schema extends v.GenericSchema>(schema: Schema, sentence: string) {
  return v.pipe(schema, v.description(sentence));
}

export const timestamp = v.pipe(v.string(), v.isoTimestamp());
export const milliseconds = v.pipe(v.number(), v.minValue(0));

export const factSchema: v.GenericSchema<Fact> = v.lazy(() =>
  v.union([v.string(), v.number(), v.boolean(), v.null(), v.array(factSchema), v.record(v.string(), factSchema)]),
);
export const factsSchema = v.record(v.string(), factSchema);

export const failureSchema = v.strictObject({
  code: field(v.string(), "Stable code; `cutter explain CODE` tells more."),
  message: field(v.string(), "What happened."),
  data: field(v.string(), "What it means for the data."),
  hint: field(v.string(), "What to do."),
  facts: field(factsSchema, "Details, e.g. sqlstate and the server's own words."),
});

const verdict = v.picklist(["PASS", "FAIL", "INCONCLUSIVE", "NOT RUN"]);

/** One thing that was judged: a proof, a gate. `id` says how its name looks. */
export function judgedSchema(id: RegExp, names: string) {
  return v.strictObject({
    id: field(v.pipe(v.string(), v.regex(id)), names),
    claim: field(v.string(), "What is proven."),
    verdict: field(verdict, "INCONCLUSIVE and NOT RUN are not PASS."),
    summary: field(v.string(), "The facts in one short line."),
    durationMs: field(milliseconds, "Time it took."),
    facts: field(factsSchema, "What was observed."),
    mismatches: field(
      v.array(v.strictObject({ what: v.string(), expected: v.string(), seen: v.string() })),
      "Each thing that was not as the claim says; empty for a PASS.",
    ),
    failure: field(v.nullable(failureSchema), "The failure that ended it, if one did."),
  });
}

/** The way of a run through its phases and gates. */
export const stepsSchema = field(
  v.optional(
    v.array(
      v.strictObject({
        kind: field(v.picklist(["phase", "gate"]), "gate: where a person decides."),
        name: v.string(),
        does: field(v.string(), "What happens in it, in one sentence."),
        standing: field(
          v.picklist(["done", "failed", "waiting", "to come"]),
          "Of a gate, done: it was passed. failed: its last attempt came to nothing, or found a difference.",
        ),
        at: field(v.nullable(timestamp), "When it was done, passed or last tried; null where that is to come."),
        attempts: field(v.pipe(v.number(), v.integer(), v.minValue(0)), "How often it was tried; 0 for a gate."),
        note: field(v.nullable(v.string()), "The approval that a gate was passed with, or how an attempt ended."),
      }),
    ),
    [],
  ),
  "All phases and gates in order, those to come too; empty in a document of a version that did not write it.",
);
