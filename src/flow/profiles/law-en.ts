/**
 * profiles/law-en: English texts of law: constitutions, acts, codes, federal regulations, regulations with recitals.
 *
 * Which of Title, Part, Chapter, Section stands above which differs from text to text, so the nesting is observed.
 * Data only; it never holds a rule of its own.
 */
import { enumeratorLevel, type Level, PLAIN, type Profile, wordLevel } from "./profile.ts";

const AT_THE_END = { role: "annex", number: "optional", divider: "space" } as const;

const BARE_SECTION: Level = {
  name: "Section",
  kind: "section",
  sectionType: "section",
  role: "leaf",
  label: { form: "bare", number: "arabic" },
};

/** `(1) The protection of …` between `Whereas:` and the first article. */
const RECITAL: Level = {
  name: "Recital",
  kind: "recital",
  sectionType: "paragraph",
  role: "apart",
  label: { form: "enumerator", styles: ["(1)"], after: ["Whereas"], notes: ["OJ ", "Position of ", "Opinion of "] },
};

export const LAW_EN: Profile = {
  ...PLAIN,
  name: "law-en",
  version: "2",
  about: "English law: Title, Part, Chapter, Article, Section, §, (1), (a), (i)",
  levels: [
    wordLevel({ kind: "preamble", words: ["Preamble"] }, { role: "apart", number: "none" }),
    wordLevel({ kind: "recital", sectionType: "paragraph", words: ["Recital"] }, { role: "apart" }),
    wordLevel({ kind: "annex", words: ["Annex"] }, AT_THE_END),
    wordLevel({ kind: "schedule", sectionType: "annex", words: ["Schedule"] }, AT_THE_END),
    wordLevel({ kind: "appendix", words: ["Appendix"] }, AT_THE_END),
    wordLevel({ kind: "book", words: ["Book"] }, { divider: "space" }),
    wordLevel({ kind: "title", words: ["Title"] }, { divider: "space" }),
    wordLevel({ kind: "subtitle", sectionType: "title", words: ["Subtitle"] }, { divider: "space" }),
    wordLevel({ kind: "part", words: ["Part"] }, { divider: "space" }),
    wordLevel({ kind: "division", sectionType: "part", words: ["Division"] }, { divider: "space" }),
    wordLevel({ kind: "chapter", words: ["Chapter"] }, { divider: "space" }),
    wordLevel({ kind: "subchapter", sectionType: "chapter", words: ["Subchapter"] }, { divider: "space" }),
    wordLevel({ kind: "subpart", sectionType: "part", words: ["Subpart"] }, { divider: "space" }),
    wordLevel({ kind: "article", words: ["Article", "Art"] }, { role: "leaf", divider: "space", headed: "maybe" }),
    wordLevel({ kind: "section", words: ["Section", "Sec"] }, { role: "leaf", divider: "space", headed: "maybe" }),
    wordLevel({ kind: "section", words: ["§", "§§"] }, { role: "leaf", divider: "space" }),
    BARE_SECTION,
    RECITAL,
    enumeratorLevel({ kind: "clause", name: "", styles: ["(1)", "1."] }),
    enumeratorLevel({ kind: "point", name: "", styles: ["(a)", "(i)", "(A)", "(I)"] }),
  ],
  nesting: "observed",
  ordinals: {
    ...{ one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
    ...{ first: 1, second: 2, third: 3, fourth: 4, fifth: 5, sixth: 6, seventh: 7, eighth: 8, ninth: 9, tenth: 10 },
    ...{ eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, twenty: 20 },
  },
  ordinalMarks: ["the"],
  suffixes: ["bis", "ter", "quater"],
  unnumbered: ["preliminary"],
  numbers: "dotted",
  continuing: [
    ...["of", "in", "to", "and", "or", "by", "with", "see", "this", "the", "from", "per", "under", "section", "at"],
    ...[
      "sections",
      "article",
      "articles",
      "subsection",
      "paragraph",
      "clause",
      "part",
      "chapter",
      "for",
      "than",
      "that",
    ],
    ...["title", "pursuant", "within", "also", "through", "until", "a", "an", "such", "said", "which", "on", "as"],
  ],
  listTitles: ["table of contents", "contents", "arrangement of sections", "index", "arrangement of act"],
  commonWords: ["the", "of", "and", "to", "in", "shall", "be", "or", "any", "for", "by", "this", "that", "is"],
};
