/**
 * segment/nesting: which list marks are units, and below what: clauses and points of an article, nested as written.
 *
 * A mark is a unit only inside an article or section, and only where it continues a list or begins one: `31. Dezember`
 * at a line's start after clause 2 does neither. Pure. Called by segment.ts.
 */
import type { EnumeratorStyle, Profile } from "../profiles/profile.ts";
import { follows, type Mark, readMarks } from "./enumerator.ts";
import type { Compiled } from "./label.ts";
import type { Line, Text } from "./line.ts";
import type { Named } from "./reading.ts";

export type Nested = {
  readonly line: Line;
  readonly level: number;
  readonly number: string;
  /** As the document has it: `(1)`, `11a.`. */
  readonly written: string;
  /** Marks between the article and this one, outermost first; some stand inside the line of another unit. */
  readonly above: readonly Step[];
};

export type Step = { readonly level: number; readonly number: string };

type Frame = Step & {
  readonly style: EnumeratorStyle;
  readonly level: number;
  number: string;
  value: number;
  /** Numbers that the list has left out so far. */
  skipped: readonly number[];
};

/** How many numbers may be missing in a list: repealed clauses leave gaps, dates and amounts do not look like that. */
const GAP = 4;

export class Nesting {
  readonly #text: Text;
  readonly #compiled: Compiled;
  readonly #styles: ReadonlySet<EnumeratorStyle>;
  readonly #levels: ReadonlyMap<EnumeratorStyle, number>;
  #frames: Frame[] = [];
  /** Where the line after the article's label starts. */
  #labelEnd = 0;

  constructor(text: Text, compiled: Compiled) {
    this.#text = text;
    this.#compiled = compiled;
    this.#levels = levelsOfStyles(compiled.profile);
    this.#styles = new Set(this.#levels.keys());
  }

  get isIdle(): boolean {
    return this.#styles.size === 0;
  }

  /** A new article begins; the rest of its line may hold the first mark. */
  begin({ line, rest }: Named): void {
    this.#frames = [];
    this.#labelEnd = line.next;
    if (rest !== null) this.#enter(rest);
  }

  /** The unit that the line begins, or null. `next` is the line of the next mark, which tells (i) from (i). */
  take(line: Line, next: Line | undefined): Nested | null {
    const raw = this.#text.read(line.text, Math.min(line.end, line.text + 96));
    const marks = readMarks(raw, this.#styles, this.#compiled.profile.alphabet);
    const chosen = this.#choose(marks, next);
    if (chosen === null || this.#goesOn(line)) return null;
    this.#push(chosen.mark, chosen.at);
    const above = this.#frames.slice(0, -1).map(({ level, number }) => ({ level, number }));
    const { level, number } = this.#frames.at(-1) as Frame;
    this.#enter(raw.slice(chosen.mark.length));
    const written = raw.slice(0, chosen.mark.length).replace(/[*_\s]+/g, "");
    return { line, level, number, written, above };
  }

  /** Marks inside a line, `(1) (a) …`, open their lists without being units. */
  #enter(text: string): void {
    let rest = text;
    for (let depth = 0; depth < 3 && rest.startsWith("("); depth += 1) {
      const first = readMarks(rest, this.#styles, this.#compiled.profile.alphabet)
        .filter(({ style }) => style.startsWith("("))
        .find(({ style, value }) => value === 1 && !this.#frames.some((frame) => frame.style === style));
      if (first === undefined) return;
      this.#push(first, this.#frames.length);
      rest = rest.slice(first.length);
    }
  }

  #push({ style, number, value }: Mark, at: number): void {
    const level = this.#levels.get(style) ?? 0;
    const frame = this.#frames[at];
    this.#frames.length = Math.min(this.#frames.length, at + 1);
    if (frame === undefined || frame.style !== style) {
      this.#frames[at] = { style, number, value, level, skipped: NONE };
      return;
    }
    frame.skipped = skippedBy(frame, value);
    frame.number = number;
    frame.value = value;
  }

  /** The reading that fits: it continues an open list exactly, begins a new one, or continues one with a gap. */
  #choose(marks: readonly Mark[], next: Line | undefined): { readonly mark: Mark; readonly at: number } | null {
    const readings = marks.length > 1 ? this.#ordered(marks, next) : marks;
    for (const gap of [1, GAP]) {
      for (const mark of readings) {
        const at = this.#frames.findLastIndex(
          ({ style, value }) => style === mark.style && follows(value, mark.value, gap),
        );
        if (at !== -1) return { mark, at };
      }
      const fresh = gap === 1 ? this.#fresh(readings) : null;
      if (fresh !== null) return fresh;
    }
    for (const mark of readings) {
      const at = this.#frames.findLastIndex((frame) => frame.style === mark.style && isOutOfOrder(frame, mark));
      if (at !== -1) return { mark, at };
    }
    return null;
  }

  #fresh(readings: readonly Mark[]): { readonly mark: Mark; readonly at: number } | null {
    const most = this.#frames.length === 0 ? 2 : 1;
    const mark = readings.find(({ style, value }) => {
      return Math.floor(value) <= most && !this.#frames.some((frame) => frame.style === style);
    });
    return mark === undefined ? null : { mark, at: this.#frames.length };
  }

  /** `(i)` after `(h)` is a letter if `(j)` comes next, and Roman if `(ii)` does. */
  #ordered(marks: readonly Mark[], next: Line | undefined): readonly Mark[] {
    if (next === undefined) return marks;
    const raw = this.#text.read(next.text, Math.min(next.end, next.text + 48));
    const after = readMarks(raw, this.#styles, this.#compiled.profile.alphabet);
    const fits = (mark: Mark) =>
      after.some(({ style, value }) => style === mark.style && follows(mark.value, value, 1)) ? 0 : 1;
    return [...marks].sort((a, b) => fits(a) - fits(b));
  }

  #goesOn(line: Line): boolean {
    if (line.blankBefore || line.start === this.#labelEnd) return false;
    const before = this.#text.before(line.start, 60);
    return this.#compiled.continuing?.test(before) === true;
  }
}

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
