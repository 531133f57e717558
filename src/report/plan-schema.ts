/**
 * report/plan-schema: the document `cutter.plan/v1`, field by field: a document's units before anything is written.
 *
 * The one definition: the type (plan.ts), the check of a document read back and the documentation come from here. A
 * field is never dropped or given a new meaning within v1; absent things are null. With --format jsonl each line is one
 * of `units`. Imported at run time only where a document is checked, since it loads valibot.
 */
import * as v from "valibot";

function field<const Schema extends v.GenericSchema>(schema: Schema, sentence: string) {
  return v.pipe(schema, v.description(sentence));
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const unit = v.strictObject({
  ordinal: field(v.pipe(count, v.minValue(1)), "Place in the document, from 1."),
  address: field(v.string(), "Canonical address, DOC-ID/segment/segment; unique."),
  kind: field(v.string(), "The level that the document names, in English: article, clause, section …"),
  number: field(v.nullable(v.string()), "Arabic digits with their letters: 28A, 68-1; null where there is none."),
  heading: field(v.nullable(v.string()), "The heading, at most 300 characters; null where there is none."),
  label: field(v.nullable(v.string()), "The label as the document writes it: Điều 5."),
  title: field(v.string(), "What the row will have as title: heading, else label, else the kind; never empty."),
  section_type: field(v.string(), "Word of vocab.section_type."),
  depth: field(v.pipe(count, v.minValue(1)), "1 for what stands directly below the document."),
  byte_start: field(count, "Offset of the first byte of the label's line."),
  byte_end: field(count, "Offset past the last byte; the next unit starts here, so that all units are the source."),
  content_sha256: field(digest, "Of the bytes of the range."),
});

export const planSchema = v.strictObject({
  schema: field(v.literal("cutter.plan/v1"), "Name and version of this document."),
  document_id: field(v.string(), "First part of every address."),
  file: field(v.string(), "Where the bytes were read from."),
  bytes: field(count, "Size of the source."),
  source_sha256: field(digest, "Of all bytes of the source."),
  media_type: v.string(),
  profile: field(
    v.strictObject({
      name: v.string(),
      version: v.string(),
      about: v.string(),
      why: field(v.string(), "Why this profile: it was named, or what auto found."),
      weighed: field(
        v.array(v.strictObject({ profile: v.string(), labels: count, language: v.nullable(v.number()) })),
        "What auto found for each profile; empty where one was named.",
      ),
    }),
    "How the document was cut.",
  ),
  unit_kind: field(v.string(), "Word of vocab.unit_kind."),
  publication_type: field(v.string(), "Word of vocab.publication_type."),
  unit_count: count,
  counts: field(v.record(v.string(), count), "Units of each kind, in the order of their first one."),
  manifest_sha256: field(digest, "Over the canonical bytes of the manifest, the source's digest included."),
  guard: field(
    v.strictObject({
      against: field(v.string(), "Which vocabulary the rows were checked against."),
      verdict: v.picklist(["accepted", "refused", "nothing to write"]),
      problems: v.array(
        v.strictObject({
          row: v.nullable(count),
          canonical_address: v.string(),
          field: v.string(),
          problem: v.string(),
          choices: v.array(v.string()),
        }),
      ),
    }),
    "What the write contract says of each row; all problems.",
  ),
  units: v.array(unit),
});
