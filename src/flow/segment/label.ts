/**
 * segment/label: whether the text of a line is a label of the profile, and what it says: level, number, heading.
 *
 * A profile is compiled once into one expression for its words and a table of how they may begin. A label is a word in
 * capitals or with a capital, its number, and then a mark, the line's end, or markup: "Điều 12 của Luật này" is prose.
 * It reads one line and decides nothing that needs another. Called by named.ts.
 */
import type { Level, Profile } from "../profiles/profile.ts";
import { findWord, type LabelWords, labelWords, ordinalsOf } from "./label-word.ts";
import { type Line, withoutEmphasis } from "./line.ts";
import { alternatives, type LabelNumber, type NumberReader, numberReader } from "./number.ts";
import { WordStarts } from "./word-starts.ts";

export type Compiled = {
  readonly profile: Profile;
  readonly wordStarts: WordStarts;
  readonly words: LabelWords;
  readonly bare: readonly number[];
  readonly readNumber: NumberReader;
  readonly continuing: RegExp | null;
  readonly titles: ReadonlySet<string>;
};

export type ReadLabel = {
  readonly line: Line;
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
  const bare: number[] = [];
  const starts = [...profile.listTitles, ...ordinalsOf(profile)];
  profile.levels.forEach(({ label }, level) => {
    if (label.form === "bare") bare.push(level);
    if (label.form === "enumerator") starts.push(...(label.after ?? []));
    if (label.form === "word") starts.push(...label.words);
  });
  const { continuing } = profile;
  return {
    ...{ profile, words: labelWords(profile), bare },
    ...{ wordStarts: new WordStarts(starts), readNumber: numberReader(profile) },
    continuing:
      continuing.length === 0 ? null : new RegExp(`(?:^|[^\\p{L}\\p{M}])(?:${alternatives(continuing)})$`, "u"),
    titles: new Set(profile.listTitles),
  };
}

const FOOTNOTE_MARKS = /^(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]+|\[\^[\w-]+\])/;
const DOTTED_FOOTNOTE_MARK = /^([.:]) ?(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]+|\[\^[\w-]+\])(?=\s|$)/;

/** Null where the text is no label. */
export function readLabel(compiled: Compiled, raw: string, line: Line): ReadLabel | null {
  const whole = withoutEmphasis(raw);
  const first = findWord(compiled.words, whole);
  const text = first === null && line.markup === "heading" ? withoutPrefix(whole, compiled) : whole;
  const found = first ?? (text === whole ? null : findWord(compiled.words, text));
  if (found === null) return line.markup === "heading" ? readBare(compiled, text, line) : null;
  const { written, end: at } = found;
  if (line.markup !== "heading" && written === found.word && written !== written.toUpperCase()) return null;
  const level = compiled.profile.levels[found.level];
  if (level?.label.form !== "word") return null;
  const head = { index: found.level, level, line, isBoldAlone: isBoldAlone(raw, line), text, end: at } as const;
  if (found.ordinal !== null) {
    const value = compiled.profile.ordinals[found.ordinal] ?? null;
    return finish(head, { number: String(value), value, written: "word" });
  }
  const gap = gapAfter(text, at, line);
  const isNumbered = level.label.number !== "none" && (gap > 0 || written.startsWith("§"));
  const number = isNumbered ? compiled.readNumber(text.slice(at + gap)) : null;
  // An article's number may be one letter; two are a word: `ĐIỀU LỆ`, `ARTICLE OF`.
  if (level.role === "leaf" && number?.written === "letter" && number.length > 1) return null;
  if (number !== null) return ranged({ ...head, end: at + gap + number.length }, number);
  if (level.label.number === "required") return null;
  return finish(head, { number: null, value: null, written: "none" });
}

