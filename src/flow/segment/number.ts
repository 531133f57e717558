/**
 * segment/number: how the number of a label is read: Arabic, Roman, words, letters, and what belongs to them.
 *
 * Numbers come out in Arabic digits with their letters kept: `IV a` → `4a`, `28A`, `68-1`, `XI bis` → `11 bis`,
 * `Ier` → `1`, `12¹` → `12-1`, `9.1.LQ.1`. A number also has a value, so that order can be told. Pure. Called by
 * label.ts.
 */

export type LabelNumber = {
  /** Null for a word in the number's place: `Titre préliminaire`. */
  readonly number: string | null;
  /** For order only: 28A is a little more than 28. Null where there is none, as in composite numbers. */
  readonly value: number | null;
  /** Characters that the number takes up. */
  readonly length: number;
  readonly written: "arabic" | "roman" | "word" | "letter" | "composite" | "none";
};

export type NumberRules = {
  readonly ordinals: Readonly<Record<string, number>>;
  readonly ordinalMarks: readonly string[];
  readonly suffixes: readonly string[];
  readonly unnumbered: readonly string[];
  readonly numbers: "dotted" | "whole";
  readonly capitals: "suffix" | "text";
  readonly superscripts: "number" | "footnote";
  readonly alphabet: string;
};

export type NumberReader = (text: string) => LabelNumber | null;

