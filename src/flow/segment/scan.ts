/**
 * segment/scan: one pass over the bytes that finds the lines which may be labels.
 *
 * It looks at bytes only: line ends, indentation, Markdown's `#` and `**`, the first two bytes of a word. Fenced code,
 * YAML front matter, comments, block quotes and table rows hold no labels. It decodes nothing and keeps only what may
 * be a label, so that it stays quick and small on 20 MB, one line of 20 MB included. Called by segment.ts.
 */
import { limits } from "../../kernel/limits.ts";
import { isDigit, mayBeEnumerator, skipSpace } from "./byte-classes.ts";
import { endsHtml, type HtmlEnd, htmlBlock } from "./html-block.ts";
import type { Line, Markup } from "./line.ts";
import { Marks } from "./marks.ts";
import { NextByte } from "./next-byte.ts";
import { QuoteMarks } from "./quote-marks.ts";
import { Quotes } from "./quotes.ts";
import type { WordStarts } from "./word-starts.ts";

export type Wanted = {
  readonly wordStarts: WordStarts;
  readonly enumerators: "wanted" | "none";
  /** Whether underlined headings are labels, and four blanks make code. */
  readonly headings: "wanted" | "none";
  /** Whether a number at the very start of a line may be a label. */
  readonly decimals: "wanted" | "none";
};

export type Scanned = {
  /** Lines that may be labels, and headings. */
  readonly lines: readonly Line[];
  readonly marks: Marks;
  readonly quotes: Quotes;
};

type Fence = { readonly byte: number; readonly length: number; readonly kept: number; readonly keptMarks: number };

type State = {
  readonly bytes: Uint8Array;
  readonly wanted: Wanted;
  readonly lines: Line[];
  readonly marks: Marks;
  readonly quotes: Quotes;
  fence: Fence | null;
  /** Of a comment or raw HTML block in law: what ends it. */
  html: string | null;
  /** Of a raw HTML block in Markdown. */
  markdownHtml: HtmlEnd | null;
  /** Ends of blocks that the rest of the document does not hold. */
  readonly unclosed: Set<string>;
  blankBefore: boolean;
  /** First line of the paragraph that goes on here; -1 for none. */
  paragraph: number;
  paragraphEnd: number;
};

export function scan(bytes: Uint8Array, wanted: Wanted): Scanned {
  const quotes = new Quotes();
  const state: State = {
    ...{ bytes, wanted, lines: [], marks: new Marks(), quotes, fence: null, html: null, unclosed: new Set<string>() },
    ...{ markdownHtml: null, blankBefore: true, paragraph: -1, paragraphEnd: -1 },
  };
  const quoteMarks = wanted.enumerators === "wanted" ? new QuoteMarks(bytes) : null;
  const [lineFeeds, returns] = [new NextByte(bytes, 0x0a), new NextByte(bytes, 0x0d)];
  const size = bytes.length;
  let at = skipFrontMatter(bytes);
  while (at < size) {
    const end = Math.min(lineFeeds.from(at), returns.from(at));
    const text = skipSpace(bytes, at, end);
    quoteMarks?.follow(quotes, text, end);
    const next = end < size && bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? end + 2 : Math.min(end + 1, size);
    visit(state, { start: at, text, end, next });
    if (quoteMarks !== null) quotes.endLine(bytes, end);
    at = next;
  }
  if (state.fence !== null && wanted.headings === "wanted") state.lines.length = state.fence.kept;
  return { lines: state.lines, marks: state.marks, quotes };
}

type Place = { readonly start: number; readonly text: number; readonly end: number; readonly next: number };

const [HASH, STAR, UNDERSCORE, GREATER, PIPE, LESS] = [0x23, 0x2a, 0x5f, 0x3e, 0x7c, 0x3c];
const [BACKTICK, TILDE, EQUALS, DASH] = [0x60, 0x7e, 0x3d, 0x2d];

function visit(state: State, place: Place): void {
  if (state.html !== null) endHtml(state, place);
  else if (state.markdownHtml !== null && isInHtml(state, place)) state.blankBefore = false;
  else if (place.text >= place.end) {
    state.blankBefore = true;
    state.paragraph = -1;
  } else {
    if (isApart(state, place)) state.paragraph = -1;
    else running(state, place);
    state.blankBefore = false;
  }
}

