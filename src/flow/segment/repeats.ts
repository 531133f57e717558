/**
 * segment/repeats: leaves out labels that a table of contents or an index only repeats.
 *
 * A table of contents stands before the text, each of its labels comes again, and next to nothing stands between
 * them; an index stands at the end and repeats what was there. Headings that a code repeats in its midst are its own
 * and stay, and so do articles whose count begins again below another part or in an annex. Where no title says what a
 * run of labels is, one whose labels have sentences below them is text. Pure. Called by named.ts.
 */
import type { Compiled } from "./label.ts";
import type { Line } from "./line.ts";
import type { FoundLabels, Named } from "./reading.ts";

type Surroundings = { readonly titles: readonly Line[]; readonly bytes: Uint8Array; readonly compiled: Compiled };

const SMALL_BYTES = 160;
const TITLED_BYTES = 400;
const FEWEST = 3;

/**
 * Titled contents go first: after them a short law would look like their index. Untitled ones go last: before an index
 * a short law would look like its contents.
 */
export function withoutRepeats(labels: readonly Named[], surroundings: Surroundings): FoundLabels {
  const title = surroundings.titles.find(({ start }) => start < (labels[FEWEST]?.line.start ?? 0));
  const untitled = title === undefined ? labels : withoutContents(labels, title, surroundings);
  const { labels: before, index } = withoutIndex(untitled, surroundings);
  return { labels: title === undefined ? withoutContents(before, null, surroundings) : before, index };
}

function keyOf({ level, number }: Named): string {
  return `${level} ${number}`;
}

/** Bytes between a label's line and the next label. */
function bodyBytes(labels: readonly Named[], at: number, size: number): number {
  const line = labels[at]?.line;
  const next = labels[at + 1]?.line.start ?? size;
  return line === undefined ? 0 : next - line.next;
}

const SENTENCE_ENDS = new Set([...".;!?"].map((mark) => mark.charCodeAt(0)));

/** Whether at least half of some labels have below them what ends as a sentence does, which no title on a list does. */
function areText(labels: readonly Named[], { from, end }: Span, bytes: Uint8Array): boolean {
  let sentences = 0;
  for (let at = from; at < end; at += 1) {
    const below = labels[at]?.line.next ?? 0;
    let last = (labels[at + 1]?.line.start ?? bytes.length) - 1;
    while (last >= below && (bytes[last] ?? 0) <= 0x20) last -= 1;
    if (last >= below && SENTENCE_ENDS.has(bytes[last] ?? 0)) sentences += 1;
  }
  return sentences > 0 && sentences * 2 >= end - from;
}

/** Labels by their index, `end` not included. */
type Span = { readonly from: number; readonly end: number };

function withoutIndex(labels: readonly Named[], { titles, bytes, compiled }: Surroundings): FoundLabels {
  for (const title of titles) {
    const first = labels.findIndex(({ line }) => line.start > title.start);
    const rest = first === -1 ? [] : labels.slice(first);
    if (rest.length < FEWEST || first < FEWEST) continue;
    const known = new Set(labels.slice(0, first).map(keyOf));
    const repeated = rest.filter((label) => known.has(keyOf(label))).length;
    if (repeated * 2 >= rest.length) return { labels: labels.slice(0, first), index: title };
  }
  return untitledIndex(labels, bytes, compiled);
}

/** Without a title it has to be beyond doubt: five or more at the very end, all known, nothing between them. */
function untitledIndex(labels: readonly Named[], bytes: Uint8Array, compiled: Compiled): FoundLabels {
  let first = labels.length;
  while (first > 0 && bodyBytes(labels, first - 1, bytes.length) <= SMALL_BYTES) first -= 1;
  if (labels.length - first < FEWEST + 2) return { labels, index: null };
  const known = new Map<string, number>();
  labels.forEach((label, index) => {
    if (!known.has(keyOf(label))) known.set(keyOf(label), index);
  });
  while (first < labels.length && known.get(keyOf(labels[first] as Named)) === first) first += 1;
  const rest = labels.slice(first).map(keyOf);
  const line = labels[first]?.line;
  if (line === undefined || rest.length < FEWEST + 2) return { labels, index: null };
  const isOwn =
    isFirstBelow(labels, { at: first, before: known.get(keyOf(labels[first] as Named)) ?? first }, compiled) ||
    line.markup === "heading" ||
    areText(labels, { from: first, end: labels.length }, bytes);
  const isRepeated = rest.every((key) => (known.get(key) ?? first) < first);
  const distinct = new Set(rest).size;
  const before = new Set(labels.slice(0, first).map(keyOf)).size;
  const isIndex = !isOwn && isRepeated && distinct === rest.length && distinct * 2 >= before;
  return isIndex ? { labels: labels.slice(0, first), index: line } : { labels, index: null };
}

