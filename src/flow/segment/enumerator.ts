/**
 * segment/enumerator: list marks at a line's start: `1.`, `(2)`, `(a)`, `đ)`, `1°`, and what each may mean.
 *
 * Reads marks and tells their order; whether a mark is a unit is decided where its neighbours are known. `11a.3` is
 * clause 11a with a footnote mark. By character, not by expression: a code has tens of thousands of them. Pure. Called
 * by nesting.ts.
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

/** What marks a profile has, and the order of its letters. */
export type MarkRules = { readonly styles: ReadonlySet<EnumeratorStyle>; readonly alphabet: string };

type Found = { readonly number: string; readonly length: number };

const NO_MARKS: readonly Mark[] = [];

/** Every reading of the mark at the start of a text, in the profile's styles; none where there is no mark. */
export function readMarks(text: string, rules: MarkRules): readonly Mark[] {
  const start = skippedBefore(text);
  const first = text.charCodeAt(start);
  if (first === OPEN) return inParentheses(text, start, rules);
  return isDigit(first) ? withDigits(text, start, rules) : withLetters(text, start, rules);
}

const [OPEN, CLOSE, DOT, DEGREE, STAR, UNDERSCORE, SPACE] = [0x28, 0x29, 0x2e, 0xb0, 0x2a, 0x5f, 0x20];
const D_WITH_STROKE = 0x111;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSmall(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || code === D_WITH_STROKE;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

const LONGEST_EMPHASIS = 6;

function skipEmphasis(text: string, at: number): number {
  let here = at;
  while (here < at + LONGEST_EMPHASIS && (text.charCodeAt(here) === STAR || text.charCodeAt(here) === UNDERSCORE))
    here += 1;
  return here;
}

function skipSpaces(text: string, at: number): number {
  let here = at;
  while (text.charCodeAt(here) === SPACE) here += 1;
  return here;
}

/** `**12.**—(1) …`, `**12.—**(1) …`: the section's own number again, before its first mark. */
const OWN_NUMBER = /^[*_]{0,3}\d{1,4}[A-Za-z]{0,3}\.?[*_]{0,3}\s*[—–-]{1,2}[*_]{0,3}\s*(?=\()/u;

function skippedBefore(text: string): number {
  const start = skipEmphasis(text, 0);
  if (isDigit(text.charCodeAt(start))) {
    const own = text.includes("—") || text.includes("–") ? (OWN_NUMBER.exec(text)?.[0].length ?? 0) : 0;
    if (own > 0) return own;
  }
  return start;
}

function inParentheses(text: string, open: number, rules: MarkRules): readonly Mark[] {
  const start = skipEmphasis(text, open + 1);
  let end = start;
  const kinds = { digits: 0, small: 0, capital: 0 };
  for (; end < start + 7; end += 1) {
    const code = text.charCodeAt(end);
    if (isDigit(code)) kinds.digits += 1;
    else if (isSmall(code)) kinds.small += 1;
    else if (isCapital(code)) kinds.capital += 1;
    else break;
  }
  const close = skipEmphasis(text, end);
  if (end === start || text.charCodeAt(close) !== CLOSE) return NO_MARKS;
  const found = { number: text.slice(start, end), length: skipSpaces(text, close + 1) };
  if (kinds.digits > 0) return isDigit(text.charCodeAt(start)) ? only("(1)", found, rules) : NO_MARKS;
  if (kinds.small > 0 && kinds.capital > 0) return NO_MARKS;
  const [roman, letters] = kinds.small > 0 ? (["(i)", "(a)"] as const) : (["(I)", "(A)"] as const);
  const marks = [...only(roman, found, rules), ...(end - start > 3 ? NO_MARKS : only(letters, found, rules))];
  return marks;
}

function withDigits(text: string, start: number, rules: MarkRules): readonly Mark[] {
  let end = start;
  while (end < start + 4 && isDigit(text.charCodeAt(end))) end += 1;
  if (end - start > 3) return NO_MARKS;
  const digitsEnd = end;
  while (end < digitsEnd + 2 && (isSmall(text.charCodeAt(end)) || isCapital(text.charCodeAt(end)))) end += 1;
  const number = text.slice(start, end);
  const mark = text.charCodeAt(end);
  if (mark === DOT) {
    const after = afterDot(text, skipEmphasis(text, end + 1));
    return after === -1 ? NO_MARKS : only("1.", { number, length: after }, rules);
  }
  if (mark === CLOSE) {
    const next = text.charCodeAt(end + 1);
    const isMark = Number.isNaN(next) || next === SPACE || !isDigit(next);
    return isMark ? only("1)", { number, length: skipSpaces(text, end + 1) }, rules) : NO_MARKS;
  }
  return mark === DEGREE ? only("1°", { number, length: skipSpaces(text, end + 1) }, rules) : NO_MARKS;
}

const OPENERS = '([“"«';

/** Where the text begins after `11a.`: after a blank or a footnote mark, or a capital glued to it; else -1. */
function afterDot(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code) || code === SPACE) return skipSpaces(text, at);
  if (isDigit(code)) {
    let end = at;
    while (end < at + 4 && isDigit(text.charCodeAt(end))) end += 1;
    return end - at <= 3 && text.charCodeAt(end) === SPACE ? skipSpaces(text, end) : -1;
  }
  const character = text.charAt(at);
  return OPENERS.includes(character) || character !== character.toLowerCase() ? at : -1;
}