/** Whether the line is no running text: a fence, code, a block quote, a table row, raw HTML, a heading. */
function isApart(state: State, place: Place): boolean {
  const { bytes } = state;
  const { start, text } = place;
  const byte = bytes[text] as number;
  if ((byte === BACKTICK || byte === TILDE) && fence(state, place)) return true;
  // In Markdown a fence that is never closed holds the rest; in law it is taken for a stray mark.
  if (state.fence !== null && state.wanted.headings === "wanted") return true;
  if (byte === GREATER || byte === PIPE) return true;
  if (byte === LESS && state.fence === null && startHtml(state, place)) return true;
  const isCode = state.wanted.headings === "wanted" && (text - start > 3 || bytes[start] === 0x09);
  return byte === HASH && !isCode && heading(state, place);
}

function running(state: State, place: Place): void {
  const { bytes } = state;
  const { text, end } = place;
  const byte = bytes[text];
  if (state.wanted.headings === "wanted") underlined(state, place);
  const stars = byte === STAR || byte === UNDERSCORE ? runLength(bytes, text, end) : 0;
  const follows = bytes[text + stars];
  if (stars > 3 || (stars > 0 && (follows === 0x20 || follows === undefined))) return;
  offer(state, place, { text: text + stars, markup: stars >= 2 ? "bold" : "plain", depth: 0 });
}

type Found = { readonly text: number; readonly markup: Markup; readonly depth: number };

function offer(state: State, { start, end, next, text: first }: Place, { text, markup, depth }: Found): void {
  const { bytes, wanted, quotes } = state;
  const indent = first - start;
  const isWord = wanted.wordStarts.mayBeginAt(bytes, text);
  const { blankBefore } = state;
  const quote = quotes.current;
  if (wanted.enumerators === "wanted" && markup !== "heading" && mayBeEnumerator(bytes, text, end)) {
    state.marks.add({ start, text, end, next, quote, blankBefore });
  }
  const isDecimal = wanted.decimals === "wanted" && indent === 0 && isDecimalStart(bytes[text], bytes[text + 1]);
  if (markup !== "heading" && !isWord && !isDecimal) return;
  const shape = isDecimal && !isWord && markup !== "heading" ? "enumerator" : "word";
  state.lines.push({ start, text, end, next, markup, depth, indent, shape, blankBefore, quote });
}

/** `4`, or `A.` of an appendix. */
function isDecimalStart(first: number | undefined, second: number | undefined): boolean {
  return isDigit(first) || (first !== undefined && first >= 0x41 && first <= 0x5a && second === 0x2e);
}

/** `# Heading`, with at most six marks and a blank after them. A heading ends whatever quotation seemed open. */
function heading(state: State, place: Place): boolean {
  const { bytes } = state;
  const depth = runLength(bytes, place.text, place.end);
  const after = bytes[place.text + depth];
  const isEmpty = place.text + depth >= place.end;
  if (depth > 6 || !(isEmpty || after === 0x20 || after === 0x09 || after === 0xc2)) return false;
  state.quotes.giveUp();
  let text = skipSpace(bytes, place.text + depth, place.end);
  while (text < place.end && (bytes[text] === STAR || bytes[text] === UNDERSCORE)) text += 1;
  offer(state, place, { text, markup: "heading", depth });
  return true;
}

/** `===` or `---` below a paragraph makes it a heading; else the paragraph begins or goes on. */
function underlined(state: State, place: Place): void {
  const { bytes } = state;
  const byte = bytes[place.text];
  const isRule = (byte === EQUALS || byte === DASH) && place.text - place.start <= 3 && isRun(bytes, place);
  if (isRule && state.paragraph >= 0) {
    const start = state.paragraph;
    const text = skipSpace(bytes, start, state.paragraphEnd);
    const paragraph = { start, text, end: state.paragraphEnd, next: place.next };
    state.paragraph = -1;
    offer(state, paragraph, { text, markup: "heading", depth: byte === EQUALS ? 1 : 2 });
    return;
  }
  if (isRule || isListMark(bytes, place) || (state.paragraph < 0 && place.text - place.start > 3)) {
    // What follows a list mark without a blank line belongs to the list.
    state.paragraph = isRule ? -1 : -2;
    return;
  }
  if (state.paragraph === -1) state.paragraph = place.start;
  state.paragraphEnd = place.end;
}

