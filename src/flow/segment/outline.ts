/**
 * segment/outline: the entries of a document in order: what each unit is called and how deep it ranks.
 *
 * One shape for every profile: labels of law, headings of Markdown, decimal numbers. Entries come one by one, so that
 * those of a large code never stand in memory together. Pure. Called by segment.ts.
 */
import { INDEX, type Level } from "../profiles/profile.ts";
import { findDecimals } from "./decimal.ts";
import { bounded, tidy } from "./heading.ts";
import { blockAt } from "./inset.ts";
import type { Marks } from "./marks.ts";
import { findLabels, headingFor } from "./named.ts";
import { Nesting } from "./nesting.ts";
import { ranks } from "./order.ts";
import type { Entry, Named, Reading } from "./reading.ts";
import { readRecitals } from "./recitals.ts";

export function outline(reading: Reading): Iterable<Entry> {
  const { levels } = reading.compiled.profile;
  if (levels.some(({ label }) => label.form === "heading")) return headings(reading);
  if (levels.some(({ label }) => label.form === "decimal")) return decimals(reading);
  return laws(reading);
}

const NOTHING: Entry["above"] = [];
const PLAIN = { number: null, heading: null, label: null, slug: null, rank: 0, holds: "yes", above: NOTHING } as const;

function* headings({ text, scanned, compiled }: Reading): Iterable<Entry> {
  const level = compiled.profile.levels.find(({ label }) => label.form === "heading");
  if (level === undefined) return;
  const { kind, sectionType } = level;
  for (const line of scanned.lines) {
    if (line.markup !== "heading") continue;
    const read = tidy(text.read(line.text, line.end));
    const heading = read === "" || /^#+$/.test(read) ? null : bounded(read);
    yield { ...PLAIN, start: line.start, kind, sectionType, heading, slug: heading, rank: line.depth };
  }
}

function* decimals(reading: Reading): Iterable<Entry> {
  const { levels } = reading.compiled.profile;
  for (const { line, kind, number, heading, label, rank } of findDecimals(reading)) {
    const level = levels.find((known) => known.kind === kind);
    if (level === undefined) continue;
    yield { ...PLAIN, start: line.start, kind, sectionType: level.sectionType, number, heading, label, rank };
  }
}

function* laws(reading: Reading): Iterable<Entry> {
  const { text, compiled, scanned } = reading;
  const { levels } = compiled.profile;
  const { labels, index, insets } = findLabels(reading);
  const rank = ranks(compiled.profile, labels);
  const last = index?.start ?? text.bytes.length;
  yield* readRecitals(reading, labels[0]?.line.start ?? last);
  const nesting = new Nesting(text, compiled);
  let at = 0;
  for (let position = 0; position < labels.length; position += 1) {
    const named = labels[position] as Named;
    const level = levels[named.level];
    if (level === undefined) continue;
    yield entryOf(named, level, { rank: rank[named.level] ?? 0, reading });
    if (level.role !== "leaf" || nesting.isIdle) continue;
    nesting.begin(named);
    at = firstFrom(scanned.marks, at, named.line.next);
    const end = labels[position + 1]?.line.start ?? last;
    for (; at < scanned.marks.length && (scanned.marks.start[at] as number) < end; at += 1) {
      if (insets.length > 0 && blockAt(insets, scanned.marks.start[at] as number) !== null) continue;
      const entry = scanned.quotes.isQuoted(scanned.marks.quote[at] as number) ? null : nested(nesting, reading, at);
      if (entry !== null) yield entry;
    }
  }
  if (index !== null) yield { ...PLAIN, start: index.start, kind: INDEX.kind, sectionType: INDEX.sectionType };
}

/** The first mark at or after an offset. */
function firstFrom({ start, length }: Marks, from: number, offset: number): number {
  let at = from;
  while (at < length && (start[at] as number) < offset) at += 1;
  return at;
}

function nested(nesting: Nesting, { compiled, scanned }: Reading, at: number): Entry | null {
  const found = nesting.take(scanned.marks, at);
  const { levels } = compiled.profile;
  const level = found === null ? undefined : levels[found.level];
  if (found === null || level === undefined) return null;
  const { start, number, written, above } = found;
  const { kind, sectionType, name } = level;
  const label = name === "" ? written : `${name} ${number}`;
  const rank = levels.length * 3 + above.length;
  return { start, kind, sectionType, number, heading: null, label, slug: null, rank, holds: "yes", above };
}

type Context = { readonly rank: number; readonly reading: Reading };

function entryOf(named: Named, { kind, sectionType, role }: Level, { rank, reading }: Context): Entry {
  const { line, number, label } = named;
  const heading = headingFor(named, reading);
  const slug = number === null && named.written === "none" ? label.split(" ").slice(1).join(" ") || null : null;
  const holds = role === "apart" ? "no" : "yes";
  return { start: line.start, kind, sectionType, number, heading, label, slug, rank, holds, above: NOTHING };
}
