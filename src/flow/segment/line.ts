/**
 * segment/line: a line of the source that may be a label, by offsets, and how its text is read.
 *
 * Offsets are bytes of the original; text is decoded from them, NFC, with every kind of blank as a plain one. Nothing
 * here ever changes an offset. Called by all that segments.
 */

export type Markup = "plain" | "bold" | "heading";

export type Line = {
  /** Offset of the line's first byte, indentation included. */
  readonly start: number;
  /** Offset of the first byte after indentation and markup. */
  readonly text: number;
  /** Offset past the last byte before the line end. */
  readonly end: number;
  /** Offset of the next line, which is `end` and the line end. */
  readonly next: number;
  readonly markup: Markup;
  /** Number of `#`, 1 or 2 for an underlined heading, 0 for what is no heading. */
  readonly depth: number;
  /** Bytes of indentation. */
  readonly indent: number;
  readonly shape: "word" | "enumerator";
  readonly blankBefore: boolean;
  /** The quotation that the line stands in; 0 for none. */
  readonly quote: number;
};

const LONGEST_TEXT = 1200;
const LONGEST_FOLLOWING = 400;
/** Blanks and line ends before a line, looked through for the line before. */
const BLANK_BYTES = 64;
const BLANKS = /[\u00a0\u2000-\u200a\u202f\u3000\t\f\v]/g;
const TABS = /[\t\f\v]/;
const NO_WIDTH = /[\u200b-\u200d\u2060\ufeff\u00ad]/g;
/** Text without these is composed and has plain blanks only: combining marks, other blanks, scripts that compose. */
const UNUSUAL = new RegExp(
  [
    String.raw`[\t\f\v\u00a0\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u2000-\u200d\u202f`,
    String.raw`\u2060\u20d0-\u212b\u3000\u3099\u309a\ufeff]`,
  ].join(""),
);

export class Text {
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The text between two offsets, at most 1,200 bytes of it, without blanks around it. */
  read(start: number, end: number): string {
    const text = this.#buffer.toString("utf8", start, Math.min(end, start + LONGEST_TEXT));
    const isAscii = text.length === Math.min(end, start + LONGEST_TEXT) - start;
    if (isAscii ? !TABS.test(text) : !UNUSUAL.test(text)) return text.trim();
    return text.normalize("NFC").replace(BLANKS, " ").replace(NO_WIDTH, "").trim();
  }

  /** A few bytes where a text begins; a character may be cut off at the end. */
  head(start: number, end: number): string {
    const text = this.#buffer.toString("utf8", start, end);
    if (text.length === end - start || !UNUSUAL.test(text)) return text;
    return text.normalize("NFC").replace(BLANKS, " ").replace(NO_WIDTH, "");
  }

  /** The end of the last line before `start` that is not blank; at most `most` bytes of it. */
  before(start: number, most = 160): string {
    const { bytes } = this;
    const least = Math.max(0, start - BLANK_BYTES);
    let end = start;
    while (end > least && (bytes[end - 1] as number) <= 0x20) end -= 1;
    let from = end;
    while (from > Math.max(0, end - most) && bytes[from - 1] !== 0x0a && bytes[from - 1] !== 0x0d) from -= 1;
    return this.read(from, end);
  }

  /** Whether the first text after an offset may be marked up or in capitals, by its first two bytes. */
  mayBeHeadingAt(offset: number): boolean {
    const at = skipSpaces(this.bytes, offset);
    const [first = 0, second = 0] = [this.bytes[at], this.bytes[at + 1]];
    if (first === 0x23 || first === 0x2a || first === 0x5f) return true;
    const isSmall = second >= 0x61 && second <= 0x7a;
    return (first >= 0x80 || (first >= 0x41 && first <= 0x5a)) && !isSmall;
  }

  /** Lines that follow an offset, blank ones as empty strings, long ones cut off; as far as is asked, or `most`. */
  following(from: number, most: number, until: Until = "all"): string[] {
    const lines: string[] = [];
    let at = from;
    let isText = until === "first blank";
    while (lines.length < most && at < this.bytes.length) {
      const { end, next } = lineEnd(this.bytes, at);
      const line = this.read(at, Math.min(end, at + LONGEST_FOLLOWING));
      lines.push(line);
      if (until === "first text" && line !== "") break;
      if (until !== "all" && isText && line === "") break;
      isText ||= line !== "";
      at = next;
    }
    return lines;
  }
}

/** The first line with text, the first blank one, the first blank one after some text, or all; that one included. */
type Until = "first text" | "first blank" | "paragraph end" | "all";

/** Past blanks and line ends, a few of them. */
function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < from + BLANK_BYTES && (bytes[at] ?? 0x21) <= 0x20) at += 1;
  return at;
}

/** Where the line that begins at an offset ends: LF, CRLF or CR. */
function lineEnd(bytes: Uint8Array, from: number): { readonly end: number; readonly next: number } {
  let end = from;
  while (end < bytes.length && bytes[end] !== 0x0a && bytes[end] !== 0x0d) end += 1;
  if (end >= bytes.length) return { end: bytes.length, next: bytes.length };
  return { end, next: bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : end + 1 };
}

/** Without Markdown emphasis: `*Income tax*` → `Income tax`. */
export function withoutEmphasis(text: string): string {
  if (!text.includes("*") && !text.includes("_")) return text;
  return text
    .replace(/\\?\*+/g, (stars) => (stars.startsWith("\\") ? "*" : ""))
    .replace(/(^|[\s(])_{1,3}(?=\S)|_{1,3}(?=[\s).,;:]|$)/g, "$1")
    .trim();
}
