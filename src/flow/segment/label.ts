/**
 * segment/label: whether the text of a line is a label of the profile, and what it says: level, number, heading.
 *
 * A profile is compiled once into one expression for its words and a table of how they may begin. A label is a word in
 * capitals or with a capital, its number, and then a mark, the line's end, or markup: "Điều 12 của Luật này" is prose.
 * It reads one line and decides nothing that needs another. Called by named.ts.
 */
import type { Level, Profile } from "../profiles/profile.ts";
import { type Line, withoutEmphasis } from "./line.ts";
import { alternatives, type LabelNumber, type NumberReader, numberReader } from "./number.ts";

export type Compiled = {
  readonly profile: Profile;
  readonly wordStarts: Uint8Array;
  readonly words: RegExp | null;
  /** By the word in small letters: index into the profile's levels. */
  readonly levelOfWord: ReadonlyMap<string, number>;
  readonly bare: readonly number[];
  readonly readNumber: NumberReader;
  readonly continuing: RegExp | null;
  readonly titles: ReadonlySet<string>;
};

export type ReadLabel = {
  /** Index into the profile's levels. */
  readonly level: number;
  readonly number: string | null;
  readonly value: number | null;
  readonly written: LabelNumber["written"];
  /** As the document writes it: `Điều 5`. */
  readonly label: string;
  /** What follows on the line; null for a label alone. */
  readonly rest: string | null;
  readonly restIs: "alone" | "separated" | "spaced" | "remark";
};

export function compile(profile: Profile): Compiled {
  const levelOfWord = new Map<string, number>();
  const bare: number[] = [];
  const starts = [...profile.listTitles, ...Object.keys(profile.ordinals)];
  profile.levels.forEach(({ label }, index) => {
    if (label.form === "bare") bare.push(index);
    if (label.form !== "word") return;
    for (const word of label.words) levelOfWord.set(word.normalize("NFC").toLowerCase(), index);
    starts.push(...label.words);
  });
  const words = [...levelOfWord.keys()];
  const ordinals = Object.keys(profile.ordinals);
  const before = ordinals.length === 0 ? "()" : `(?:(${alternatives(ordinals)}) )?`;
  const pattern = `^${before}(${alternatives(words)})(?![\\p{L}\\p{M}])`;
  const { continuing } = profile;
  return {
    ...{ profile, levelOfWord, bare, wordStarts: startTable(starts), readNumber: numberReader(profile) },
    words: words.length === 0 ? null : new RegExp(pattern, "iu"),
    continuing:
      continuing.length === 0 ? null : new RegExp(`(?:^|[^\\p{L}\\p{M}])(?:${alternatives(continuing)})$`, "iu"),
    titles: new Set(profile.listTitles),
  };
}

/** A 1 at each pair of bytes with which a word may begin, composed or not, with a capital or in capitals. */
function startTable(words: readonly string[]): Uint8Array {
  const table = new Uint8Array(65_536);
  for (const word of words) {
    const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
    for (const written of [word, capital, word.toUpperCase()]) {
      for (const form of ["NFC", "NFD"] as const) {
        const [first = 0, second = 0] = new TextEncoder().encode(written.normalize(form));
        if (written !== word || word === capital) table[(first << 8) | second] = 1;
      }
    }
  }
  return table;
}

const FOOTNOTE_MARKS = /^(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]+|\[\^[\w-]+\])/;

/** Null where the text is no label. */
export function readLabel(compiled: Compiled, raw: string, line: Line): ReadLabel | null {
  const text = withoutPrefix(withoutEmphasis(raw), compiled, line);
  const found = compiled.words?.exec(text) ?? null;
  if (found === null) return line.markup === "heading" ? readBare(compiled, text) : null;
  const [all, ordinal, word = ""] = found;
  if (line.markup !== "heading" && word === word.toLowerCase() && word !== word.toUpperCase()) return null;
  const index = compiled.levelOfWord.get(word.toLowerCase());
  const level = index === undefined ? undefined : compiled.profile.levels[index];
  if (index === undefined || level?.label.form !== "word") return null;
  const head = { index, level, line, isBoldAlone: isBoldAlone(raw, line) } as const;
  if (ordinal !== undefined && ordinal !== "") {
    const value = compiled.profile.ordinals[ordinal.toLowerCase()] ?? null;
    return finish({ ...head, text, end: all.length }, { number: String(value), value, written: "word" });
  }
  const gap = /^[.\s]*/.exec(text.slice(all.length))?.[0] ?? "";
  const at = all.length + gap.length;
  const number =
    level.label.number === "none" || (gap === "" && word !== "§" && word !== "§§")
      ? null
      : compiled.readNumber(text.slice(at));
  if (number !== null) return ranged({ ...head, text, end: at + number.length }, number);
  if (level.label.number === "required") return null;
  return finish({ ...head, text, end: all.length }, { number: null, value: null, written: "none" });
}

type Head = {
  readonly index: number;
  readonly level: Level;
  readonly line: Line;
  readonly isBoldAlone: "yes" | "no";
  readonly text: string;
  /** Where the label ends in the text. */
  readonly end: number;
};
type Numbered = Pick<LabelNumber, "number" | "value" | "written">;

