/**
 * segment/nesting: which list marks are units, and below what: clauses and points of an article, nested as written.
 *
 * A mark is a unit only inside an article or section, and only where it continues a list or begins one: `31. Dezember`
 * at a line's start after clause 2 does neither. Pure. Called by segment.ts.
 */
import type { EnumeratorStyle, Profile } from "../profiles/profile.ts";
import { follows, type Mark, type MarkRules, readMarks } from "./enumerator.ts";
import type { Compiled } from "./label.ts";
import type { Text } from "./line.ts";
import { MarkReader, type MarkText, writtenAs } from "./mark-reader.ts";
import type { Marks } from "./marks.ts";
import type { Named } from "./reading.ts";

export type Nested = {
  /** Offset of the line's first byte. */
  readonly start: number;
  readonly level: number;
  readonly number: string;
  /** As the document has it, without emphasis: `(1)`, `11a.`. */
  readonly written: string;
  /** Marks between the article and this one, outermost first; some stand inside the line of another unit. */
  readonly above: readonly Step[];
};

/** As an entry has it. */
export type Step = { readonly kind: string; readonly number: string };

type Frame = {
  readonly style: EnumeratorStyle;
  readonly level: number;
  number: string;
  value: number;
  /** Numbers that the list has left out so far. */
  skipped: readonly number[];
};

/** How many numbers may be missing in a list: repealed clauses leave gaps, dates and amounts do not look like that. */
const GAP = 4;

type Chosen = { readonly mark: Mark; readonly at: number };

export class Nesting {
  readonly #text: Text;
  readonly #continuing: RegExp | null;
  readonly #levels: ReadonlyMap<EnumeratorStyle, number>;
  readonly #kinds: readonly string[];
  readonly #rules: MarkRules;
  readonly #reader: MarkReader;
  readonly #frames: Frame[] = [];
  /** Where the line after the article's label starts. */
  #labelEnd = 0;
  /** The steps above the last unit that had some; none where these have changed. */
  #steps = NO_STEPS;

  constructor(text: Text, { profile, continuing }: Compiled) {
    this.#text = text;
    this.#continuing = continuing;
    this.#levels = levelsOfStyles(profile);
    this.#kinds = profile.levels.map(({ kind }) => kind);
    this.#rules = { styles: new Set(this.#levels.keys()), alphabet: profile.alphabet };
    this.#reader = new MarkReader(text, this.#rules);
  }

  get isIdle(): boolean {
    return this.#levels.size === 0;
  }

  /** A new article begins; the rest of its line may hold the first mark. */
  begin({ line, rest }: Named): void {
    this.#frames.length = 0;
    this.#labelEnd = line.next;
    if (rest !== null) this.#enter(rest);
  }

  /** The unit that a line begins, or null, by its place in the marks; the next one tells (i) from (i). */
  take(lines: Marks, index: number): Nested | null {
    const read = this.#read(lines, index);
    const { marks, text } = read;
    if (marks.length === 0) return null;
    const chosen = this.#choose(marks, lines, index);
    if (chosen === null || this.#goesOn(lines, index)) return null;
    const { mark, at } = chosen;
    const above = this.#stepsAbove(at);
    this.#push(mark, at);
    const { level, number } = this.#frames[at] as Frame;
    if (text.charCodeAt(mark.length) === 0x28) this.#enter(text.slice(mark.length));
    const start = lines.start[index] as number;
    return { start, level, number, written: writtenAs(read, mark), above };
  }

  /** The same array again for units that stand below the same marks. */
  #stepsAbove(at: number): readonly Step[] {
    if (at === 0) return NO_STEPS;
    if (this.#steps.length !== at) {
      this.#steps = this.#frames.slice(0, at).map(({ level, number }) => ({ kind: this.#kinds[level] ?? "", number }));
    }
    return this.#steps;
  }

  /** Marks inside a line, `(1) (a) …`, open their lists without being units. */
  #enter(text: string): void {
    let rest = text;
    for (let depth = 0; depth < 3 && rest.startsWith("("); depth += 1) {
      const first = readMarks(rest, this.#rules).find(({ style, value }) => value === 1 && !this.#isOpen(style));
      if (first === undefined) return;
      this.#push(first, this.#frames.length);
      rest = rest.slice(first.length);
    }
  }

