/**
 * segment/label-word: the words with which labels begin, and which of them a text begins with.
 *
 * `Điều`, `Tiểu mục`, `Erster Abschnitt`: by the first part of a text, which is looked up as it stands, since nearly
 * all stand as a profile spells them. It reads no number and decides nothing. Compiled and called by label.ts.
 */
import type { Profile } from "../profiles/profile.ts";

/** By the first part of label words and ordinals, in small letters, with a capital, in capitals. */
export type LabelWords = ReadonlyMap<string, BeginningPart>;

/** What words begin with a part, `tiểu` for `tiểu mục`, the longest first, and which ordinal the part is. */
type BeginningPart = { readonly words: readonly LabelWord[]; readonly ordinal: string | null };

/** `level` is an index into the profile's levels, `usual` how the word nearly always stands. */
type LabelWord = { readonly word: string; readonly usual: string; readonly level: number };

const NO_PART: BeginningPart = { words: [], ordinal: null };

export function labelWords(profile: Profile): LabelWords {
  const words = new Map<string, BeginningPart>();
  profile.levels.forEach(({ label }, level) => {
    if (label.form !== "word") return;
    for (const written of label.words) {
      const word = written.normalize("NFC").toLowerCase();
      const candidate = { word, usual: spellings(word)[1] ?? word, level };
      for (const part of spellings(firstPart(word))) {
        const { words: known, ordinal } = words.get(part) ?? NO_PART;
        words.set(part, { words: [...known, candidate].sort((a, b) => b.word.length - a.word.length), ordinal });
      }
    }
  });
  for (const ordinal of ordinalsOf(profile)) {
    for (const part of spellings(ordinal)) words.set(part, { ...(words.get(part) ?? NO_PART), ordinal });
  }
  return words;
}

export function ordinalsOf({ ordinals }: Profile): readonly string[] {
  return Object.keys(ordinals).map((word) => word.normalize("NFC"));
}

/** Up to what is no letter. */
function firstPart(text: string): string {
  if (text.startsWith("§")) return "§";
  let end = 0;
  while (end < text.length && !endsPart(text.charCodeAt(end))) end += 1;
  return end === text.length ? text : text.slice(0, end);
}

/** All of ASCII but letters, and the dashes. */
function endsPart(code: number): boolean {
  if (code < 0x80) return !((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a));
  return code === 0xa0 || (code >= 0x2010 && code <= 0x2015);
}

/** Small, with a capital, in capitals; only those that are the same word again in small letters. */
function spellings(word: string): readonly string[] {
  const written = new Set([word, word.slice(0, 1).toUpperCase() + word.slice(1), word.toUpperCase()]);
  return [...written].filter((one) => one.toLowerCase() === word);
}

export type FoundWord = Omit<LabelWord, "usual"> & {
  /** Characters up to the end of the word, those of an ordinal before it included. */
  readonly end: number;
  /** `erster` in `Erster Abschnitt`. */
  readonly ordinal: string | null;
  /** As it stands in the text. */
  readonly written: string;
};

/** The label word with which a text begins, with an ordinal before it where there is one. */
export function findWord(words: LabelWords, text: string): FoundWord | null {
  const first = firstPart(text);
  const begin = beginningOf(words, first);
  if (begin.ordinal === null || text[first.length] !== " ") return findAt(begin, text, 0);
  const at = first.length + 1;
  const found = findAt(beginningOf(words, firstPart(text.slice(at))), text, at);
  return found === null ? null : { ...found, ordinal: begin.ordinal };
}

function beginningOf(words: LabelWords, part: string): BeginningPart {
  return words.get(part) ?? words.get(part.toLowerCase()) ?? NO_PART;
}

function findAt({ words }: BeginningPart, text: string, at: number): FoundWord | null {
  for (const { word, usual, level } of words) {
    const end = at + word.length;
    const written = text.startsWith(usual, at) ? usual : text.slice(at, end);
    if ((written !== usual && written.toLowerCase() !== word) || isLetter(text, end)) continue;
    return { word, level, end, written, ordinal: null };
  }
  return null;
}

const LETTER = /[\p{L}\p{M}]/u;

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  if (code < 0x80 || Number.isNaN(text.charCodeAt(at))) return code >= 0x61 && code <= 0x7a;
  return LETTER.test(text.charAt(at));
}