const RANGE = /^ ?(?:bis|und|à|et|to|and|đến|–|-) ?(\d+[a-z]?)(?![\p{L}\d])/u;

/** `§§ 3 bis 6`: one unit for all of them. */
function ranged(head: Head, number: LabelNumber): ReadLabel | null {
  const to = head.line.markup === "heading" ? RANGE.exec(head.text.slice(head.end)) : null;
  if (to === null || number.number === null || !head.text.startsWith("§§")) return finish(head, number);
  return finish({ ...head, end: head.end + to[0].length }, { ...number, number: `${number.number}-${to[1] ?? ""}` });
}

function finish(head: Head, { number, value, written }: Numbered): ReadLabel | null {
  const label = head.text.slice(0, head.end).replace(/\s+/g, " ");
  const rest = classifyRest(head.text.slice(head.end).replace(FOOTNOTE_MARKS, ""), head);
  return rest === null ? null : { level: head.index, number, value, written, label, ...rest };
}

type Rest = Pick<ReadLabel, "rest" | "restIs">;

/** What a label may be followed by; null for prose. */
function classifyRest(text: string, head: Head): Rest | null {
  if (/^[\s.:\-–—]*$/.test(text)) return { rest: null, restIs: "alone" };
  const footnoted = /^\.\d{1,3}\s+(?=[\p{Lu}“"«(])/u.exec(text);
  if (footnoted !== null) return { rest: text.slice(footnoted[0].length).trim(), restIs: "separated" };
  // A mark with a blank, a capital, a bracket, a quotation or another mark after it; not `I.docx`, not `-1`.
  const [, marked] = /^\s*(?:[.:]|[-–—]{1,2})\s*[-–—]*(?=[\s\p{Lu}([“"«*])\s*(\S.*)$/su.exec(text) ?? [];
  if (marked !== undefined) return { rest: marked.trim(), restIs: "separated" };
  if (!/^\s/.test(text)) return null;
  const rest = text.trim();
  const isRemark = rest.startsWith("(") && rest.endsWith(")");
  if (head.line.markup === "heading") return { rest, restIs: isRemark ? "remark" : "spaced" };
  if (isRemark) return { rest, restIs: "remark" };
  if (head.isBoldAlone === "yes") return { rest, restIs: "spaced" };
  return isSpacedHeading(text, head) ? { rest, restIs: "spaced" } : null;
}

/** `PART 1 Interpretation`, `§ 3 Begriffe`, `Chapter 2   Scope`; not `Section 5 of this Act` nor `§ 5 Abs. 2`. */
function isSpacedHeading(text: string, { level, text: whole }: Head): boolean {
  if (level.label.form !== "word" || level.label.divider === "mark") return false;
  if (!/^\s+[\p{Lu}[“"«(]/u.test(text)) return false;
  const word = /^\S+/.exec(whole)?.[0] ?? "";
  if (word.startsWith("§"))
    return !/^\s+(?:Abs|Absatz|Absätze|Satz|Nr|Nummer|\p{Lu}{2,}\p{L}*)(?![\p{Ll}])/u.test(text);
  return /^\s{2,}/.test(text) || (word.length > 2 && word === word.toUpperCase());
}

/** Whether the bold text is the label and nothing else: `**Section. 1.**  All legislative Powers`. */
function isBoldAlone(raw: string, { markup }: Line): "yes" | "no" {
  const closes = raw.search(/\*\*|__/);
  return markup === "bold" && closes !== -1 && closes < 60 && /\S/.test(raw.slice(closes + 2)) ? "yes" : "no";
}

/** Without `(XXXX)` and the like, and without bold words that stand before the label in one heading. */
function withoutPrefix(text: string, { profile, words }: Compiled, { markup }: Line): string {
  if (markup !== "heading") return text;
  const prefix = profile.prefixes.find((known) => text.startsWith(known));
  if (prefix !== undefined) return text.slice(prefix.length).trimStart();
  if (words === null || words.test(text)) return text;
  const [, inside] = /^\p{Lu}[\p{Lu}\s,:;&'’()-]{8,}?\s(\p{Lu}{3,}\s[\dIVXLC]+\s.*)$/su.exec(text) ?? [];
  return inside !== undefined && words.test(inside) ? inside : text;
}

function readBare({ profile, bare, readNumber }: Compiled, text: string): ReadLabel | null {
  for (const index of bare) {
    const level = profile.levels[index];
    if (level?.label.form !== "bare") continue;
    const number = readNumber(text);
    if (number === null || number.written !== level.label.number) continue;
    const after = text.slice(number.length);
    const rest =
      level.label.number === "arabic" ? /^\.?\s+(\S.*)$/s.exec(after) : /^\.?\s+[-–—]\s+(\S.*)$/s.exec(after);
    if (rest === null) continue;
    const { number: digits, value, written } = number;
    return {
      level: index,
      number: digits,
      value,
      written,
      label: text.slice(0, number.length),
      rest: rest[1] ?? "",
      restIs: "spaced",
    };
  }
  return null;
}
