/**
 * profiles/law-fr: French codes and constitutions: Partie, Livre, Titre, Chapitre, Section, Article.
 *
 * The Code civil has parts inside a chapter, the Code du travail books inside a part, so the nesting is observed. Data
 * only; it never holds a rule of its own.
 */
import { enumeratorLevel, PLAIN, type Profile, wordLevel } from "./profile.ts";

export const LAW_FR: Profile = {
  ...PLAIN,
  name: "law-fr",
  version: "3",
  about: "French law: Partie, Livre, Titre, Chapitre, Section, Article",
  levels: [
    wordLevel({ kind: "preamble", words: ["Préambule"] }, { role: "apart", number: "none" }),
    wordLevel({ kind: "annex", words: ["Annexe"] }, { role: "annex", number: "optional" }),
    wordLevel({ kind: "part", words: ["Partie"] }),
    wordLevel({ kind: "book", words: ["Livre"] }),
    wordLevel({ kind: "title", words: ["Titre"] }),
    wordLevel({ kind: "subtitle", sectionType: "title", words: ["Sous-titre"] }),
    wordLevel({ kind: "chapter", words: ["Chapitre"] }),
    wordLevel({ kind: "section", words: ["Section"] }),
    wordLevel({ kind: "subsection", words: ["Sous-section"] }),
    wordLevel({ kind: "paragraph", words: ["Paragraphe"] }),
    wordLevel({ kind: "subparagraph", sectionType: "paragraph", words: ["Sous-paragraphe"] }),
    wordLevel({ kind: "article", words: ["Article", "Art"] }, { role: "leaf", headed: "maybe" }),
    enumeratorLevel({ kind: "clause", name: "", styles: ["I.-"] }),
    enumeratorLevel({ kind: "point", name: "", styles: ["1°"] }),
    enumeratorLevel({ kind: "point", name: "", styles: ["a)"] }),
  ],
  nesting: "observed",
  ordinals: {
    ...{ premier: 1, première: 1, deuxième: 2, second: 2, seconde: 2, troisième: 3, quatrième: 4, cinquième: 5 },
    ...{ sixième: 6, septième: 7, huitième: 8, neuvième: 9, dixième: 10, onzième: 11, douzième: 12 },
  },
  suffixes: [
    ...["bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "novies", "decies", "undecies"],
    ...["duodecies", "terdecies", "quaterdecies", "quindecies", "quinquedecies", "sexdecies", "septdecies"],
    ...["octodecies", "novodecies", "vicies", "unvicies", "duovicies", "tervicies", "quatervicies", "quinvicies"],
    ...["sexvicies", "septvicies", "octovicies", "novovicies", "tricies"],
  ],
  capitals: "suffix",
  unnumbered: ["préliminaire", "unique", "liminaire"],
  continuing: [
    ...["de", "du", "des", "la", "le", "les", "à", "au", "aux", "et", "ou", "par", "l'", "d'", "un", "une", "présent"],
    ...["article", "articles", "même", "dudit", "cet", "en", "dans", "sur", "selon", "titre", "chapitre", "livre"],
  ],
  listTitles: ["table des matières", "sommaire", "table analytique", "index"],
  commonWords: ["de", "la", "le", "les", "des", "du", "et", "à", "est", "par", "en", "ou", "dans", "une", "que"],
};
