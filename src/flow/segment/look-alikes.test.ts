/** look-alikes.test: what looks like prose or a footnote and is a label, and what looks like one and is none. */
import { expect, test } from "bun:test";
import { cut, tree } from "./sample.ts";

test("points whose text is one letter are points, and a line that was wrapped after one is none", () => {
  const letters = "Section 1. Test\n(a) a\n(b) b\n(c) c\n";
  expect(tree(letters, "law-en")).toEqual(["section 1 | Test", "  point a", "  point b", "  point c"]);
  const wrapped = "Section 1. Test\n(a) as is said in\n(b) of this section;\n(b) two.\n";
  expect(cut(wrapped, "law-en").map(({ address, byteStart }) => [address, byteStart])).toEqual([
    ["D/section-1", 0],
    ["D/section-1/point-a", 16],
    ["D/section-1/point-b", wrapped.lastIndexOf("(b)")],
  ]);
});

test("a point after one that ends with a semicolon and a word is a point", () => {
  const text = "Section 1. Test\n(a) one; or\n(b) two; and\n(c) three.\n";
  expect(tree(text, "law-en")).toEqual(["section 1 | Test", "  point a", "  point b", "  point c"]);
});

test("German: a range of sections is one unit in plain text too, and a reference to one is none", () => {
  const text = `§ 1 Eins
Text nach den
§§ 2 bis 5 (weggefallen) und

§§ 2 bis 5 (weggefallen)

§ 6 Sechs
Text.

§§ 7 und 8
(weggefallen)

§§ 7 bis 8 gelten nicht.

§ 9 Neun
`;
  expect(cut(text, "law-de").map(({ number, label, heading }) => [number, label, heading])).toEqual([
    ["1", "§ 1", "Eins"],
    ["2-5", "§§ 2 bis 5", "(weggefallen)"],
    ["6", "§ 6", "Sechs"],
    ["7-8", "§§ 7 und 8", null],
    ["9", "§ 9", "Neun"],
  ]);
});

test("a footnote mark is no part of number or heading, before the dot, after it or at the end; its bytes stay", () => {
  const text = `Điều 4.[2] Tên
Nội dung.

Điều 5[3]. Hai
Nội dung.

Điều 6.² Ba[12]
Nội dung.

Điều 7. [^4] Nhà 100 m²
Nội dung.
`;
  for (const mark of ["", "## "]) {
    const units = cut(text.replaceAll("Điều", `${mark}Điều`), "law-vi");
    expect(units.map(({ number, label, heading }) => [number, label, heading])).toEqual([
      ["4", "Điều 4", "Tên"],
      ["5", "Điều 5", "Hai"],
      ["6", "Điều 6", "Ba"],
      ["7", "Điều 7", "Nhà 100 m²"],
    ]);
  }
});

test("a title of a label's word and another word is no label; a letter of the alphabet is a number", () => {
  const charter = "ĐIỀU LỆ\n\nĐiều 1. Một\nNội dung.\n\nPhụ lục Đ\nMẪU\n";
  expect(tree(charter, "law-vi")).toEqual(["front_matter", "article 1 | Một", "annex Đ | MẪU"]);
  expect(tree(`# ${charter}`, "law-vi")).toEqual(["front_matter", "article 1 | Một", "annex Đ | MẪU"]);
  expect(tree("ARTICLE OF\n\nArticle 1. One\nText.\n", "law-en")).toEqual(["front_matter", "article 1 | One"]);
  expect(tree("PHẦN MỞ\n\nĐiều 1. Một\nNội dung.\n", "law-vi")).toEqual(["front_matter", "article 1 | Một"]);
  const russian = "Статья 1. Имя\nТекст.\n\nПриложение Б\nФОРМА\n";
  expect(tree(russian, "law-ru")).toEqual(["article 1 | Имя", "annex Б | ФОРМА"]);
});

test("Russian: 12.1 and 12¹ in one law are two articles, and number and label say which is which", () => {
  const text = "Статья 12.1. Имя\nТекст.\n\nСтатья 12¹. Имя\nТекст.\n";
  expect(cut(text, "law-ru").map(({ address, number, label }) => [address, number, label])).toEqual([
    ["D/article-12-1", "12.1", "Статья 12.1"],
    ["D/article-12-1~2", "12-1", "Статья 12¹"],
  ]);
});
