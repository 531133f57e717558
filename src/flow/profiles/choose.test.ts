/** choose.test: what auto chooses for small texts, and that it says why. */
import { expect, test } from "bun:test";
import { limits } from "../../kernel/limits.ts";
import { chooseProfile } from "./choose.ts";
import { sampleOf } from "./sample.ts";

function chosen(text: string): string {
  return chooseProfile(new TextEncoder().encode(text)).profile.name;
}

test("each kind of text gets its profile", () => {
  const texts = {
    "law-vi": "Chương I\nQUY ĐỊNH CHUNG\n\nĐiều 1. Phạm vi\nLuật này quy định.\n\nĐiều 2. Đối tượng\nNgười dân.\n",
    "law-en": "CHAPTER I\nGeneral provisions\n\nArticle 1\nScope\nThis applies to the processing of data.\n",
    "law-de": "§ 1 Begriffe\n\n(1) Wer der Pflicht unterliegt, ist frei.\n\n§ 2 Geltung\n\n(1) Das gilt nicht.\n",
    "law-fr":
      "Titre Ier : Des droits\n\nArticle 1\n\nLa loi est la même pour tous.\n\nArticle 2\n\nLes juges et la loi.\n",
    "law-ru": "Глава 1. Общие\n\nСтатья 1. Закон\nЗакон и право в силе.\n\nСтатья 2. Право\nНе по закону.\n",
    numbered: "1.  Introduction\n\n   Text of it.\n\n1.1.  Scope\n\n   More text.\n\n2.  Terms\n\n   Terms.\n",
    markdown: "# Handbook\n\n## How to travel\n\nBook a flight.\n\n## Part 2\n\nText.\n\n## More\n",
  };
  const found = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, chosen(text)]));
  expect(found).toEqual(Object.fromEntries(Object.keys(texts).map((name) => [name, name])));
});

test("where no profile finds a label, the whole is one unit, and the reason says so", () => {
  const { profile, why, weighed } = chooseProfile(new TextEncoder().encode("nothing to see"));
  expect(profile.name).toBe("markdown");
  expect(why).toEndWith("no profile finds a label, so the whole is one unit");
  expect(weighed.map(({ labels }) => labels)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("of a large document the beginning and the middle are read, in whole lines where there are lines", () => {
  const line = `${"a".repeat(99)}\n`;
  const sample = sampleOf(new TextEncoder().encode(line.repeat(10_000)));
  expect(sample.length).toBeLessThanOrEqual(limits.sampleBytes);
  expect(new TextDecoder().decode(sample)).toBe(line.repeat(sample.length / 100));
  const single = sampleOf(new TextEncoder().encode("đ".repeat(500_000)));
  expect(new TextDecoder("utf-8", { fatal: true }).decode(single)).toBe("đ".repeat(single.length / 2));
});
