/**
 * segment/repeats: leaves out labels that a table of contents or an index only repeats.
 *
 * A table of contents stands before the text, each of its labels comes again, and next to nothing stands between
 * them; an index stands at the end and repeats what was there. Headings that a code repeats in its midst are its own
 * and stay. Pure. Called by named.ts.
 */
import type { Compiled } from "./label.ts";
import type { Line } from "./line.ts";
import type { FoundLabels, Named } from "./reading.ts";

type Surroundings = { readonly titles: readonly Line[]; readonly bytes: Uint8Array; readonly compiled: Compiled };

const SMALL_BYTES = 160;
const TITLED_BYTES = 400;
const FEWEST = 3;

export function withoutRepeats(labels: readonly Named[], surroundings: Surroundings): FoundLabels {
  const { labels: before, index } = withoutIndex(labels, surroundings);
  return { labels: withoutContents(before, surroundings), index };
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

function withoutIndex(labels: readonly Named[], { titles, bytes }: Surroundings): FoundLabels {
  for (const title of titles) {
    const first = labels.findIndex(({ line }) => line.start > title.start);
    const rest = first === -1 ? [] : labels.slice(first);
    if (rest.length < FEWEST || first < FEWEST) continue;
    const known = new Set(labels.slice(0, first).map(keyOf));
    const repeated = rest.filter((label) => known.has(keyOf(label))).length;
    if (repeated * 2 >= rest.length) return { labels: labels.slice(0, first), index: title };
  }
  return untitledIndex(labels, bytes);
}

/** Without a title it has to be beyond doubt: five or more at the very end, all known, nothing between them. */
function untitledIndex(labels: readonly Named[], bytes: Uint8Array): FoundLabels {
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
  const isRepeated = rest.every((key) => (known.get(key) ?? first) < first);
  const distinct = new Set(rest).size;
  const before = new Set(labels.slice(0, first).map(keyOf)).size;
  const isIndex = isRepeated && distinct === rest.length && distinct * 2 >= before;
  return isIndex ? { labels: labels.slice(0, first), index: line } : { labels, index: null };
}

function withoutContents(labels: readonly Named[], { titles, bytes }: Surroundings): readonly Named[] {
  const title = titles.find(({ start }) => start < (labels[FEWEST]?.line.start ?? 0));
  const from = title === undefined ? 0 : labels.findIndex(({ line }) => line.start > title.start);
  const most = title === undefined ? SMALL_BYTES : TITLED_BYTES;
  const end = endOfContents(labels, { from, most, size: bytes.length });
  const run = labels.slice(from, end);
  if (run.length < FEWEST) return labels;
  const later = new Set(labels.slice(end).map(keyOf));
  const again = run.filter((label) => later.has(keyOf(label))).length;
  const [first] = run;
  const isContents =
    first !== undefined && later.has(keyOf(first)) && again * 10 >= run.length * (title === undefined ? 8 : 6);
  return isContents ? [...labels.slice(0, from), ...labels.slice(end)] : labels;
}

type Run = { readonly from: number; readonly most: number; readonly size: number };

/** Where labels stop to follow each other closely, or where the first of them comes again: there the text begins. */
function endOfContents(labels: readonly Named[], { from, most, size }: Run): number {
  const opening = labels[from];
  for (let at = from; at < labels.length; at += 1) {
    const label = labels[at];
    if (label === undefined || opening === undefined) return at;
    if (at > from && keyOf(label) === keyOf(opening)) return at;
    if (bodyBytes(labels, at, size) > most) return at + (isLastOfContents(labels, from, at) ? 1 : 0);
  }
  return labels.length;
}

/** The last entry of the contents is followed by the preamble; the label after it is the contents' first. */
function isLastOfContents(labels: readonly Named[], from: number, at: number): boolean {
  const [first, next] = [labels[from], labels[at + 1]];
  return first !== undefined && next !== undefined && at > from && keyOf(first) === keyOf(next);
}
