/**
 * profiles/law-de: German laws: Buch, Teil, Abschnitt, Titel, Kapitel, Artikel, §, Absatz.
 *
 * Codes and acts order Abschnitt, Titel and Kapitel differently, so the nesting is observed. Data only; it never holds
 * a rule of its own.
 */
import { enumeratorLevel, type Level, PLAIN, type Profile, wordLevel } from "./profile.ts";

/** `## IV a. - Gemeinsamer Ausschuß`: the Grundgesetz numbers its Abschnitte without the word. */
const BARE_CHAPTER: Level = {
  name: "Abschnitt",
  kind: "chapter",
  sectionType: "chapter",
  role: "structure",
  label: { form: "bare", number: "roman" },
};

export const LAW_DE: Profile = {
  ...PLAIN,
  name: "law-de",
  version: "2",
  about: "German law: Buch, Teil, Abschnitt, Titel, Kapitel, Artikel, §, Absatz",
  levels: [
    wordLevel({ kind: "preamble", words: ["Präambel"] }, { role: "apart", number: "none" }),
    wordLevel({ kind: "annex", words: ["Anhang", "Anlage"] }, { role: "annex", number: "optional", divider: "space" }),
    wordLevel({ kind: "book", words: ["Buch"] }),
    wordLevel({ kind: "part", words: ["Teil"] }),
    wordLevel({ kind: "chapter", words: ["Abschnitt"] }),
    BARE_CHAPTER,
    wordLevel({ kind: "title", words: ["Titel"] }),
    wordLevel({ kind: "subtitle", sectionType: "title", words: ["Untertitel"] }),
    wordLevel({ kind: "subchapter", sectionType: "chapter", words: ["Unterabschnitt"] }),
    wordLevel({ kind: "division", sectionType: "chapter", words: ["Kapitel"] }),
    wordLevel({ kind: "subdivision", sectionType: "chapter", words: ["Unterkapitel"] }),
    wordLevel({ kind: "article", words: ["Artikel", "Art"] }, { role: "leaf", divider: "space" }),
    wordLevel({ kind: "section", words: ["§", "§§"] }, { role: "leaf", divider: "space" }),
    enumeratorLevel({ kind: "clause", name: "Absatz", styles: ["(1)"] }),
    enumeratorLevel({ kind: "point", name: "Nummer", styles: ["1."] }),
    enumeratorLevel({ kind: "point", name: "Buchstabe", styles: ["a)"] }),
  ],
  nesting: "observed",
  ordinals: {
    ...{ erster: 1, erstes: 1, erste: 1, zweiter: 2, zweites: 2, zweite: 2, dritter: 3, drittes: 3, dritte: 3 },
    ...{ vierter: 4, viertes: 4, vierte: 4, fünfter: 5, fünftes: 5, fünfte: 5, sechster: 6, sechstes: 6, sechste: 6 },
    ...{ siebter: 7, siebtes: 7, siebte: 7, siebenter: 7, siebentes: 7, achter: 8, achtes: 8, achte: 8 },
    ...{ neunter: 9, neuntes: 9, neunte: 9, zehnter: 10, zehntes: 10, zehnte: 10, elfter: 11, elftes: 11, elfte: 11 },
    ...{ zwölfter: 12, zwölftes: 12, zwölfte: 12, dreizehnter: 13, vierzehnter: 14, fünfzehnter: 15 },
  },
  continuing: [
    ...["des", "der", "die", "das", "den", "dem", "nach", "und", "oder", "in", "im", "gemäß", "von", "vom", "zu"],
    ...["aus", "mit", "bis", "durch", "auf", "an", "gegen", "artikel", "artikels", "§", "§§", "absatz", "abs", "sowie"],
  ],
  listTitles: ["inhaltsverzeichnis", "inhaltsübersicht", "inhalt"],
  prefixes: ["(XXXX)", "(weggefallen)"],
  commonWords: ["der", "die", "und", "des", "das", "den", "ist", "nicht", "oder", "eine", "von", "zu", "auf", "im"],
};