function isListMark(bytes: Uint8Array, { text, end }: Place): boolean {
  const byte = bytes[text];
  if (byte === DASH || byte === STAR || byte === 0x2b) return (bytes[text + 1] ?? 0x20) <= 0x20;
  let here = text;
  while (here < end && isDigit(bytes[here])) here += 1;
  return here > text && (bytes[here] === 0x2e || bytes[here] === 0x29) && (bytes[here + 1] ?? 0x20) <= 0x20;
}

/** Only one byte repeated, blanks after it. */
function isRun(bytes: Uint8Array, { text, end }: Place): boolean {
  return skipSpace(bytes, text + runLength(bytes, text, end), end) >= end;
}

function runLength(bytes: Uint8Array, at: number, end: number): number {
  let here = at;
  while (here < end && bytes[here] === bytes[at]) here += 1;
  return here - at;
}

/** Opens or closes fenced code. What was found inside is dropped when it closes. */
function fence(state: State, { start, text, end }: Place): boolean {
  const { bytes } = state;
  const byte = bytes[text] as number;
  const length = runLength(bytes, text, end);
  const open = state.fence;
  // Indented by four or more it is code, or belongs to a list item, where no label stands either.
  if (length < 3 || text - start > 3) return false;
  if (open === null) {
    if (byte === BACKTICK && bytes.subarray(text + length, end).includes(BACKTICK)) return false;
    state.fence = { byte, length, kept: state.lines.length, keptMarks: state.marks.length };
    return true;
  }
  const closes = byte === open.byte && length >= open.length;
  if (!closes || skipSpace(bytes, text + length, end) < end) return false;
  state.lines.length = open.kept;
  state.marks.length = open.keptMarks;
  state.fence = null;
  return true;
}

const HTML_BLOCKS = [
  { opens: "<!--", closes: "-->" },
  { opens: "<pre", closes: "</pre>" },
  { opens: "<script", closes: "</script>" },
  { opens: "<style", closes: "</style>" },
  { opens: "<table", closes: "</table>" },
] as const;

/** In law only what is surely no text hides its lines; in Markdown whatever CommonMark takes for HTML. */
function startHtml(state: State, place: Place): boolean {
  if (state.wanted.headings === "wanted") {
    const isCode = place.text - place.start > 3 || state.bytes[place.start] === 0x09;
    const ends = isCode ? null : htmlBlock(state.bytes, place, state.paragraph === -1 ? "none" : "open");
    state.markdownHtml = ends;
    if (ends !== null && ends !== "blank" && endsHtml(state.bytes, place, ends)) state.markdownHtml = null;
    return ends !== null;
  }
  const block = HTML_BLOCKS.find(({ opens }) => startsWith(state.bytes, place.text, opens));
  if (block === undefined || state.unclosed.has(block.closes)) return false;
  if (bufferOf(state.bytes, place.text, state.bytes.length).indexOf(block.closes) === -1) {
    state.unclosed.add(block.closes);
    return false;
  }
  state.html = block.closes;
  endHtml(state, place);
  return true;
}

/** Whether a line belongs to the block that is open; a blank line may end it and does not. */
function isInHtml(state: State, place: Place): boolean {
  const ends = state.markdownHtml;
  if (ends === null) return false;
  const isLast = ends === "blank" ? place.text >= place.end : endsHtml(state.bytes, place, ends);
  if (isLast) state.markdownHtml = null;
  return !(isLast && ends === "blank");
}

function endHtml(state: State, place: Place): void {
  const closes = state.html ?? "";
  if (bufferOf(state.bytes, place.start, place.end).includes(closes)) state.html = null;
  state.blankBefore = false;
}

function bufferOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}

function startsWith(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (((bytes[at + index] ?? 0) | 0x20) !== (word.charCodeAt(index) | 0x20)) return false;
  }
  return true;
}

/** Offset after a YAML block at the very start (`---` to `---` or `...`); 0 where there is none. */
function skipFrontMatter(bytes: Uint8Array): number {
  const head = bufferOf(bytes, 0, Math.min(bytes.length, limits.frontMatterBytes));
  const block =
    /^(?:\u00ef\u00bb\u00bf)?---[ \t]*(?:\r\n|\n|\r)(?:.|[\r\n])*?(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|$)/;
  return block.exec(head.toString("latin1"))?.[0].length ?? 0;
}