/** Characters between word and number: blanks and dots, in a heading also a colon. */
function gapAfter(text: string, at: number, { markup }: Line): number {
  const next = text.charCodeAt(at + 1);
  if (text.charCodeAt(at) === 0x20 && next >= 0x30 && next !== 0x3a) return 1;
  return (markup === "heading" ? /^(?:\s:)?[.\s]*/ : /^[.\s]*/).exec(text.slice(at))?.[0].length ?? 0;
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

const RANGE = /^ ?(?:bis|und|à|et|to|and|đến|–|-) ?(\d+(?:\.\d+)*[a-z]?)(?![\p{L}\d])/u;

/** `§§ 3 bis 6`: one unit for all of them. */
function ranged(head: Head, number: LabelNumber): ReadLabel | null {
  if (!head.text.startsWith("§§")) return finish(head, number);
  const to = RANGE.exec(head.text.slice(head.end));
  if (to === null || number.number === null) return finish(head, number);
  return finish({ ...head, end: head.end + to[0].length }, { ...number, number: `${number.number}-${to[1] ?? ""}` });
}

function finish(head: Head, { number, value, written }: Numbered): ReadLabel | null {
  const { text, end, index: level } = head;
  const label = text.slice(0, end);
  const rest = classifyRest(withoutFootnoteMark(text.slice(end)), head);
  if (rest === null) return null;
  return {
    line: head.line,
    level,
    number,
    value,
    written,
    label: label.includes("  ") ? label.replace(/\s+/g, " ") : label,
    rest: rest.rest,
    restIs: rest.restIs,
  };
}

/** The mark stands before the dot, or after it: `Điều 4[2]. Tên`, `Điều 4.[2] Tên`. */
function withoutFootnoteMark(text: string): string {
  const first = text.charCodeAt(0);
  if (first === 0x5b || first > 0xa0) return text.replace(FOOTNOTE_MARKS, "");
  const next = text.charCodeAt(text.charCodeAt(1) === 0x20 ? 2 : 1);
  return next === 0x5b || next > 0xa0 ? text.replace(DOTTED_FOOTNOTE_MARK, "$1") : text;
}

const ALONE = { rest: null, restIs: "alone" } as const;

type Rest = Pick<ReadLabel, "rest" | "restIs">;

/** What a label may be followed by; null for prose. */
function classifyRest(text: string, head: Head): Rest | null {
  if (text === "") return ALONE;
  const first = text.charCodeAt(0);
  // In a heading nearly always: a blank and a word.
  if (first === 0x20 && head.line.markup === "heading" && /^ [A-Za-z\u00c0-\u024f]/.test(text)) {
    return { rest: text.slice(1), restIs: "spaced" };
  }
  if (/^[\s.:\-–—]*$/.test(text)) return ALONE;
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
  return /^\s{2,}/.test(text) || (word.length > 2 && word === word.toUpperCase()) || isTitleLike(text);
}

/** `Article 1 Subject-matter and objectives`: short, a word with a capital first, and no end of a sentence. */
function isTitleLike(text: string): boolean {
  return text.length <= 100 && /^\s\p{Lu}\p{Ll}/u.test(text) && !/[.;:,]$/.test(text);
}

/** Whether the bold text is the label and nothing else: `**Section. 1.**  All legislative Powers`. */
function isBoldAlone(raw: string, { markup }: Line): "yes" | "no" {
  if (markup !== "bold") return "no";
  const closes = raw.search(/\*\*|__/);
  return closes !== -1 && closes < 60 && /\S/.test(raw.slice(closes + 2)) ? "yes" : "no";
}

/** Without `(XXXX)` and the like, and without bold words that stand before the label in one heading. */
function withoutPrefix(text: string, compiled: Compiled): string {
  const prefix = compiled.profile.prefixes.find((known) => text.startsWith(known));
  if (prefix !== undefined) return text.slice(prefix.length).trimStart();
  const [, inside] = /^\p{Lu}[\p{Lu}\s,:;&'’()-]{8,}?\s(\p{Lu}{3,}\s[\dIVXLC]+\s.*)$/su.exec(text) ?? [];
  return inside !== undefined && findWord(compiled.words, inside) !== null ? inside : text;
}

function readBare({ profile, bare, readNumber }: Compiled, text: string, line: Line): ReadLabel | null {
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
      line,
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
