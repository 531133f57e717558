/** vietnamese.test: traps of Vietnamese laws, each in a few lines. */
import { expect, test } from "bun:test";
import { cut, tree } from "./sample.ts";

test("parts, chapters, sections, articles, clauses and points nest; numbers are Arabic", () => {
  const text = `LUẬT

Phần thứ nhất
QUY ĐỊNH CHUNG

Chương II
TỔ CHỨC

Mục 1
BỘ MÁY

Tiểu mục 2. Phòng

Điều 28A. Nhiệm vụ
1. Một:
a) a;
đ) đ;
2. Hai.
`;
  expect(tree(text, "law-vi")).toEqual([
    "front_matter",
    "part 1 | QUY ĐỊNH CHUNG",
    "  chapter 2 | TỔ CHỨC",
    "    section 1 | BỘ MÁY",
    "      subsection 2 | Phòng",
    "        article 28A | Nhiệm vụ",
    "          clause 1",
    "            point a",
    "            point đ",
    "          clause 2",
  ]);
  const addresses = cut(text, "law-vi").map(({ address }) => address);
  expect(addresses.at(-2)).toBe("D/part-1/chapter-2/section-1/subsection-2/article-28a/clause-1/point-dd");
});

test("a wrapped line that begins with a reference is no label", () => {
  const text = `Điều 1. Một
1. Theo quy định tại khoản 2
Điều 9 của Luật này và
Điều 10. Khoản này theo
Điều này.
2. Tại các
Điều 11.
Điều 2. Hai
Nội dung.
`;
  expect(tree(text, "law-vi")).toEqual(["article 1 | Một", "  clause 1", "  clause 2", "article 2 | Hai"]);
});

test("a law that is quoted keeps its articles to itself, whatever the marks", () => {
  for (const [open, close] of [
    ["“", "”"],
    ['"', '"'],
    ["«", "»"],
  ]) {
    const text =
      `Điều 1. Sửa đổi\n1. Sửa Điều 10 như sau:\n${open}Điều 10. Cũ\n1. Khoản cũ.\nĐiều 11. Cũ nữa\n` +
      `a) Điểm cũ.${close}.\n2. Bãi bỏ Điều 12.\nĐiều 2. Hiệu lực\nNgay.\n`;
    expect(tree(text, "law-vi")).toEqual(["article 1 | Sửa đổi", "  clause 1", "  clause 2", "article 2 | Hiệu lực"]);
  }
});

test("a quotation mark that was forgotten hides nothing", () => {
  const filler = `${"Nội dung của khoản này là như vậy.\n".repeat(12_000)}`;
  const text = `Điều 1. “Một\nA.\nĐiều 2. Hai\n${filler}Điều 3. Ba\nB.\n`;
  expect(tree(text, "law-vi")).toEqual(["article 1 | “Một", "article 2 | Hai", "article 3 | Ba"]);
});

test("a digit after the dot is a footnote mark: 11a.3 is clause 11a, 1.2 the first clause, Điều 5.12 article 5", () => {
  const text = "Điều 5.12 Tên\n1.2 Một.\n2. Hai.\n3.[4] Ba.\n4. Bốn.\n";
  expect(tree(text, "law-vi").slice(0, 3)).toEqual(["article 5 | Tên", "  clause 1", "  clause 2"]);
  const inserted = "Điều 7. Thuế\n11. Mười một.\n11a.3 Mười một a.\n12. Mười hai.\n";
  const before = Array.from({ length: 10 }, (_, index) => `${index + 1}. Khoản.\n`).join("");
  const numbers = cut(inserted.replace("11.", `${before}11.`), "law-vi").map(({ number }) => number);
  expect(numbers.slice(-3)).toEqual(["11", "11a", "12"]);
});

test("page headers, page numbers and footnotes between the lines are no labels", () => {
  const text = `Điều 1. Một
1. Cá nhân cư trú có thu nhập
 
2 Luật số 09/2026/QH16 sửa đổi Điều 5 như sau:
“Điều 5. Hiệu lực thi hành
1. Luật này có hiệu lực.”.

CÔNG BÁO/Số 302/Ngày 02-06-2026
96
 
chịu thuế.
2. Khoản hai.
Điều 2. Hai
`;
  expect(tree(text, "law-vi")).toEqual(["article 1 | Một", "  clause 1", "  clause 2", "article 2 | Hai"]);
});

