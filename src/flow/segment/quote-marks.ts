/**
 * segment/quote-marks: shows a document's quotation marks to what follows them, line by line.
 *
 * The marks of one line come in the order of the text; what stands between them is passed over by the engine's own
 * search. It decides nothing. Called by scan.ts.
 */
import { NextByte } from "./next-byte.ts";
import type { Quotes } from "./quotes.ts";

export class QuoteMarks {
  readonly #bytes: Uint8Array;
  /** “ ” „ begin with the first, « » with the second. */
  readonly #general: NextByte;
  readonly #latin: NextByte;
  readonly #straight: NextByte;
  /** Of the three the one that comes next. */
  #next = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#general = new NextByte(bytes, 0xe2);
    this.#latin = new NextByte(bytes, 0xc2);
    this.#straight = new NextByte(bytes, 0x22);
  }

  /** The marks of a line, from the first byte that is no blank. */
  follow(quotes: Quotes, text: number, end: number): void {
    quotes.startLine();
    if (this.#next < text) this.#pass(text);
    while (this.#next < end) {
      const at = this.#next;
      if (at === this.#general.at) quotes.generalPunctuation(this.#bytes, at, text);
      else if (at === this.#latin.at) quotes.latinPunctuation(this.#bytes, at);
      else quotes.straightMark(at);
      this.#pass(at + 1);
    }
  }

  #pass(from: number): void {
    this.#next = Math.min(this.#general.from(from), this.#latin.from(from), this.#straight.from(from));
  }
}
