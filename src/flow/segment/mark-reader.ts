/**
 * segment/mark-reader: the list marks at a place of the source, read once for each way in which they are written.
 *
 * A code has tens of thousands of marks, and a few hundred ways to write one: `(a) `, `12. `. Where a short mark of
 * plain bytes has blanks and a word after it, what it is depends on its bytes alone: it is decoded and read the first
 * time only. All else is decoded and read each time; the answers are the same. Called by nesting.ts.
 */
import { type Mark, type MarkRules, readMarks } from "./enumerator.ts";
import type { Text } from "./line.ts";

export type MarkText = {
  /** Every reading, as readMarks() has them. */
  readonly marks: readonly Mark[];
  /** From the mark on; where it was remembered, no further than the blanks after it. */
  readonly text: string;
  /** What writtenAs() has answered; empty before. */
  written: string;
};

/** Enough for marks inside marks. */
const MARK_BYTES = 32;
const LONGEST_REMEMBERED = 6;
const MOST_REMEMBERED = 4096;
const SPACE = 0x20;
const NONE = -1;

export class MarkReader {
  readonly #text: Text;
  readonly #rules: MarkRules;
  readonly #seen = new Map<number, MarkText>();

  constructor(text: Text, rules: MarkRules) {
    this.#text = text;
    this.#rules = rules;
  }

  /** The marks of a line, by the offset of its text and its end. */
  read(start: number, end: number): MarkText {
    const key = keyOf(this.#text.bytes, start, end);
    const seen = key === NONE ? undefined : this.#seen.get(key);
    if (seen !== undefined) return seen;
    const head = this.#text.head(start, Math.min(end, start + MARK_BYTES));
    const marks = readMarks(head, this.#rules);
    if (key === NONE || this.#seen.size >= MOST_REMEMBERED) return { marks, text: head, written: "" };
    const read = { marks, text: head.slice(0, head.search(/ (?! )/) + 1), written: "" };
    this.#seen.set(key, read);
    return read;
  }
}

/** The mark alone, without emphasis: `(a)` for `(*a*) `. All readings of one text have the same length. */
export function writtenAs(read: MarkText, { length }: Mark): string {
  if (read.written === "") read.written = read.text.slice(0, length).replace(/[*_\s]+/g, "");
  return read.written;
}

/**
 * The bytes of a short mark and of one or two blanks after it as one number; NONE where what it is may depend on what
 * follows (a bracket, a dash or a dot after the blanks) or where there is no such mark.
 */
function keyOf(bytes: Uint8Array, start: number, end: number): number {
  const most = Math.min(end, start + LONGEST_REMEMBERED);
  let at = start;
  let key = 0;
  while (at < most && isInMark(bytes, at)) {
    key = key * 256 + (bytes[at] as number);
    at += 1;
  }
  if (at === start || bytes[at] !== SPACE) return NONE;
  const isDouble = bytes[at + 1] === SPACE;
  const word = isDouble ? at + 2 : at + 1;
  return word < end && beginsWord(bytes, word) ? key * 2 + (isDouble ? 1 : 0) : NONE;
}

const [IN_MARK, BEGINS_WORD] = [1, 2];
const KINDS = kindsOfBytes();

function kindsOfBytes(): Uint8Array {
  const kinds = new Uint8Array(256);
  for (let byte = 0x30; byte <= 0x7a; byte += 1) {
    if (/[0-9A-Za-z_]/.test(String.fromCharCode(byte))) kinds[byte] = IN_MARK | BEGINS_WORD;
  }
  for (const mark of "().*") kinds[mark.charCodeAt(0)] = mark === "*" ? IN_MARK | BEGINS_WORD : IN_MARK;
  for (const mark of "\"'") kinds[mark.charCodeAt(0)] = BEGINS_WORD;
  // Latin letters of two bytes and Cyrillic ones: no blank, no dash, nothing that combines.
  for (const lead of [0xc3, 0xc4, 0xc5, 0xc6, 0xd0, 0xd1]) kinds[lead] = BEGINS_WORD;
  return kinds;
}

/** ASCII letters, digits, `().*_`, and the sign of `1°`. */
function isInMark(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] as number;
  if (byte < 0x80) return ((KINDS[byte] as number) & IN_MARK) !== 0;
  return byte === 0xc2 ? bytes[at + 1] === 0xb0 : byte === 0xb0 && bytes[at - 1] === 0xc2;
}

/** The letters U+1E00 to U+1EFF of Vietnamese are among them. */
function beginsWord(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] as number;
  if (((KINDS[byte] as number) & BEGINS_WORD) !== 0) return true;
  const second = bytes[at + 1] as number;
  return byte === 0xe1 && second >= 0xb8 && second <= 0xbb;
}
