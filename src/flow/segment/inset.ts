/**
 * segment/inset: law that is quoted without quotation marks: a block set in below a line that introduces it.
 *
 * `insert the following section:` and below it lines that begin four columns or more further in. Only where the
 * document's own labels of that kind do not stand so far in: plain texts that set in all their labels quote nothing by
 * it. It reads lines, in one pass, and only if some label is set in. Pure. Called by named.ts.
 */
import type { Profile } from "../profiles/profile.ts";
import type { Block, Named } from "./reading.ts";

const LEAST_COLUMNS = 4;

/** The blocks that hold labels of a quoted law, in order. */
export function quotedBlocks(bytes: Uint8Array, labels: readonly Named[], profile: Profile): readonly Block[] {
  if (!labels.some(({ line }) => line.indent > 0 && columnOf(bytes, line.start) >= LEAST_COLUMNS)) return [];
  const blocks = introducedBlocks(bytes);
  const outside = labels.filter(({ line }) => blockAt(blocks, line.start) === null);
  const own = ownColumns(bytes, outside);
  const firstLeaf = outside.find(({ level }) => profile.levels[level]?.role === "leaf")?.line.start;
  const quoting = new Set<Block>();
  for (const { level, line } of labels) {
    const block = blockAt(blocks, line.start);
    if (block === null) continue;
    const usual = own.get(level);
    // A kind that stands only in such blocks is quoted by a unit before it, and else is the document's.
    const isQuoted = usual === undefined ? (firstLeaf ?? line.start) < line.start : columnOf(bytes, line.start) > usual;
    if (isQuoted) quoting.add(block);
  }
  return blocks.filter((block) => quoting.has(block));
}

/** By bisection: a document may have as many blocks as labels. */
export function blockAt(blocks: readonly Block[], offset: number): Block | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle] as Block).end <= offset) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low];
  return block !== undefined && block.from <= offset ? block : null;
}

/** By level: how far in most of the document's own labels stand; of two as frequent the further one. */
function ownColumns(bytes: Uint8Array, labels: readonly Named[]): ReadonlyMap<Named["level"], number> {
  const counted = new Map<number, Map<number, number>>();
  for (const { level, line } of labels) {
    const columns = counted.get(level) ?? new Map<number, number>();
    const column = columnOf(bytes, line.start);
    columns.set(column, (columns.get(column) ?? 0) + 1);
    counted.set(level, columns);
  }
  const most = (columns: ReadonlyMap<number, number>): number =>
    [...columns].sort(([a, often], [b, more]) => more - often || b - a)[0]?.[0] ?? 0;
  return new Map([...counted].map(([level, columns]) => [level, most(columns)]));
}

type Open = { readonly from: number; readonly column: number };

/** From a line that is set in below one that ends with a colon, to the next line that is not. */
function introducedBlocks(bytes: Uint8Array): readonly Block[] {
  const blocks: Block[] = [];
  let open: Open | null = null;
  let introduced: number | null = null;
  for (let start = 0, next = 0; start < bytes.length; start = next) {
    const text = firstInk(bytes, start);
    let end = text;
    while (end < bytes.length && !isLineEnd(bytes[end])) end += 1;
    next = end + 1;
    if (text === end) continue;
    const column = columnOf(bytes, start);
    if (open !== null && column <= open.column) {
      blocks.push({ from: open.from, end: start });
      open = null;
    }
    if (open === null && introduced !== null && column >= introduced + LEAST_COLUMNS) {
      open = { from: start, column: introduced };
    }
    introduced = endsWithColon(bytes, text, end) ? column : null;
  }
  if (open !== null) blocks.push({ from: open.from, end: bytes.length });
  return blocks;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

function firstInk(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at += 1;
  return at;
}

/** A tab counts as four blanks. */
function columnOf(bytes: Uint8Array, start: number): number {
  let column = 0;
  for (let at = start; bytes[at] === 0x20 || bytes[at] === 0x09; at += 1) column += bytes[at] === 0x09 ? 4 : 1;
  return column;
}

const [COLON, STAR, UNDERSCORE] = [0x3a, 0x2a, 0x5f];

/** Also `:*`, and the dash of `the following:—`. */
function endsWithColon(bytes: Uint8Array, text: number, end: number): boolean {
  let at = end - 1;
  while (at > text && ((bytes[at] as number) <= 0x20 || bytes[at] === STAR || bytes[at] === UNDERSCORE)) at -= 1;
  if (bytes[at - 2] === 0xe2 && bytes[at - 1] === 0x80 && (bytes[at] === 0x93 || bytes[at] === 0x94)) at -= 3;
  return bytes[at] === COLON;
}
