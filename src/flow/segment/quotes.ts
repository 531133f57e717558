/**
 * segment/quotes: which lines stand inside a quotation that began on an earlier line.
 *
 * Law that is quoted inside “…”, «…», „…“ or "…" has labels that are not the document's own. A quotation counts only if
 * it is closed within a bound: a mark that was forgotten must not hide the rest of a document, so lines remember which
 * quotation they stood in, and later it is known whether that one was closed. Called by scan.ts.
 */
import { limits } from "../../kernel/limits.ts";

export class Quotes {
  /** Of the quotation that the line being read began in; 0 for none. */
  current = 0;
  readonly #closed = new Set<number>();
  #last = 0;
  #openedAt = 0;
  #curly = 0;
  #low = 0;
  #guillemets = 0;
  #single: "open" | "closed" = "closed";
  /** Whether the last line that was not blank ends as one does that introduces a quotation. */
  #introduced: "yes" | "no" = "no";
  #straight: "open" | "closed" = "closed";
  #straightCount = 0;
  #lastStraight = 0;
  #curlyBefore = 0;
  #reopened: "yes" | "no" = "no";

  startLine(): void {
    this.#straightCount = 0;
    this.#curlyBefore = this.#curly;
    this.#reopened = "no";
  }

  /** At a byte 0xE2: “ ” „ ‘ ’. */
  generalPunctuation(bytes: Uint8Array, at: number, lineText: number): void {
    if (bytes[at + 1] !== 0x80) return;
    const last = bytes[at + 2];
    if (last === 0x98) this.#openSingle(bytes, at, lineText);
    else if (last === 0x99) this.#closeSingle(bytes, at);
    else if (last === 0x9e) this.#low += 1;
    else if (last === 0x9c && this.#low > 0) this.#low -= 1;
    else if (last === 0x9c) {
      // English repeats the opening mark at each paragraph of one quotation.
      if (at === lineText && this.#curly > 0) this.#reopened = "yes";
      this.#curly += 1;
    } else if (last === 0x9d) {
      if (this.#low > 0) this.#low -= 1;
      else if (this.#curly > 0) this.#curly -= 1;
    }
  }

  /** At a byte 0xC2: « ». */
  latinPunctuation(bytes: Uint8Array, at: number): void {
    const last = bytes[at + 1];
    if (last === 0xab) this.#guillemets += 1;
    else if (last === 0xbb && this.#guillemets > 0) this.#guillemets -= 1;
  }

  straightMark(at: number): void {
    this.#straightCount += 1;
    this.#lastStraight = at;
  }

  /** Single marks quote law only below a line that ends with a colon, or right after the colon. */
  #openSingle(bytes: Uint8Array, at: number, lineText: number): void {
    const before = lastInk(bytes, at, lineText);
    const isIntroduced = at === lineText ? this.#introduced === "yes" : bytes[before] === COLON;
    if (isIntroduced) this.#single = "open";
  }

  /** An apostrophe is no closing mark: what follows is no letter, and after an s it has to end the line. */
  #closeSingle(bytes: Uint8Array, at: number): void {
    const [before = 0x20, after = 0x20] = [bytes[at - 1], bytes[at + 3]];
    if (before <= 0x20 || isWordByte(after)) return;
    if (before !== SMALL_S || endsLine(bytes, at + 3)) this.#single = "closed";
  }

  /** `end` is past the line's last byte. Afterwards `current` is what the next line begins in. */
  endLine(bytes: Uint8Array, end: number): void {
    this.#introduce(bytes, end);
    if (this.#reopened === "yes" && this.#curly > this.#curlyBefore) this.#curly -= 1;
    if (this.#straightCount % 2 === 1) this.#turnStraight(bytes);
    const open = this.#curly + this.#low + this.#guillemets > 0 || this.#straight === "open" || this.#single === "open";
    if (this.current === 0) {
      if (!open) return;
      this.#last += 1;
      this.current = this.#last;
      this.#openedAt = end;
    } else if (!open) {
      this.#closed.add(this.current);
      this.current = 0;
    } else if (end - this.#openedAt > limits.quotedBytes) this.giveUp();
  }

  /** What was open never was a quotation. */
  giveUp(): void {
    this.current = 0;
    this.#curly = 0;
    this.#low = 0;
    this.#guillemets = 0;
    this.#straight = "closed";
    this.#single = "closed";
  }

  /** Known when all lines were read. */
  isQuoted(quote: number): boolean {
    return quote !== 0 && this.#closed.has(quote);
  }

  /** A straight mark opens before text and after space, and closes after text. */
  #turnStraight(bytes: Uint8Array): void {
    const before = bytes[this.#lastStraight - 1] ?? 0x20;
    const after = bytes[this.#lastStraight + 1] ?? 0x20;
    const opens = (before <= 0x20 || before === 0x28 || before === 0x2a) && after > 0x20;
    if (this.#straight === "closed" && opens) this.#straight = "open";
    else if (this.#straight === "open" && before > 0x20) this.#straight = "closed";
  }

  /** A blank line changes nothing. */
  #introduce(bytes: Uint8Array, end: number): void {
    const last = lastInk(bytes, end, 0);
    if (last >= 0 && bytes[last] !== 0x0a && bytes[last] !== 0x0d)
      this.#introduced = bytes[last] === COLON ? "yes" : "no";
  }
}

const [COLON, SMALL_S] = [0x3a, 0x73];

/** The offset of the last byte before `end` that is neither blank nor tab; less than `from` where there is none. */
function lastInk(bytes: Uint8Array, end: number, from: number): number {
  let at = end - 1;
  while (at >= from && (bytes[at] === 0x20 || bytes[at] === 0x09)) at -= 1;
  return at;
}

function isWordByte(byte: number): boolean {
  if (byte >= 0x80) return byte !== 0xe2;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** With nothing but marks and blanks before the line's end. */
function endsLine(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (at < bytes.length && MARKS_AND_BLANKS.has(bytes[at] as number)) at += 1;
  return at >= bytes.length || bytes[at] === 0x0a || bytes[at] === 0x0d;
}

const MARKS_AND_BLANKS = new Set([...".,;:) \t"].map((mark) => mark.charCodeAt(0)));
