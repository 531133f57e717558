/**
 * segment/heading: the heading of a label: on its line, on the lines after it, or none.
 *
 * Converted texts wrap headings, put them on the next line, or begin the text itself after the number. What ends like a
 * sentence is text, not a heading; a heading is never longer than a bound. Pure. Called by named.ts.
 */
import { limits } from "../../kernel/limits.ts";
import type { Level } from "../profiles/profile.ts";
import type { ReadLabel } from "./label.ts";
import { type Line, type Text, withoutEmphasis } from "./line.ts";

export type HeadingQuestion = {
  readonly text: Text;
  readonly line: Line;
  readonly label: ReadLabel;
  readonly level: Level;
  /** Whether a text begins as a label would, so that a heading cannot go on there. */
  readonly isLabel: (text: string) => boolean;
};

/** Cut off at `limits.headingCharacters`, with an ellipsis; null for none. */
export function headingOf(question: HeadingQuestion): string | null {
  const { label } = question;
  const heading = label.rest === null ? below(question) : beside(label.rest, question);
  return heading === null ? null : bounded(tidy(heading.replace(FOOTNOTE_MARKS, "")));
}

/** At a heading's end; raised digits only after a word, for `100 m²` is none. */
const FOOTNOTE_MARKS = /(?:\[\d{1,3}\]|\[\^[\w-]+\]|(?<=\p{L}{2})[¹²³⁰⁴-⁹]+)+(?=[*_\s]*$)/u;

export function bounded(text: string): string {
  const characters = limits.headingCharacters;
  return text.length <= characters ? text : `${text.slice(0, characters - 1).trimEnd()}…`;
}

/** Without emphasis, closing `#`, doubled blanks, and the footnote mark glued to a word. */
export function tidy(text: string): string {
  let words = withoutEmphasis(text.length > LONGEST ? text.slice(0, LONGEST) : text);
  if (words.endsWith("#")) words = words.replace(/\s+#+$/, "");
  if (words.includes("  ") || words.includes("\n") || words.includes("\r")) words = words.replace(/\s+/g, " ");
  const last = words.charCodeAt(words.length - 1);
  if (last >= 0x30 && last <= 0x39) words = words.replace(/(\p{L}{2})\d{1,2}$/u, "$1");
  return words.trim();
}

const LONGEST = 2 * limits.headingCharacters;
const MARK =
  /^(?:\*{0,2}\d{1,3}[a-zđ]{0,2}[.)](?:\d{0,3})\*{0,2}(?:\s|$|\p{L})|\(?[*_]?[\p{Ll}\d]{1,4}[*_]?\)\s|[-–•*+]\s|\|)/u;
const SENTENCE_END = /[.;:,!?…][”"»’)\]*_]*$/;
/** A comma does not end what was wrapped. */
const LINE_END = /[.;:!?…][”"»’)\]*_]*$/;
const FULL_LINE = 55;
/** A sentence that goes on in the next line fills the first one at least so far. */
const WRAPPED_TEXT = 40;
const MOST_LINES = 4;

function beside(rest: string, { text, line, level, isLabel }: HeadingQuestion): string | null {
  if (/^\(?[*_]?(?:\d{1,3}|[a-z])[*_]?\)\s/.test(rest)) return null;
  if (line.markup === "heading") return rest;
  const lines = text
    .following(line.next, MOST_LINES, "first blank")
    .map((one) => (isLabel(one) || MARK.test(one) ? "" : one));
  const isAlways = level.label.form !== "word" || level.label.headed === "always";
  if (!isAlways) {
    const sentence = sentenceInstead(rest, lines);
    if (sentence !== "heading") return sentence;
  }
  return [rest, ...continuation(rest, lines)].join(" ");
}

/** A text that begins beside its number: its first short sentence where that is one, else no heading. */
function sentenceInstead(rest: string, lines: readonly string[]): string | null {
  const block = [rest, ...blockOf(lines)];
  const last = block.at(-1) ?? "";
  const isEnded = SENTENCE_END.test(last);
  const isText =
    block.length > 1
      ? rest.length >= WRAPPED_TEXT && (isEnded || block.length > MOST_LINES)
      : isEnded && rest.split(" ").length > 6;
  if (!isText) return "heading";
  const [, first] = /^(\p{Lu}[^.]{2,60})\.(?:—|\s+(?=\p{Lu}))/u.exec(rest) ?? [];
  return first ?? null;
}

function blockOf(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf("");
  return end === -1 ? lines : lines.slice(0, end);
}

/** The lines into which a heading was wrapped. */
function continuation(first: string, lines: readonly string[]): string[] {
  const block = blockOf(lines);
  const taken: string[] = [];
  let last = first;
  for (const line of block) {
    const goesOn = /^[\p{Ll}(]/u.test(line) && last.length >= FULL_LINE / 2 && !LINE_END.test(last);
    const isWrapped = last.length >= FULL_LINE && !LINE_END.test(block.at(-1) ?? "") && block.length < MOST_LINES;
    if (!goesOn && !isWrapped) break;
    taken.push(line);
    last = line;
  }
  return LINE_END.test(last) && taken.length > 0 && first.length < FULL_LINE ? [] : taken;
}

/** The heading of a label that is alone on its line. */
function below({ text, line, isLabel }: HeadingQuestion): string | null {
  if (line.markup === "heading" && !text.mayBeHeadingAt(line.next)) return null;
  const until = line.markup === "heading" ? "first text" : "paragraph end";
  const lines = text.following(line.next, MOST_LINES + 3, until);
  const skip = lines.findIndex((one) => one !== "" && !/^[=-]{3,}$/.test(one));
  if (skip === -1 || skip > 3) return null;
  const isHeading = (lines[skip] ?? "").startsWith("#");
  const first = tidy((lines[skip] ?? "").replace(/^#+\s*/, ""));
  if (first === "" || isLabel(first) || MARK.test(first)) return null;
  const isBold = /^(\*\*|__).*\1$/.test(lines[skip] ?? "");
  const block = blockOf(lines.slice(skip).map((one) => (isLabel(one) || MARK.test(one) ? "" : one))).map(tidy);
  const capitals = leadingCapitals(block);
  if (capitals.length > 0) return capitals.join(" ");
  if (isHeading || isBold) return first;
  if (line.markup === "heading") return null;
  return plainHeading(block);
}

function leadingCapitals(block: readonly string[]): readonly string[] {
  const end = block.findIndex((one) => !/\p{Lu}/u.test(one) || /\p{Ll}/u.test(one));
  return end === -1 ? block : block.slice(0, end);
}

function plainHeading(block: readonly string[]): string | null {
  const [first = "", second] = block;
  const whole = block.join(" ");
  const isWhole = block.length <= 3 && whole.length <= 160 && !SENTENCE_END.test(whole) && /^\p{Lu}/u.test(first);
  if (isWhole) return whole;
  const isFirst = first.length <= 100 && !SENTENCE_END.test(first) && /^\p{Lu}/u.test(first);
  return isFirst && second !== undefined && /^[\p{Lu}“"(]/u.test(second) ? first : null;
}
