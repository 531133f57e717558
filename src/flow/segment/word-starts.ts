/**
 * segment/word-starts: whether the bytes at a place may begin one of a profile's words, before anything is decoded.
 *
 * By the first two bytes, and then by the ASCII letters with which the word goes on. It may say yes too often, and
 * never no where a word stands: composed or not, with a capital or in capitals, with emphasis or a soft hyphen inside.
 * Compiled by label.ts, asked by scan.ts.
 */

export class WordStarts {
  /** Indexed by two bytes: 0 for no word, else one more than the place of their patterns. */
  readonly #table = new Uint16Array(65_536);
  readonly #patterns: Pattern[][] = [];

  constructor(words: readonly string[]) {
    for (const word of words) {
      const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
      const pattern = patternOf(word);
      for (const written of [capital, word.toUpperCase()]) {
        for (const form of ["NFC", "NFD"] as const) this.#add(written.normalize(form), pattern);
      }
    }
  }

  #add(written: string, pattern: Pattern): void {
    const [first = 0, second = 0] = new TextEncoder().encode(written);
    const pair = (first << 8) | second;
    const place = this.#table[pair] as number;
    const patterns = place === 0 ? [] : (this.#patterns[place - 1] as Pattern[]);
    patterns.push(pattern);
    if (place === 0) this.#table[pair] = this.#patterns.push(patterns);
  }

  mayBeginAt(bytes: Uint8Array, at: number): boolean {
    const place = this.#table[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] as number;
    if (place === 0) return false;
    for (const pattern of this.#patterns[place - 1] as Pattern[]) if (fits(bytes, at, pattern)) return true;
    return false;
  }
}

/** The small ASCII letters that a word begins with, decomposed; then 0 where a letter follows that is none of ASCII. */
type Pattern = Uint8Array;

function patternOf(word: string): Pattern {
  const bytes = new TextEncoder().encode(word.normalize("NFD").toLowerCase());
  const end = bytes.findIndex((byte) => byte < 0x61 || byte > 0x7a);
  if (end === -1 || (bytes[end] as number) < 0x80) return bytes.slice(0, end === -1 ? bytes.length : end);
  const pattern = bytes.slice(0, end + 1);
  pattern[end] = 0;
  return pattern;
}

const [STAR, UNDERSCORE, BACKSLASH] = [0x2a, 0x5f, 0x5c];

/** What is no ASCII or may be emphasis may be anything, so that what follows it is not compared. */
function fits(bytes: Uint8Array, at: number, pattern: Pattern): boolean {
  for (let index = 0; index < pattern.length; index += 1) {
    const byte = bytes[at + index] ?? 0x20;
    if (byte >= 0x80 || byte === STAR || byte === UNDERSCORE || byte === BACKSLASH) return true;
    const small = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (small !== pattern[index]) return false;
  }
  return true;
}