const LETTER_MARK = /^(\p{L}{1,2}\d?)\)(?:\[?\d{1,3}\]?(?=\s)|(?=[\s\p{L}“"«(*_]|$))\s*/u;
const ROMAN_MARK = /^([IVXL]{1,6})(?: ?\. ?[-–—]|\.(?=\s)| [-–—])\s*/u;

function withLetters(text: string, start: number, rules: MarkRules): readonly Mark[] {
  const head = text.slice(start, start + 12);
  const letters = rules.styles.has("a)") && head.includes(")") ? LETTER_MARK.exec(head) : null;
  if (letters !== null) return only("a)", { number: letters[1] ?? "", length: start + letters[0].length }, rules);
  const roman = rules.styles.has("I.-") ? ROMAN_MARK.exec(head) : null;
  if (roman === null) return NO_MARKS;
  return only("I.-", { number: roman[1] ?? "", length: start + roman[0].length }, rules);
}

function only(style: EnumeratorStyle, { number, length }: Found, { styles, alphabet }: MarkRules): readonly Mark[] {
  if (!styles.has(style)) return NO_MARKS;
  const value = markValue(number, style, alphabet);
  return value === null ? NO_MARKS : [{ style, number, value, length }];
}

function markValue(number: string, style: EnumeratorStyle, alphabet: string): number | null {
  if (style === "(i)" || style === "(I)" || style === "I.-") return romanValue(number);
  if (style === "a)" || style === "(a)" || style === "(A)") return letterValue(number.toLowerCase(), alphabet);
  const value = Number.parseInt(number, 10);
  return isDigit(number.charCodeAt(number.length - 1)) ? value : value + suffixValue(number.toLowerCase());
}

/** Of `11a`, what the letters add. */
function suffixValue(number: string): number {
  let value = 0;
  let weight = 0.01;
  for (const letter of number) {
    if (isDigit(letter.charCodeAt(0))) continue;
    value += (letter === "đ" ? 4.5 : letter.charCodeAt(0) - 96) * weight;
    weight /= 100;
  }
  return value;
}

/** `b` 2, `b1` a little more, `aa` a little more than `a`. */
function letterValue(letters: string, alphabet: string): number | null {
  const value = alphabet.indexOf(letters.charAt(0)) + 1;
  if (value === 0) return null;
  const second = letters.charAt(1);
  if (second === "") return value;
  const more = isDigit(second.charCodeAt(0)) ? Number(second) : alphabet.indexOf(second) + 1;
  return more === 0 ? null : value + more * 0.01;
}

/** Whether a mark can follow another one of its list: the next, an inserted one, or the next after a few missing. */
export function follows(last: number, next: number, gap: number): boolean {
  return next > last && Math.floor(next) <= Math.floor(last) + gap;
}
