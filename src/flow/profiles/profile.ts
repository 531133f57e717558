/**
 * profiles/profile: what a segmentation profile is, as data.
 *
 * An ordered list of levels: what a level is called, what its units are, how a label line looks, how its number is
 * read. Code that segments knows these shapes and no language. A profile never holds a function. Written by the files
 * beside this one and, for one's own, by `[profiles.*]` of cutter.toml.
 */

/** A word and a number: `Điều 5. Tên`, `CHAPTER II`, `§ 3a`, `Erster Abschnitt`. */
export type WordLabel = {
  readonly form: "word";
  /** As written in mid-sentence capitals (`Chương`); all capitals are understood, all small letters are not. */
  readonly words: readonly string[];
  readonly number: "required" | "optional" | "none";
  /**
   * What may stand between number and heading: `mark` only a mark (`.`, `:`, dash), the end of the line or markup;
   * `space` also plain space before a capital.
   */
  readonly divider: "mark" | "space";
  /** `always`: what follows on the line is a heading; `maybe`: it may be the text itself. */
  readonly headed: "always" | "maybe";
};

/**
 * A number alone, in a Markdown heading: `##### 110A Title`, `## IV a. - Title`; an Arabic one also at the margin of a
 * text that has no other leaves: `1. Short title`.
 */
export type BareLabel = { readonly form: "bare"; readonly number: "arabic" | "roman" };

/**
 * A list mark at a line's start. The style is how it is written; `1` any digit, `a` any small letter of the alphabet,
 * `i` small Roman, `A` capitals, `I` large Roman.
 */
export type EnumeratorLabel = {
  readonly form: "enumerator";
  readonly styles: readonly EnumeratorStyle[];
  /** Only after a line that begins so, and before the first label: `Whereas` and its recitals. */
  readonly after?: readonly string[];
  /** A mark that is followed by one of these is a footnote's. */
  readonly notes?: readonly string[];
};

export const ENUMERATOR_STYLES = ["1.", "1)", "(1)", "a)", "(a)", "(i)", "(A)", "(I)", "1°", "I.-"] as const;
export type EnumeratorStyle = (typeof ENUMERATOR_STYLES)[number];

/** A Markdown heading, `#` or underlined. */
export type HeadingLabel = { readonly form: "heading" };

/** `13.1.1.  Title` at the start of a line, or in a Markdown heading. */
export type DecimalLabel = { readonly form: "decimal" };

export type Label = WordLabel | BareLabel | EnumeratorLabel | HeadingLabel | DecimalLabel;

export type Level = {
  /** The document's own word, for labels of units that have none in the text: `Khoản`. */
  readonly name: string;
  /** English, lower case: `article`. Part of addresses. */
  readonly kind: string;
  /** A word of `vocab.section_type.*`. */
  readonly sectionType: string;
  /** `structure` groups others, `leaf` holds text and list marks, `annex` ends the text, `apart` stands by itself. */
  readonly role: "structure" | "leaf" | "annex" | "apart" | "enumerator";
  readonly label: Label;
};

export type Profile = {
  readonly name: string;
  /** Raised whenever the same bytes would be cut otherwise; part of the manifest's digest. */
  readonly version: string;
  /** What it is for, in a few words. */
  readonly about: string;
  /** A word of `vocab.unit_kind.*`. */
  readonly unitKind: string;
  /** From the outermost in. */
  readonly levels: readonly Level[];
  /** `listed`: the order above holds; `observed`: it is what the document does, the order above where it is silent. */
  readonly nesting: "listed" | "observed";
  /** Number words, small letters: `nhất` → 1. */
  readonly ordinals: Readonly<Record<string, number>>;
  /** May stand before a number word: `thứ`. */
  readonly ordinalMarks: readonly string[];
  /** Follow a number and belong to it: `bis`. */
  readonly suffixes: readonly string[];
  /** Stand where a number would: `préliminaire`. */
  readonly unnumbered: readonly string[];
  /** `dotted`: `15.1` is one number; `whole`: what follows the dot is no part of it. */
  readonly numbers: "dotted" | "whole";
  /** `suffix`: a capital alone after a number belongs to it (`4 A`); `text`: it begins what follows. */
  readonly capitals: "suffix" | "text";
  /** `number`: raised digits belong to the number (`12¹`); `footnote`: they mark a note. */
  readonly superscripts: "number" | "footnote";
  /** Letters in the order in which points are counted. */
  readonly alphabet: string;
  /** A line that ends in one of these goes on in the next, which then holds a reference and no label. */
  readonly continuing: readonly string[];
  /** Lines that head a table of contents or an index, small letters. */
  readonly listTitles: readonly string[];
  /** May stand before a label in a heading: `(XXXX)`. */
  readonly prefixes: readonly string[];
  /** Frequent short words of the language, for `auto`. */
  readonly commonWords: readonly string[];
};

/** The front matter's own level, which every profile has: what comes before the first label. */
export const FRONT_MATTER = { kind: "front_matter", sectionType: "front_matter", name: "Front matter" } as const;

/** What repeats the labels at a document's end. */
export const INDEX = { kind: "index", sectionType: "appendix", name: "Index" } as const;

/** What a profile has where it says nothing else. */
export const PLAIN = {
  version: "1",
  unitKind: "law_unit",
  nesting: "listed",
  ordinals: {},
  ordinalMarks: [],
  suffixes: [],
  unnumbered: [],
  numbers: "whole",
  capitals: "text",
  superscripts: "footnote",
  alphabet: "abcdefghijklmnopqrstuvwxyz",
  continuing: [],
  listTitles: [],
  prefixes: [],
  commonWords: [],
} as const satisfies Partial<Profile>;

type Named = { readonly kind: string; readonly sectionType?: string; readonly words: readonly string[] };
type WordOptions = Partial<Pick<WordLabel, "number" | "divider" | "headed">> & { readonly role?: Level["role"] };

/** A level whose labels are a word and a number; the first word is its name. */
export function wordLevel({ kind, sectionType = kind, words }: Named, options: WordOptions = {}): Level {
  const { number = "required", divider = "mark", role = "structure", headed = "always" } = options;
  return { name: words[0] ?? kind, kind, sectionType, role, label: { form: "word", words, number, divider, headed } };
}

type Marked = { readonly kind: string; readonly name: string; readonly styles: readonly EnumeratorStyle[] };

export function enumeratorLevel({ kind, name, styles }: Marked): Level {
  return { name, kind, sectionType: kind, role: "enumerator", label: { form: "enumerator", styles } };
}
