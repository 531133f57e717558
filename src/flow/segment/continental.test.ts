/** continental.test: traps of German, French and Russian law texts, each in a few lines. */
import { expect, test } from "bun:test";
import { cut, tree } from "./sample.ts";

test("German: ordinals before the word, letters, ranges, placeholders, clauses in parentheses", () => {
  const text = `Erster Teil
Allgemeines

§ 1 Begriffe

(1) Wer nach
§ 2 Absatz 3 betroffen ist.

(2) Bis zum
31. Dezember:
1. eins,
2. zwei:
a) klein.

§ 1a Zusatz

(1) Text.

Zweiter Teil
Schluss

§ 3 (weggefallen)
`;
  expect(tree(text, "law-de")).toEqual([
    "part 1 | Allgemeines",
    "  section 1 | Begriffe",
    "    clause 1",
    "    clause 2",
    "      point 1",
    "      point 2",
    "        point a",
    "  section 1a | Zusatz",
    "    clause 1",
    "part 2 | Schluss",
    "  section 3 | (weggefallen)",
  ]);
  const markdown = `## Buch 1 - Teil

### (XXXX) §§ 3 bis 6 (weggefallen)

### § 7 Wohnsitz

(1) A

§ 8 gilt nicht.
`;
  expect(tree(markdown, "law-de")).toEqual([
    "book 1 | Teil",
    "  section 3-6 | (weggefallen)",
    "  section 7 | Wohnsitz",
    "    clause 1",
  ]);
});

test("German: numbered headings without a word are its Abschnitte", () => {
  const text = `# Gesetz

## I. - Grundrechte

### Art 1

(1) A

## IV a. - Ausschuß

### Art 53a

(1) B
`;
  expect(tree(text, "law-de").slice(1)).toEqual([
    "chapter 1 | Grundrechte",
    "  article 1",
    "    clause 1",
    "chapter 4a | Ausschuß",
    "  article 53a",
    "    clause 1",
  ]);
});

test("French: Ier, premier, bis, préliminaire, letters before numbers; a colon before the heading", () => {
  const text = `# Code

## Titre préliminaire : Lois

##### Article 1er

Texte.

## Livre Ier : Personnes

### Titre XI bis : Droits

#### Chapitre unique

##### Article 515-8-1

1° Un ;

2° Deux.

##### Article L. 121-1

Voir l'
Article 3 du code.
`;
  expect(tree(text, "law-fr").slice(1)).toEqual([
    "title | Lois",
    "  article 1",
    "book 1 | Personnes",
    "  title 11 bis | Droits",
    "    chapter",
    "      article 515-8-1",
    "        point 1",
    "        point 2",
    "      article L.121-1",
  ]);
});

test("French: the contents at the beginning repeat the titles, ARTICLE PREMIER is article 1, duplicates stay", () => {
  const contents = `Titre Ier : De la Souveraineté (articles 2 à 4)
Titre II : Le Président
Titre III : Le Gouvernement
`;
  const body = `PRÉAMBULE

Le peuple français proclame solennellement son attachement aux Droits de l'homme et aux principes de la souveraineté
nationale tels qu'ils ont été définis par la Déclaration de 1789.

ARTICLE PREMIER.

La France est une République.

Titre premier - DE LA SOUVERAINETÉ
ARTICLE 2.

La langue.

Titre II - LE PRÉSIDENT
ARTICLE 11.

Un.

ARTICLE 11.

Deux.

Titre III - LE GOUVERNEMENT
ARTICLE 68-1.

Trois.
`;
  expect(tree(`${contents}${body}`, "law-fr")).toEqual([
    "front_matter",
    "preamble",
    "article 1",
    "title 1 | DE LA SOUVERAINETÉ",
    "  article 2",
    "title 2 | LE PRÉSIDENT",
    "  article 11",
    "  article 11",
    "title 3 | LE GOUVERNEMENT",
    "  article 68-1",
  ]);
});

test("Russian: divisions, chapters, articles with dots, parts and points; quoted law is not its own", () => {
  const text = `РАЗДЕЛ ПЕРВЫЙ

Глава 1. ОСНОВЫ

Статья 15.1. Особенности
1. Пункты:
1) первый;
2) второй:
а) под;
б) под.
2. Изложить:
«Статья 10. Чужая
1. Чужая.»

Раздел II. ПРАВА
Статья 2

Человек в соответствии со
статьей 3.
`;
  expect(tree(text, "law-ru")).toEqual([
    "division 1",
    "  chapter 1 | ОСНОВЫ",
    "    article 15.1 | Особенности",
    "      clause 1",
    "        point 1",
    "        point 2",
    "          point а",
    "          point б",
    "      clause 2",
    "division 2 | ПРАВА",
    "  article 2",
  ]);
});

test("French: a capital after the number belongs to it, and a sentence that begins with one does not", () => {
  const numbers = ["4", "4 A", "4 B", "4 bis", "44 quindecies A", "1er A", "3 quater AA"];
  const plain = numbers.map((number) => `Article ${number}\nTexte.\n\n`).join("");
  const addresses = ["4", "4-a", "4-b", "4-bis", "44-quindecies-a", "1-a", "3-quater-aa"];
  expect(cut(plain, "law-fr").map(({ address }) => address)).toEqual(addresses.map((one) => `D/article-${one}`));
  const markdown = numbers.map((number) => `### Article ${number}\n\nTexte.\n\n`).join("");
  expect(cut(markdown, "law-fr").map(({ address }) => address)).toEqual(addresses.map((one) => `D/article-${one}`));
  expect(tree("Chapitre Ier\nArticle 3 ter A\nTexte.\nArticle 4 A - Objet\nTexte.\n", "law-fr")).toEqual([
    "chapter 1",
    "  article 3 ter A",
    "  article 4 A | Objet",
  ]);
  expect(tree("### Article 4\n\nTexte.\n\n### Article 5 A la demande\n\nTexte.\n", "law-fr")).toEqual([
    "article 4",
    "article 5 | A la demande",
  ]);
});

test("Russian: raised digits number an inserted article, as a character or as markup", () => {
  const numbers = (text: string) => cut(text, "law-ru").map(({ address }) => address);
  expect(numbers("Статья 12. Один\nТ.\n\nСтатья 12¹. Два\nТ.\n\nСтатья 12². Три\nТ.\n")).toEqual([
    ...["D/article-12", "D/article-12-1", "D/article-12-2"],
  ]);
  expect(numbers("### Статья 12\nт\n\n### Статья 12<sup>10</sup>. Два\nт\n")).toEqual([
    ...["D/article-12", "D/article-12-10"],
  ]);
});
