/**
 * segment/named: the labels of a document that are its own: words and numbers, without what only looks like one.
 *
 * References that a wrapped line begins with, law quoted inside quotation marks, labels in another form than the
 * document's own, forms in an annex: each is told from a label by what stands around it. The order in the source is
 * kept, gaps and duplicates included. Pure. Called by segment.ts.
 */
import { bareSections } from "./bare-sections.ts";
import { type HeadingQuestion, headingOf } from "./heading.ts";
import { blockAt, quotedBlocks } from "./inset.ts";
import type { Compiled, ReadLabel } from "./label.ts";
import { readLabel } from "./label.ts";
import { findWord } from "./label-word.ts";
import { type Line, withoutEmphasis } from "./line.ts";
import type { Named, OwnLabels, Reading } from "./reading.ts";
import { withoutRepeats } from "./repeats.ts";

/** Enough for a label's word. */
const HEAD_BYTES = 96;

export function findLabels(reading: Reading): OwnLabels {
  const { text, compiled, scanned } = reading;
  const labels: Named[] = [];
  const titles: Line[] = [];
  for (const line of scanned.lines) {
    if (line.shape !== "word") continue;
    const isWhole = line.markup === "heading" || line.end - line.text <= HEAD_BYTES;
    const head = text.read(line.text, isWhole ? line.end : line.text + HEAD_BYTES);
    if (isListTitle(head, compiled)) titles.push(line);
    if (!isWhole && findWord(compiled.words, withoutEmphasis(head)) === null) continue;
    const raw = isWhole ? head : text.read(line.text, line.end);
    const label = readLabel(compiled, raw, line);
    if (label === null || scanned.quotes.isQuoted(line.quote)) continue;
    const isBelowLabel = labels.at(-1)?.line.next === line.start;
    if (!isBelowLabel && isReference(label, line, reading)) continue;
    labels.push(label);
  }
  const insets = quotedBlocks(text.bytes, labels, compiled.profile);
  const isInset = (start: number): boolean => insets.length > 0 && blockAt(insets, start) !== null;
  const unquoted = insets.length === 0 ? labels : labels.filter(({ line }) => !isInset(line.start));
  const bare = bareSections(reading, unquoted, isInset);
  const all = bare.length === 0 ? unquoted : [...unquoted, ...bare].sort((a, b) => a.line.start - b.line.start);
  const own = inOwnForm(withLetters(all), compiled);
  const { labels: once, index } = withoutRepeats(own, { titles, bytes: text.bytes, compiled });
  return { labels: withoutForms(once, compiled), index, insets };
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
  if (titles.size === 0 || raw.length > 40 || /\d/.test(raw)) return false;
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
    if (label.written !== "letter" && label.written !== "roman") return label;
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
 * A kind's labels have one form: `#`, bold or plain, composite numbers or simple ones. Others are taken only where they
 * continue the count and the number is nowhere else; they are quoted or copied from another law.
 */
function inOwnForm(labels: readonly Named[], { profile }: Compiled): readonly Named[] {
  const kindOf = (label: Named): string => profile.levels[label.level]?.kind ?? "";
  const byKind = Map.groupBy(labels, kindOf);
  const usual = mostOf(labels);
  const forms = new Map([...byKind].map(([kind, own]) => [kind, ownForm(own, usual)]));
  const last = new Map<string, number>();
  return labels.filter((label) => {
    const kind = kindOf(label);
    const form = forms.get(kind);
    if (form === undefined || (form.isComposite && label.written !== "composite")) return false;
    const isOwn = label.line.markup === form.markup || label.line.markup === "heading";
    const before = last.get(kind);
    const next = before === undefined ? null : Math.floor(before) + 1;
    const continues = label.value !== null && Math.floor(label.value) === next;
    if (!isOwn && !(continues && !form.numbers.has(label.number))) return false;
    if (label.value !== null) last.set(kind, label.value);
    return true;
  });
}

type Form = {
  readonly markup: Line["markup"];
  readonly isComposite: boolean;
  /** Numbers of the labels in the kind's own form. */
  readonly numbers: ReadonlySet<string | null>;
};

/** What the document's labels mostly look like counts for a kind that has two forms nearly as often. */
const USUAL_WEIGHT = 3;

function ownForm(labels: readonly Named[], usual: Line["markup"]): Form {
  const counted = count(labels);
  counted[usual] *= USUAL_WEIGHT;
  const { heading, bold, plain } = counted;
  const markup = heading > 0 && heading * 2 >= bold + plain ? "heading" : bold > plain ? "bold" : "plain";
  const composite = labels.filter(({ written }) => written === "composite").length;
  // Asked for only where a label has another form.
  const isMixed = counted[markup] < labels.length * (markup === usual ? USUAL_WEIGHT : 1);
  const own = isMixed ? labels.filter(({ line }) => line.markup === markup) : [];
  return { markup, isComposite: composite * 2 > labels.length, numbers: new Set(own.map(({ number }) => number)) };
}

function count(labels: readonly Named[]): Record<Line["markup"], number> {
  const counted = { heading: 0, bold: 0, plain: 0 };
  for (const { line } of labels) counted[line.markup] += 1;
  return counted;
}

function mostOf(labels: readonly Named[]): Line["markup"] {
  const { heading, bold, plain } = count(labels);
  return heading >= bold && heading >= plain ? "heading" : bold > plain ? "bold" : "plain";
}

/**
 * In an annex stand forms and templates with articles of their own. An annex before new articles of the text's own kind
 * is none: the words were found in the midst of it.
 */
function withoutForms(labels: readonly Named[], { profile }: Compiled): readonly Named[] {
  const levelOf = (label: Named) => profile.levels[label.level];
  const first = labels.findIndex((label) => levelOf(label)?.role === "annex");
  if (first === -1) return labels;
  const before = labels.slice(0, first).filter((label) => levelOf(label)?.role === "leaf");
  const kinds = new Set(before.map((label) => levelOf(label)?.kind));
  const known = new Set(before.map(({ level, number }) => `${level} ${number}`));
  const lastNew = labels.findLastIndex((label) => {
    const level = levelOf(label);
    if (level?.role !== "leaf" || known.has(`${label.level} ${label.number}`)) return false;
    return kinds.size === 0 || kinds.has(level.kind);
  });
  return labels.filter((label, index) => {
    const isAnnex = levelOf(label)?.role === "annex";
    return index > lastNew && index >= first ? isAnnex : !isAnnex;
  });
}