  #push({ style, number, value }: Mark, at: number): void {
    if (at < this.#steps.length) this.#steps = NO_STEPS;
    const frame = this.#frames[at];
    if (this.#frames.length > at + 1) this.#frames.length = at + 1;
    if (frame === undefined || frame.style !== style) {
      this.#frames[at] = { style, number, value, level: this.#levels.get(style) ?? 0, skipped: NONE };
      return;
    }
    frame.skipped = skippedBy(frame, value);
    frame.number = number;
    frame.value = value;
  }

  /** The reading that fits: it continues an open list exactly, begins a new one, or continues one with a gap. */
  #choose(marks: readonly Mark[], lines: Marks, index: number): Chosen | null {
    const readings = marks.length > 1 ? this.#ordered(marks, lines, index + 1) : marks;
    return (
      this.#find(readings, (frame, mark) => follows(frame.value, mark.value, 1)) ??
      this.#fresh(readings) ??
      this.#find(readings, (frame, mark) => follows(frame.value, mark.value, GAP)) ??
      this.#find(readings, isOutOfOrder) ??
      this.#find(readings, (_, mark) => mark.value === 1 && this.#mayBegin(lines, index))
    );
  }

  /** The innermost open list that a reading fits. */
  #find(readings: readonly Mark[], fits: (frame: Frame, mark: Mark) => boolean): Chosen | null {
    for (const mark of readings) {
      for (let at = this.#frames.length - 1; at >= 0; at -= 1) {
        const frame = this.#frames[at] as Frame;
        if (frame.style === mark.style && fits(frame, mark)) return { mark, at };
      }
    }
    return null;
  }

  #fresh(readings: readonly Mark[]): Chosen | null {
    const most = this.#frames.length === 0 ? 3 : 2;
    const mark = readings.find(({ style, value }) => value < most && !this.#isOpen(style));
    return mark === undefined ? null : { mark, at: this.#frames.length };
  }

  #isOpen(style: EnumeratorStyle): boolean {
    return this.#frames.some((frame) => frame.style === style);
  }

  /** `(i)` after `(h)` is a letter if `(j)` comes next, and Roman if `(ii)` does. */
  #ordered(marks: readonly Mark[], lines: Marks, next: number): readonly Mark[] {
    if (next >= lines.length) return marks;
    const after = this.#read(lines, next).marks;
    const fits = (mark: Mark) =>
      after.some(({ style, value }) => style === mark.style && follows(mark.value, value, 1));
    const found = marks.filter(fits);
    return found.length === 0 ? marks : [...found, ...marks.filter((mark) => !found.includes(mark))];
  }

  /** A second list of the same style in one article: after a blank line, or after what announces it. */
  #mayBegin({ blankBefore, start }: Marks, index: number): boolean {
    return blankBefore[index] === 1 || /[:;.—–-]$/.test(this.#text.before(start[index] as number, 60));
  }

  #read({ text, end }: Marks, index: number): MarkText {
    return this.#reader.read(text[index] as number, end[index] as number);
  }

  #goesOn({ blankBefore, start }: Marks, index: number): boolean {
    const at = start[index] as number;
    if (blankBefore[index] === 1 || at === this.#labelEnd) return false;
    const before = this.#text.before(at, 60);
    return this.#continuing?.test(before) === true && !ITEM_END.test(before) && !this.#isOneWord(before);
  }

  /** `(a) a`: a mark and one word are a point of a list, and no line that was wrapped. */
  #isOneWord(line: string): boolean {
    return readMarks(line, this.#rules).some(({ length }) => !line.slice(length).includes(" "));
  }
}

/** `one; or`: an item of a list, and the next one follows. */
const ITEM_END = /;\s*\p{L}+$/u;

const NO_STEPS: readonly Step[] = [];
const NONE: readonly number[] = [];

function skippedBy({ value, skipped }: Frame, next: number): readonly number[] {
  const left = skipped.includes(next) ? skipped.filter((number) => number !== next) : skipped;
  if (next <= value + 1) return left;
  const more: number[] = [];
  for (let number = Math.floor(value) + 1; number < Math.floor(next); number += 1) more.push(number);
  return more.length === 0 ? left : [...left, ...more];
}

/** The same number again, or one that was left out before. */
function isOutOfOrder({ value, skipped }: Frame, mark: Mark): boolean {
  return mark.value === value || skipped.includes(mark.value);
}

function levelsOfStyles({ levels }: Profile): ReadonlyMap<EnumeratorStyle, number> {
  const found = new Map<EnumeratorStyle, number>();
  levels.forEach(({ role, label }, index) => {
    if (role !== "enumerator" || label.form !== "enumerator") return;
    for (const style of label.styles) if (!found.has(style)) found.set(style, index);
  });
  return found;
}