/**
 * Whether a count begins again at a label: right below an annex, a heading over articles, or a label of the level
 * below which the same number stood the first time.
 */
function isFirstBelow(labels: readonly Named[], { at, before }: Again, compiled: Compiled): boolean {
  const [above, label] = [labels[at - 1], labels[at]];
  if (above === undefined || label === undefined || above.level === label.level) return false;
  const upper = roleOf(above, compiled);
  if (upper === "annex" || (upper === "structure" && roleOf(label, compiled) === "leaf")) return true;
  return labels[before - 1]?.level === above.level;
}

/** A label by its index, and the first of the same number. */
type Again = { readonly at: number; readonly before: number };

function withoutContents(
  labels: readonly Named[],
  title: Line | null,
  { bytes, compiled }: Surroundings,
): readonly Named[] {
  const from = title === null ? 0 : labels.findIndex(({ line }) => line.start > title.start);
  const most = title === null ? SMALL_BYTES : TITLED_BYTES;
  const end = endOfContents(labels, { from, most, size: bytes.length, compiled });
  const run = labels.slice(from, end);
  if (run.length < FEWEST) return labels;
  const later = new Set(labels.slice(end).map(keyOf));
  const again = run.filter((label) => later.has(keyOf(label))).length;
  const [first, last] = [run[0], run.at(-1)];
  // An annex that does not come again holds what follows it.
  if (last !== undefined && roleOf(last, compiled) === "annex" && !later.has(keyOf(last))) return labels;
  // What stands below the last may be the preamble.
  if (title === null && areText(labels, { from, end: end - 1 }, bytes)) return labels;
  const isContents =
    first !== undefined && later.has(keyOf(first)) && again * 10 >= run.length * (title === null ? 8 : 6);
  return isContents ? [...labels.slice(0, from), ...labels.slice(end)] : labels;
}

function roleOf({ level }: Named, { profile }: Compiled): string | undefined {
  return profile.levels[level]?.role;
}

type Run = { readonly from: number; readonly most: number; readonly size: number; readonly compiled: Compiled };

/** Where labels stop to follow each other closely, or where the text begins. */
function endOfContents(labels: readonly Named[], { from, most, size, compiled }: Run): number {
  const listed = new Set<number>();
  for (let at = from; at < labels.length; at += 1) {
    if (at > from && beginsText(labels, at, { from, listed, compiled })) return at;
    listed.add(labels[at]?.level ?? -1);
    if (bodyBytes(labels, at, size) <= most) continue;
    // The last entry of the contents is followed by the preamble.
    const isLast = at > from && beginsText(labels, at + 1, { from, listed, compiled });
    return at + (isLast ? 1 : 0);
  }
  return labels.length;
}

type Listed = { readonly from: number; readonly listed: ReadonlySet<number>; readonly compiled: Compiled };

/** The text begins where the first entry comes again, or at headings right above it whose levels are not listed. */
function beginsText(labels: readonly Named[], at: number, { from, listed, compiled }: Listed): boolean {
  const opening = labels[from];
  const passed = new Set<number>();
  for (let below = at; below < labels.length; below += 1) {
    const label = labels[below];
    if (label === undefined || opening === undefined) return false;
    if (keyOf(label) === keyOf(opening)) return true;
    const role = roleOf(label, compiled);
    if (role !== "structure" && role !== "apart") return false;
    if (listed.has(label.level) || passed.has(label.level)) return false;
    passed.add(label.level);
  }
  return false;
}
