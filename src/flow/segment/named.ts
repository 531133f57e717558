/**
 * segment/named: the labels of a document that are its own: words and numbers, without what only looks like one.
 *
 * References that a wrapped line begins with, law quoted inside quotation marks, labels in another form than the
 * document's own, forms in an annex: each is told from a label by what stands around it. The order in the source is
 * kept, gaps and duplicates included. Pure. Called by segment.ts.
 */
import { type HeadingQuestion, headingOf } from "./heading.ts";
import type { Compiled, ReadLabel } from "./label.ts";
import { readLabel } from "./label.ts";
import type { Line } from "./line.ts";
import type { FoundLabels, Named, Reading } from "./reading.ts";
import { withoutRepeats } from "./repeats.ts";

export function findLabels(reading: Reading): FoundLabels {
  const { text, compiled, scanned } = reading;
  const labels: Named[] = [];
  const titles: Line[] = [];
  for (const line of scanned.lines) {
    if (line.shape !== "word") continue;
    const raw = text.read(line.text, line.end);
    if (isListTitle(raw, compiled)) titles.push(line);
    const label = readLabel(compiled, raw, line);
    if (label === null || scanned.quotes.isQuoted(line.quote)) continue;
    const isBelowLabel = labels.at(-1)?.line.next === line.start;
    if (!isBelowLabel && isReference(label, line, reading)) continue;
    labels.push({ ...label, line });
  }
  const own = inOwnForm(withLetters(labels), compiled);
  const { labels: once, index } = withoutRepeats(own, { titles, bytes: text.bytes, compiled });
  return { labels: withoutForms(once, compiled), index };
}

export function headingFor(named: Named, { text, compiled }: Reading): string | null {
  const level = compiled.profile.levels[named.level];
  if (level === undefined) return null;
  const isLabel: HeadingQuestion["isLabel"] = (one) => readLabel(compiled, one, PLAIN_LINE) !== null;
  return headingOf({ text, line: named.line, label: named, level, isLabel });
}

const PLAIN_LINE: Line = {
  ...{ start: 0, text: 0, end: 0, next: 0, markup: "plain", depth: 0, indent: 0, shape: "word" },
  ...{ blankBefore: true, quote: 0 },
};

function isListTitle(raw: string, { titles }: Compiled): boolean {
  if (titles.size === 0 || raw.length > 60) return false;
  return titles.has(
    raw
      .replace(/[*_:.\s]+$/, "")
      .replace(/^[*_\s]+/, "")
      .toLowerCase(),
  );
}

const SENTENCE_END = /[.;:!?…”»"’)\]]$/;
const LONG_LINE = 50;

/** Whether the line before goes on here: then the words are a reference, not a label. */
function isReference(label: ReadLabel, line: Line, { text, compiled }: Reading): boolean {
  if (line.markup === "heading" || line.blankBefore) return false;
  const before = text.before(line.start);
  if (before.endsWith(",") || compiled.continuing?.test(before) === true) return true;
  if (label.restIs === "separated" || line.markup === "bold") return false;
  return before.length >= LONG_LINE && !SENTENCE_END.test(before) && /\p{Ll}/u.test(before);
}

/** After Part H, `Part I` is a letter and no numeral. */
function withLetters(labels: readonly Named[]): readonly Named[] {
  const last = new Map<number, Named>();
  return labels.map((label) => {
    const before = last.get(label.level);
    const letter = /(?:^|\s)([IVX])$/.exec(label.label)?.[1];
    const follows = letter !== undefined && before?.written === "letter" && before.value === letter.charCodeAt(0) - 65;
    const read: Named = follows
      ? { ...label, number: letter, value: letter.charCodeAt(0) - 64, written: "letter" }
      : label;
    last.set(label.level, read);
    return read;
  });
}

/**
 * A level's labels have one form: `#`, bold or plain, composite numbers or simple ones. Others are taken only where they
 * continue the count and the number is nowhere else; they are quoted or copied from another law.
 */
function inOwnForm(labels: readonly Named[], { profile }: Compiled): readonly Named[] {
  const forms = profile.levels.map((_, level) => ownForm(labels.filter((label) => label.level === level)));
  const last = new Map<number, number>();
  return labels.filter((label) => {
    const form = forms[label.level];
    if (form === undefined) return false;
    if (form.isComposite && label.written !== "composite") return false;
    const isOwn = label.line.markup === form.markup || label.line.markup === "heading";
    const before = last.get(label.level);
    const continues =
      label.value !== null && before !== undefined && Math.floor(label.value) === Math.floor(before) + 1;
    if (!isOwn && !(continues && !form.numbers.has(label.number))) return false;
    if (label.value !== null) last.set(label.level, label.value);
    return true;
  });
}

type Form = {
  readonly markup: Line["markup"];
  readonly isComposite: boolean;
  /** Numbers of the labels in the level's own form. */
  readonly numbers: ReadonlySet<string | null>;
};

function ownForm(labels: readonly Named[]): Form {
  const count = (markup: Line["markup"]) => labels.filter(({ line }) => line.markup === markup).length;
  const [heading, bold, plain] = [count("heading"), count("bold"), count("plain")];
  const markup = heading > 0 && heading * 2 >= bold + plain ? "heading" : bold > plain ? "bold" : "plain";
  const composite = labels.filter(({ written }) => written === "composite").length;
  const own = labels.filter(({ line }) => line.markup === markup);
  return { markup, isComposite: composite * 2 > labels.length, numbers: new Set(own.map(({ number }) => number)) };
}

/** In an annex stand forms and templates with articles of their own; an annex before new articles is none. */
function withoutForms(labels: readonly Named[], { profile }: Compiled): readonly Named[] {
  const roleOf = (label: Named) => profile.levels[label.level]?.role;
  const first = labels.findIndex((label) => roleOf(label) === "annex");
  if (first === -1) return labels;
  const seen = new Set<string>();
  const isNew = labels.map((label) => {
    const key = `${label.level} ${label.number}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    return roleOf(label) === "leaf" && isFirst;
  });
  const lastNew = isNew.lastIndexOf(true);
  return labels.filter((label, index) =>
    index > lastNew ? roleOf(label) === "annex" || index < first : roleOf(label) !== "annex",
  );
}
