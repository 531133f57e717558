/**
 * segment/bare-sections: sections that carry a number and no word, `1. Short title`, as Irish and British acts do.
 *
 * Only in a text that has no other sections or articles, at the margin, and only as one count that rises from 1 through
 * the whole: what counts from 1 again is a list, a table of contents or a schedule. Pure. Called by named.ts.
 */
import type { Compiled } from "./label.ts";
import type { Line } from "./line.ts";
import type { Named, Reading } from "./reading.ts";

/** How many numbers may be missing, as those of repealed sections are; one with a letter may follow any. */
const GAP = 10;
/** A table of contents, the text, and a few that cannot be told yet. */
const MOST_STARTS = 32;
/** So far ahead a number is looked for that comes twice. */
const LOOK_AHEAD = 200;
const LONGEST_TITLE = 160;
const TITLE = /^(\d{1,4}[A-Z]{0,3})\.\s+([\p{Lu}[“"‘(].*[^.;:,—–-])$/u;

type Candidate = {
  readonly line: Line;
  readonly number: string;
  readonly value: number;
  readonly title: string;
};

/** In the order of the source; none where they are not beyond doubt. */
export function bareSections(
  reading: Reading,
  labels: readonly Named[],
  isQuoted: (start: number) => boolean,
): readonly Named[] {
  const level = bareLevel(reading.compiled);
  if (level === -1) return [];
  const { levels } = reading.compiled.profile;
  if (labels.some((label) => levels[label.level]?.role === "leaf")) return [];
  const ends = labels.filter((label) => levels[label.level]?.role === "annex").map(({ line }) => line.start);
  const candidates = withoutLists(candidatesOf(reading, isQuoted), reading.text.bytes);
  return longestCount(candidates, ends).map(({ line, number, value, title }) => {
    const read = { line, level, number, value, written: "arabic", label: number, rest: title } as const;
    return { ...read, restIs: "separated" };
  });
}

/** The level whose labels are an Arabic number alone; -1 where the profile has none. */
export function bareLevel({ profile, bare }: Compiled): number {
  const isArabic = (index: number): boolean => {
    const label = profile.levels[index]?.label;
    return label?.form === "bare" && label.number === "arabic";
  };
  return bare.find(isArabic) ?? -1;
}

function candidatesOf({ text, scanned, compiled }: Reading, isQuoted: (start: number) => boolean): Candidate[] {
  const { marks, quotes } = scanned;
  const found: Candidate[] = [];
  for (let at = 0; at < marks.length; at += 1) {
    const [start, end, next] = [marks.start[at] as number, marks.end[at] as number, marks.next[at] as number];
    const quote = marks.quote[at] as number;
    const isFar = marks.text[at] !== start || end - start > LONGEST_TITLE;
    if (isFar || quotes.isQuoted(quote) || isQuoted(start)) continue;
    const [, number = "", title = ""] = TITLE.exec(text.read(start, end)) ?? [];
    const value = number === "" ? null : (compiled.readNumber(number)?.value ?? null);
    if (value === null) continue;
    const place = { start, text: start, end, next, markup: "plain", depth: 0, indent: 0, shape: "word" } as const;
    found.push({ line: { ...place, blankBefore: marks.blankBefore[at] === 1, quote }, number, value, title });
  }
  return found;
}

/** Without runs that count from 1 with nothing between their lines: lists of short items, and contents. */
function withoutLists(candidates: readonly Candidate[], bytes: Uint8Array): readonly Candidate[] {
  const kept: Candidate[] = [];
  for (let from = 0, end = 0; from < candidates.length; from = end) {
    end = from + 1;
    while (end < candidates.length && goesOn(candidates, { from, end }, bytes)) end += 1;
    if (end - from === 1 || candidates[from]?.value !== 1) kept.push(...candidates.slice(from, end));
  }
  return kept;
}

type Run = { readonly from: number; readonly end: number };

/** A run has a blank line between all of its lines or between none. */
function goesOn(candidates: readonly Candidate[], { from, end }: Run, bytes: Uint8Array): boolean {
  const [before, next] = [candidates[end - 1], candidates[end]];
  if (before === undefined || next === undefined || next.value !== Math.floor(before.value) + 1) return false;
  const second = candidates[from + 1] ?? next;
  const isAlike = second.line.blankBefore === next.line.blankBefore;
  // Below a line of text stands an item of a list, and after the blank line no further one.
  if (end - from === 1 && next.line.blankBefore && !before.line.blankBefore) return false;
  return isAlike && isBlank(bytes, before.line.next, next.line.start);
}

function isBlank(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && (bytes[at] as number) <= 0x20) at += 1;
  return at >= end;
}

/** Of the counts that begin at the first 1, or where its title comes again below a table of contents. */
function longestCount(candidates: readonly Candidate[], ends: readonly number[]): readonly Candidate[] {
  let longest: readonly Candidate[] = [];
  let first: Candidate | null = null;
  let starts = 0;
  for (let at = 0; at < candidates.length && starts < MOST_STARTS; at += 1) {
    const candidate = candidates[at] as Candidate;
    if (candidate.value !== 1) continue;
    starts += 1;
    first ??= candidate;
    if (first.title.toLowerCase() !== candidate.title.toLowerCase()) continue;
    const end = ends.find((start) => start > candidate.line.start) ?? Number.POSITIVE_INFINITY;
    const count = countFrom(candidates, at, end);
    if (count.length >= longest.length) longest = count;
  }
  return longest.length < 2 ? [] : longest;
}

/** One count from a place to an offset; a list that counts from 1 inside a section is passed over. */
function countFrom(candidates: readonly Candidate[], from: number, end: number): readonly Candidate[] {
  const counted: Candidate[] = [];
  let last = 0;
  let list = 0;
  for (let at = from; at < candidates.length; at += 1) {
    const candidate = candidates[at] as Candidate;
    if (candidate.line.start >= end) break;
    const { value, number } = candidate;
    if (counted.length > 0 && value === 1) list = 1;
    else if (list > 0 && value === list + 1 && (value > last + 1 || comesAgain(candidates, at, end))) list = value;
    else if (value > last && (Math.floor(value) <= Math.floor(last) + GAP || /[A-Z]$/.test(number))) {
      counted.push(candidate);
      last = value;
      list = 0;
    }
  }
  return counted;
}

/** Whether a number stands once more before the next list begins: then it is a list's here. */
function comesAgain(candidates: readonly Candidate[], at: number, end: number): boolean {
  const value = candidates[at]?.value;
  for (const { value: other, line } of candidates.slice(at + 1, at + LOOK_AHEAD)) {
    if (other === 1 || line.start >= end) return false;
    if (other === value) return true;
  }
  return false;
}
