/**
 * segment/enumerator: list marks at a line's start: `1.`, `(2)`, `(a)`, `đ)`, `1°`, and what each may mean.
 *
 * Reads marks and tells their order; whether a mark is a unit is decided where its neighbours are known. `11a.3` is
 * clause 11a with a footnote mark. Pure. Called by nesting.ts.
 */
import type { EnumeratorStyle } from "../profiles/profile.ts";
import { romanValue } from "./number.ts";

export type Mark = {
  readonly style: EnumeratorStyle;
  /** As the document has it: `11a`, `iv`, `đ`. */
  readonly number: string;
  /** For order: 11a is a little more than 11. */
  readonly value: number;
  /** Characters of the mark in the text, blanks after it included. */
  readonly length: number;
};

const EMPHASIS = "[*_]{0,3}";
const DIGITS = String.raw`(\d{1,3}[A-Za-zđ]{0,2})`;

type Pattern = { readonly style: EnumeratorStyle; readonly expression: RegExp };

const IN_PARENTHESES: readonly Pattern[] = [
  { style: "(1)", expression: new RegExp(`^\\(${EMPHASIS}${DIGITS}${EMPHASIS}\\)\\s*`, "u") },
  { style: "(i)", expression: new RegExp(`^\\(${EMPHASIS}([ivxlc]{1,7})${EMPHASIS}\\)\\s*`, "u") },
  { style: "(a)", expression: new RegExp(`^\\(${EMPHASIS}(\\p{Ll}{1,3})${EMPHASIS}\\)\\s*`, "u") },
  { style: "(I)", expression: new RegExp(`^\\(${EMPHASIS}([IVXLC]{1,7})${EMPHASIS}\\)\\s*`, "u") },
  { style: "(A)", expression: new RegExp(`^\\(${EMPHASIS}(\\p{Lu}{1,3})${EMPHASIS}\\)\\s*`, "u") },
];

/** After the dot: a blank, the end, a footnote mark and a blank, or a capital that was glued to it. */
const AFTER_DOT = `(?:\\d{1,3}(?=\\s)|(?=\\p{Lu})|(?=[\\s(\\[“"«]|$))`;

const WITH_DIGITS: readonly Pattern[] = [
  { style: "1.", expression: new RegExp(`^${DIGITS}\\.${EMPHASIS}${AFTER_DOT}\\s*`, "u") },
  { style: "1)", expression: new RegExp(`^${DIGITS}\\)(?=\\s|$|\\p{L})\\s*`, "u") },
  { style: "1°", expression: /^(\d{1,3})°\s*/u },
];

const WITH_LETTERS: readonly Pattern[] = [
  { style: "a)", expression: /^(\p{L}{1,2}\d?)\)(?:\[?\d{1,3}\]?(?=\s)|(?=[\s\p{L}“"«(]|$))\s*/u },
  { style: "I.-", expression: /^([IVXL]{1,6})(?: ?\. ?[-–—]|\.(?=\s)| [-–—])\s*/u },
];

/** `**12.**—(1) …`: the section's own number again, before its first mark. */
const OWN_NUMBER = /^[*_]{0,3}\d{1,4}[A-Za-z]{0,3}\.?[*_]{0,3}\s*[—–-]{1,2}\s*(?=\()/u;

/** Every reading of the mark at the start of a text, in the profile's styles; none where there is no mark. */
export function readMarks(text: string, styles: ReadonlySet<EnumeratorStyle>, alphabet: string): readonly Mark[] {
  const marks: Mark[] = [];
  const skipped = skippedBefore(text);
  const rest = skipped === 0 ? text : text.slice(skipped);
  for (const { style, expression } of patternsFor(rest.charCodeAt(0))) {
    if (!styles.has(style)) continue;
    const found = expression.exec(rest);
    const number = found?.[1];
    if (found === null || number === undefined) continue;
    const value = markValue(number, style, alphabet);
    if (value !== null) marks.push({ style, number, value, length: skipped + found[0].length });
  }
  return marks;
}

function patternsFor(first: number): readonly Pattern[] {
  if (first === 0x28) return IN_PARENTHESES;
  return first >= 0x30 && first <= 0x39 ? WITH_DIGITS : WITH_LETTERS;
}

function skippedBefore(text: string): number {
  const first = text.charCodeAt(0);
  const isEmphasis = first === 0x2a || first === 0x5f;
  if (!isEmphasis && !(first >= 0x30 && first <= 0x39)) return 0;
  const own = OWN_NUMBER.exec(text)?.[0].length ?? 0;
  if (own > 0 || !isEmphasis) return own;
  return /^[*_]{1,3}(?=[\d\p{L}(])/u.exec(text)?.[0].length ?? 0;
}

function markValue(number: string, style: EnumeratorStyle, alphabet: string): number | null {
  if (style === "(i)" || style === "(I)" || style === "I.-") return romanValue(number);
  if (style === "a)" || style === "(a)" || style === "(A)") return letterValue(number.toLowerCase(), alphabet);
  const [, digits = "", letters = ""] = /^(\d+)(.*)$/.exec(number) ?? [];
  return digits === "" ? null : Number(digits) + suffixValue(letters.toLowerCase());
}

function suffixValue(letters: string): number {
  let value = 0;
  let weight = 0.01;
  for (const letter of letters) {
    value += (letter === "đ" ? 4.5 : letter.charCodeAt(0) - 96) * weight;
    weight /= 100;
  }
  return value;
}

/** `b` 2, `b1` a little more, `aa` a little more than `a`. */
function letterValue(letters: string, alphabet: string): number | null {
  const [first = "", second = ""] = letters;
  const value = alphabet.indexOf(first) + 1;
  if (value === 0) return null;
  if (second === "") return value;
  const more = /\d/.test(second) ? Number(second) : alphabet.indexOf(second) + 1;
  return more === 0 ? null : value + more * 0.01;
}

/** Whether a mark can follow another one of its list: the next, an inserted one, or the next after a few missing. */
export function follows(last: number, next: number, gap: number): boolean {
  return next > last && Math.floor(next) <= Math.floor(last) + gap;
}