test("label lines that are not NFC are labels all the same, and the bytes stay as they are", () => {
  const text = "Chương I\nCHUNG\n\nĐiều 1. Phạm vi\nLuật.\n\nMục 1\nTÊN\n\nĐiều 2. Hai\n";
  const decomposed = text.normalize("NFD");
  expect(decomposed).not.toBe(text);
  expect(tree(decomposed, "law-vi")).toEqual(tree(text, "law-vi"));
});

test("bold labels, and labels alone on their line with the heading on the next", () => {
  expect(tree("**Điều 1.** Phạm vi\nLuật này.\n\n**Điều 2. Hai**\nA.\n", "law-vi")).toEqual([
    "article 1 | Phạm vi",
    "article 2 | Hai",
  ]);
  expect(tree("Điều 1\nPhạm vi điều chỉnh\n1. Luật này.\n\nĐiều 2.\n\n**Hai**\n\nA.\n", "law-vi")).toEqual([
    "article 1 | Phạm vi điều chỉnh",
    "  clause 1",
    "article 2 | Hai",
  ]);
});

test("gaps, duplicates and wrong order are the source's own and stay", () => {
  const text = `Điều 1. A
x

Điều 5. B
x

Điều 3. C
x

Điều 5. D
x

Điều 5. E
1. x
4. y
3. z
3. w
`;
  const units = cut(text, "law-vi");
  expect(units.map(({ address }) => address)).toEqual([
    ...["D/article-1", "D/article-5", "D/article-3", "D/article-5~2", "D/article-5~3"],
    ...["D/article-5~3/clause-1", "D/article-5~3/clause-4", "D/article-5~3/clause-3", "D/article-5~3/clause-3~2"],
  ]);
});

test("a table of contents before the text and an index after it repeat labels that are units once", () => {
  const contents = "MỤC LỤC\nChương I. CHUNG\nĐiều 1. Một\nĐiều 2. Hai\nChương II. RIÊNG\nĐiều 3. Ba\n\n";
  const body = `Chương I
CHUNG

Điều 1. Một
A dài.

Điều 2. Hai
B dài.

Chương II
RIÊNG

Điều 3. Ba
C.
`;
  const index = `
## Danh sách điều khoản

### 0001

Điều 1. Một

### 0002

Điều 2. Hai

Điều 3. Ba
`;
  expect(tree(`${contents}${body}${index}`, "law-vi")).toEqual([
    "front_matter",
    "chapter 1 | CHUNG",
    "  article 1 | Một",
    "  article 2 | Hai",
    "chapter 2 | RIÊNG",
    "  article 3 | Ba",
    "index",
  ]);
});

test("an annex is a unit, and the articles of its forms are not the law's", () => {
  const text = `Điều 1. Một
A.

Điều 2. Hai
B.

PHỤ LỤC I
MẪU HỢP ĐỒNG

Điều 1. Bên A
1. Tên.

Điều 2. Bên B
`;
  expect(tree(text, "law-vi")).toEqual(["article 1 | Một", "article 2 | Hai", "annex 1 | MẪU HỢP ĐỒNG"]);
});

test("composite numbers of the codification are kept whole; numbers of copied texts are not its own", () => {
  const text = `Chương I

CHUNG

Điều 9.1.LQ.1. Phạm vi

1. Một.

**Điều 20a. Gia hạn**

2. Hai.

Điều 9.1.NĐ.2.1. Đối tượng

1.Một.
`;
  const units = cut(text, "law-vi").filter(({ kind }) => kind === "article");
  expect(units.map(({ number, address }) => `${number} ${address}`)).toEqual([
    "9.1.LQ.1 D/chapter-1/article-9-1-lq-1",
    "9.1.NĐ.2.1 D/chapter-1/article-9-1-ndd-2-1",
  ]);
});

test("a heading that was wrapped is read whole, and the text below it is not", () => {
  const text = `Điều 4. Chính sách của Nhà nước về người lao động Việt Nam đi làm việc 
ở nước ngoài theo hợp đồng  
1. Khuyến khích.

Điều 5. Phạm vi
Luật này quy định về hoạt động.
`;
  expect(tree(text, "law-vi")).toEqual([
    "article 4 | Chính sách của Nhà nước về người lao động Việt Nam đi làm việc ở nước ngoài theo hợp đồng",
    "  clause 1",
    "article 5 | Phạm vi",
  ]);
});