/** What nearly all numbers are: digits, and then a blank, a mark with a blank, or nothing. */
const SIMPLE = /^\d{1,5}(?=$|[.:]?(?:\s[^A-Z]|\s[A-Z]\S|$))/;
const COMPOSITE = /^\d{1,4}(?:\.\d{1,4})*\.\p{Lu}{2,4}(?:\.\d{1,4}\p{Ll}{0,2})+(?![\p{L}\d])/u;
const PARENTHESISED = /^\((\d{1,4})\)/;
const LETTERS = /^(\p{Lu}{1,2})(?![\p{L}\p{M}\d])/u;
const ROMAN = /^([IVXLCDMivxlcdm]+)(?:er|ère|re|ème|e|°)?(?![\p{L}\p{M}])/u;
const SUFFIX_LETTER = /^ ?([a-zđ])(?![\p{L}\p{M})'’])/u;

/** Compiles what a profile says of numbers. The text is NFC, and begins where the number would. */
export function numberReader(rules: NumberRules): NumberReader {
  const words = wordPattern(rules);
  const joint = rules.numbers === "dotted" ? "[-–‑.]" : "[-–‑]";
  const tail = `(?:${joint}\\d{1,4}[A-Za-z]{0,2}(?![\\p{L}]))*`;
  const arabic = new RegExp(
    `^((?:[LRDA]\\*?\\.? ?)?\\d{1,5})(er|ère|o|°)?([A-Za-zđĐ]{1,3})?(?![\\p{L}])(${tail})`,
    "u",
  );
  const suffix =
    rules.suffixes.length === 0 ? null : new RegExp(`^[ -]?(${alternatives(rules.suffixes)})(?![\\p{L}])`, "iu");
  const read: NumberReader = (text) => {
    if (isDigits(text)) return plain(text, text.length);
    const simple = SIMPLE.exec(text);
    if (simple !== null && suffix?.test(text.slice(simple[0].length)) !== true)
      return plain(simple[0], simple[0].length);
    const composite = COMPOSITE.exec(text);
    if (composite !== null)
      return { number: composite[0], value: null, length: composite[0].length, written: "composite" };
    const parenthesised = PARENTHESISED.exec(text);
    if (parenthesised !== null) return plain(parenthesised[1] ?? "", parenthesised[0].length);
    return (
      readArabic(text, arabic, suffix) ??
      readWord(text, words, rules) ??
      readRoman(text, suffix) ??
      readLetters(text, rules)
    );
  };
  return (text) => withInserted(read(text), text, rules);
}

/** `A`, `AA` after a number: only before the end or a mark with a blank, so that `4 A la demande` stays text. */
const CAPITALS = /^ (\p{Lu}{1,2})(?=\s*(?:$|[.:](?:\s|$)|[-–—]))/u;
const SUPERSCRIPT = /^(?:<sup>\s*(\d{1,3})\s*<\/sup>|([¹²³⁰⁴-⁹]{1,3}))/u;
const SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What numbers an inserted article beside its number: French `4 bis A`, Russian `12¹`. */
function withInserted(
  read: LabelNumber | null,
  text: string,
  { capitals, superscripts }: NumberRules,
): LabelNumber | null {
  if (read === null || read.value === null || read.written !== "arabic") return read;
  if (read.length === text.length) return read;
  const rest = text.slice(read.length);
  const [all = "", letters = ""] = (capitals === "suffix" ? CAPITALS.exec(rest) : null) ?? [];
  if (letters !== "") {
    const value = read.value + fraction(letters) / 10;
    return { ...read, number: `${read.number} ${letters}`, value, length: read.length + all.length };
  }
  const [raised = "", tagged, written = ""] = (superscripts === "number" ? SUPERSCRIPT.exec(rest) : null) ?? [];
  if (raised === "") return read;
  const digits = tagged ?? [...written].map((digit) => SUPERSCRIPT_DIGITS.indexOf(digit)).join("");
  const value = read.value + tailValue(`-${digits}`);
  return { ...read, number: `${read.number}-${digits}`, value, length: read.length + raised.length };
}

const MOST_DIGITS = 5;

/** Whether a text is digits and nothing else, as after `##### Article `. */
function isDigits(text: string): boolean {
  if (text.length > MOST_DIGITS) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}

function plain(digits: string, length: number): LabelNumber {
  return { number: String(Number(digits)), value: Number(digits), length, written: "arabic" };
}

function readArabic(text: string, arabic: RegExp, suffix: RegExp | null): LabelNumber | null {
  const found = arabic.exec(text);
  if (found === null) return null;
  const [all, main = "", , letters = "", tail = ""] = found;
  const word = letters === "" && tail === "" ? afterSuffix(text.slice(all.length), suffix) : null;
  const digits = main.replace(/^0+(?=\d)/, "").replace(/[* ]/g, "");
  const number = `${digits}${letters}${tail.replace(/[–‑]/g, "-")}${word === null ? "" : ` ${word.word}`}`;
  const value = Number(main.replace(/\D/g, "")) + fraction(letters) + (word === null ? 0 : 0.5) + tailValue(tail);
  return { number, value, length: all.length + (word?.length ?? 0), written: "arabic" };
}

function tailValue(tail: string): number {
  const [, first = "0"] = /\d+/.exec(tail) ?? ["", ""];
  return tail === "" ? 0 : Math.min(0.9, (Number(/\d+/.exec(tail)?.[0] ?? first) || 0) / 10_000 + 0.0001);
}

function fraction(letters: string): number {
  let value = 0;
  let weight = 0.01;
  for (const letter of letters.toLowerCase()) {
    value += (letter === "đ" ? 4.5 : letter.charCodeAt(0) - 96) * weight;
    weight /= 100;
  }
  return value;
}

function readWord(text: string, words: RegExp | null, rules: NumberRules): LabelNumber | null {
  const found = words?.exec(text);
  if (found === null || found === undefined) return null;
  const word = (found[1] ?? "").toLowerCase();
  const value = rules.ordinals[word];
  if (value !== undefined) return { number: String(value), value, length: found[0].length, written: "word" };
  return { number: null, value: null, length: found[0].length, written: "none" };
}

function wordPattern({ ordinals, ordinalMarks, unnumbered }: NumberRules): RegExp | null {
  const words = [...Object.keys(ordinals), ...unnumbered];
  if (words.length === 0) return null;
  const marks = ordinalMarks.length === 0 ? "" : `(?:(?:${alternatives(ordinalMarks)}) )?`;
  return new RegExp(`^${marks}(${alternatives(words)})(?![\\p{L}\\p{M}])`, "iu");
}

function readRoman(text: string, suffix: RegExp | null): LabelNumber | null {
  const found = ROMAN.exec(text);
  const [all, numeral = ""] = found ?? [""];
  if (found === null || /^[CDLM]$/.test(numeral) || numeral !== numeral.toUpperCase()) return glued(text, suffix);
  const value = romanValue(numeral);
  if (value === null) return glued(text, suffix);
  return withTail(text, { value, length: all.length }, suffix);
}

/** `VIIIa`: a small letter right after the numeral. */
function glued(text: string, suffix: RegExp | null): LabelNumber | null {
  const [, numeral = "", letter = ""] = /^([IVXL]+)([a-z])(?![\p{L}\p{M}])/u.exec(text) ?? [];
  const value = romanValue(numeral);
  if (value === null || letter === "") return null;
  const more = afterSuffix(text.slice(numeral.length + 1), suffix);
  return {
    number: `${value}${letter}`,
    value: value + fraction(letter),
    length: numeral.length + 1 + (more?.length ?? 0),
    written: "roman",
  };
}

function withTail(
  text: string,
  { value, length }: { readonly value: number; readonly length: number },
  suffix: RegExp | null,
): LabelNumber {
  const word = afterSuffix(text.slice(length), suffix);
  if (word !== null)
    return { number: `${value} ${word.word}`, value: value + 0.5, length: length + word.length, written: "roman" };
  const [all = "", letter = ""] = SUFFIX_LETTER.exec(text.slice(length)) ?? [];
  if (letter !== "")
    return {
      number: `${value}${letter}`,
      value: value + fraction(letter),
      length: length + all.length,
      written: "roman",
    };
  const [tail = ""] = /^-\d{1,3}(?!\d)/.exec(text.slice(length)) ?? [];
  return { number: `${value}${tail}`, value: value + tailValue(tail), length: length + tail.length, written: "roman" };
}

function afterSuffix(rest: string, suffix: RegExp | null): { readonly word: string; readonly length: number } | null {
  const found = suffix?.exec(rest);
  if (found === null || found === undefined) return null;
  return { word: (found[1] ?? "").toLowerCase(), length: found[0].length };
}

/** Of the alphabet in which points are counted, or of ASCII: `LỆ` is a word. */
function readLetters(text: string, { alphabet }: NumberRules): LabelNumber | null {
  const [all = "", letters = ""] = LETTERS.exec(text) ?? [];
  const isCounted = [...letters].every((letter) => /[A-Z]/.test(letter) || alphabet.includes(letter.toLowerCase()));
  if (letters === "" || !isCounted) return null;
  return {
    number: letters,
    value: letters.length === 1 ? letters.charCodeAt(0) - 64 : null,
    length: all.length,
    written: "letter",
  };
}

const ROMAN_DIGITS: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };
const WELL_FORMED = /^M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,4})$/;

/** The value of a well-formed numeral, in either case, else null. */
export function romanValue(numeral: string): number | null {
  const upper = numeral.toUpperCase();
  if (upper === "" || !WELL_FORMED.test(upper)) return null;
  let value = 0;
  for (let index = 0; index < upper.length; index += 1) {
    const here = ROMAN_DIGITS[upper[index] ?? ""] ?? 0;
    const next = ROMAN_DIGITS[upper[index + 1] ?? ""] ?? 0;
    value += here < next ? -here : here;
  }
  return value;
}

/** For a regular expression, longest first. */
export function alternatives(words: readonly string[]): string {
  const sorted = [...words].sort((a, b) => b.length - a.length);
  return sorted.map((word) => word.normalize("NFC").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
}
