/**
 * repeats.test: a count that begins again is text, a list at either end is none, whatever the language.
 *
 * Each law is short, with a line for an article: there nothing but the order of labels tells text from a list.
 */
import { expect, test } from "bun:test";
import { cut } from "./sample.ts";

function addresses(text: string, profile: string): string[] {
  return cut(text, profile).map(({ address }) => address.slice("D/".length));
}

/** `count` articles, each with its text on the next line. */
function articles(label: string, count: number, text = "Short text."): string {
  return Array.from({ length: count }, (_, index) => `${label} ${index + 1}. Name\n${text}\n\n`).join("");
}

function below(parent: string, kind: string, count: number): string[] {
  return [parent, ...Array.from({ length: count }, (_, index) => `${parent}/${kind}-${index + 1}`)];
}

type Restart = readonly [
  profile: string,
  upper: readonly [string, string],
  label: string,
  parent: string,
  kind: string,
];

const RESTARTS: readonly Restart[] = [
  ["law-en", ["Part I\n", "Part II\n"], "Article", "part", "article"],
  ["law-vi", ["Phần thứ nhất\nMỘT\n", "Phần thứ hai\nHAI\n"], "Điều", "part", "article"],
  ["law-vi", ["## Phần thứ nhất\nMỘT\n", "## Phần thứ hai\nHAI\n"], "### Điều", "part", "article"],
  ["law-ru", ["Раздел 1. Имя\n", "Раздел 2. Имя\n"], "Статья", "division", "article"],
  ["law-de", ["Artikel 1\nName\n", "Artikel 2\nName\n"], "§", "article", "section"],
];

for (const [profile, [first, second], label, parent, kind] of RESTARTS) {
  for (const text of ["Short text.", "Short text", ""]) {
    test(`${profile}: "${label} 1" below a second ${parent} is an article of it, its text "${text}"`, () => {
      const own = label === "§" ? articles(label, 6, text).replaceAll(". Name", " Name") : articles(label, 6, text);
      const got = addresses(`LAW\n\n${first}\n${own}${second}\n${own}`, profile);
      expect(got).toEqual(["front-matter", ...below(`${parent}-1`, kind, 6), ...below(`${parent}-2`, kind, 6)]);
    });
  }
}

test("a longer last article changes no address", () => {
  const text = `LAW\n\nPart I\n\n${articles("Article", 6)}Part II\n\n${articles("Article", 6)}`;
  const longer = `${text.trimEnd()}\n${"A further sentence is added. ".repeat(10)}\n`;
  expect(addresses(longer, "law-en")).toEqual(addresses(text, "law-en"));
});

test("articles in an annex are the annex's, and the law before it is no table of contents", () => {
  const law = [
    "front-matter",
    ...below("x", "article", 5)
      .slice(1)
      .map((one) => one.slice(2)),
    "annex-1",
  ];
  for (const text of ["Short text.", ""]) {
    const english = `CHARTER\n\n${articles("Article", 5, text)}Annex I\n\n${articles("Article", 5, text)}`;
    expect(addresses(english, "law-en")).toEqual(law);
    const vietnamese = `LUẬT\n\n${articles("Điều", 5, text)}PHỤ LỤC I\n\n${articles("Điều", 5, text)}`;
    expect(addresses(vietnamese, "law-vi")).toEqual(law);
  }
});

test("an index without a title repeats bare labels, after an article and not below a heading", () => {
  const index = articles("Điều", 6, "").replaceAll("\n\n", "\n");
  const text = `LUẬT\n\nChương I\nMỘT\n\n${articles("Điều", 6)}${index}`;
  expect(addresses(text, "law-vi")).toEqual(["front-matter", ...below("chapter-1", "article", 6), "index"]);
});

const VIETNAMESE = `Chương I
CHUNG

Điều 1. Một
Nội dung một.

Điều 2. Hai
Nội dung hai.

Chương II
THI HÀNH

Điều 3. Ba
Nội dung.
`;
const CHAPTERS = [...below("chapter-1", "article", 2), "chapter-2", "chapter-2/article-3"];

test("contents at the front are left out, and the short law after them is no index", () => {
  const contents = "LUẬT\n\nMỤC LỤC\nChương I. CHUNG\nĐiều 1. Một\nĐiều 2. Hai\nChương II. THI HÀNH\nĐiều 3. Ba\n\n";
  expect(addresses(contents + VIETNAMESE, "law-vi")).toEqual(["front-matter", ...CHAPTERS]);
  const preamble = "Căn cứ Hiến pháp;\nQuốc hội ban hành Luật này.\n\n";
  expect(addresses(contents + preamble + VIETNAMESE, "law-vi")).toEqual(["front-matter", ...CHAPTERS]);
  const part = `${contents}PHẦN THỨ NHẤT\nCHUNG\n\n${VIETNAMESE}`;
  const below1 = CHAPTERS.map((address) => `part-1/${address}`);
  expect(addresses(part, "law-vi")).toEqual(["front-matter", "part-1", ...below1]);
});

test("contents that list articles alone take no chapter with them, nor does a long preamble after them", () => {
  const contents = "LUẬT\n\nMỤC LỤC\nĐiều 1. Một\nĐiều 2. Hai\nĐiều 3. Ba\n\n";
  for (const preamble of ["", `${"Căn cứ Hiến pháp nước Cộng hòa;\n".repeat(20)}\n`]) {
    expect(addresses(contents + preamble + VIETNAMESE, "law-vi")).toEqual(["front-matter", ...CHAPTERS]);
  }
});

const LISTS: readonly (readonly [profile: string, title: string, upper: string, label: string, addresses: string])[] = [
  ["law-de", "Inhaltsübersicht", "Abschnitt", "§", "chapter section"],
  ["law-fr", "Sommaire", "Titre", "Article", "title article"],
  ["law-ru", "Содержание", "Глава", "Статья", "chapter article"],
  ["law-en", "Table of Contents", "PART", "Section", "part section"],
];

for (const [profile, title, upper, label, kinds] of LISTS) {
  test(`${profile}: the first ${upper} after contents of "${label}" alone is a unit`, () => {
    const one = (number: number) => (label === "§" ? `§ ${number} Name\n` : `${label} ${number}. Name\n`);
    const text = [
      `LAW\n\n${title}\n${one(1)}${one(2)}${one(3)}\n`,
      `${upper} 1\nGENERAL\n\n${one(1)}Text.\n\n${one(2)}Text.\n\n${upper} 2\nOTHER\n\n${one(3)}Text.\n`,
    ].join("");
    const [group = "", leaf = ""] = kinds.split(" ");
    const expected = [...below(`${group}-1`, leaf, 2), `${group}-2`, `${group}-2/${leaf}-3`];
    expect(addresses(text, profile)).toEqual(["front-matter", ...expected]);
  });
}
