/**
 * segment/outline: the entries of a document in order: what each unit is called and how deep it ranks.
 *
 * One shape for every profile: labels of law, headings of Markdown, decimal numbers. It reads nothing by itself but
 * headings. Pure. Called by segment.ts.
 */
import { INDEX, type Level } from "../profiles/profile.ts";
import { type DecimalSection, findDecimals } from "./decimal.ts";
import { bounded, tidy } from "./heading.ts";
import type { Line } from "./line.ts";
import { findLabels, headingFor } from "./named.ts";
import { Nesting } from "./nesting.ts";
import { ranks } from "./order.ts";
import type { Entry, Named, Reading } from "./reading.ts";
import { readRecitals } from "./recitals.ts";

export function outline(reading: Reading): readonly Entry[] {
  const { levels } = reading.compiled.profile;
  if (levels.some(({ label }) => label.form === "heading")) return headings(reading);
  if (levels.some(({ label }) => label.form === "decimal")) return decimals(reading);
  return laws(reading);
}

function headings({ text, scanned, compiled }: Reading): readonly Entry[] {
  const level = compiled.profile.levels.find(({ label }) => label.form === "heading");
  if (level === undefined) return [];
  return scanned.lines
    .filter(({ markup }) => markup === "heading")
    .map((line) => {
      const read = tidy(text.read(line.text, line.end).replace(/\s*[\r\n]+\s*/g, " "));
      const heading = read === "" || /^#+$/.test(read) ? null : bounded(read);
      return { ...entryOf(level, line), heading, slug: heading, label: null, rank: line.depth };
    });
}

function decimals(reading: Reading): readonly Entry[] {
  const { levels } = reading.compiled.profile;
  return findDecimals(reading).flatMap((section: DecimalSection) => {
    const level = levels.find(({ kind }) => kind === section.kind);
    if (level === undefined) return [];
    const { line, number, heading, label, rank } = section;
    return [{ ...entryOf(level, line), number, heading, label, rank }];
  });
}

function entryOf({ kind, sectionType }: Level, line: Line): Entry {
  return {
    line,
    kind,
    sectionType,
    number: null,
    heading: null,
    label: null,
    slug: null,
    rank: 0,
    holds: "yes",
    above: [],
  };
}

function laws(reading: Reading): readonly Entry[] {
  const { text, compiled, scanned } = reading;
  const { levels } = compiled.profile;
  const { labels, index } = findLabels(reading);
  const rank = ranks(compiled.profile, labels);
  const entries: Entry[] = [...readRecitals(reading, labels[0]?.line.start ?? text.bytes.length)];
  const nesting = new Nesting(text, compiled);
  const marks = nesting.isIdle ? [] : scanned.lines.filter((line) => isMark(line, scanned));
  let at = 0;
  labels.forEach((named, position) => {
    const level = levels[named.level];
    if (level === undefined) return;
    entries.push(entryOfLabel(named, level, { rank: rank[named.level] ?? 0, reading }));
    const end = labels[position + 1]?.line.start ?? index?.start ?? text.bytes.length;
    while (at < marks.length && (marks[at] as Line).start <= named.line.start) at += 1;
    const deepest = levels.length * 3;
    if (level.role === "leaf") nesting.begin(named);
    for (; at < marks.length && (marks[at] as Line).start < end; at += 1) {
      const nested = level.role === "leaf" ? nesting.take(marks[at] as Line, marks[at + 1]) : null;
      const own = nested === null ? undefined : levels[nested.level];
      if (nested === null || own === undefined) continue;
      const above =
        nested.above.length === 0
          ? NOTHING
          : nested.above.map(({ level: index, number }) => ({ kind: levels[index]?.kind ?? "", number }));
      const { line, number, written } = nested;
      const label = own.name === "" ? written : `${own.name} ${number}`;
      const { kind, sectionType } = own;
      const rank = deepest + above.length;
      entries.push({ line, kind, sectionType, number, heading: null, label, slug: null, rank, holds: "yes", above });
    }
  });
  if (index !== null) entries.push({ ...entryOf({ ...levels[0], ...INDEX } as Level, index), label: null, rank: 0 });
  return entries;
}

function isMark(line: Line, { quotes }: Reading["scanned"]): boolean {
  return (
    line.markup !== "heading" && !quotes.isQuoted(line.quote) && (line.shape === "enumerator" || line.shape === "word")
  );
}

type Context = { readonly rank: number; readonly reading: Reading };

function entryOfLabel(named: Named, { kind, sectionType, role }: Level, { rank, reading }: Context): Entry {
  const { line, number, label } = named;
  const heading = headingFor(named, reading);
  const slug = number === null && named.written === "none" ? label.split(" ").slice(1).join(" ") || null : null;
  const holds = role === "apart" ? "no" : "yes";
  return { line, kind, sectionType, number, heading, label, slug, rank, holds, above: NOTHING };
}

const NOTHING: Entry["above"] = [];
