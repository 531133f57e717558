/**
 * quirks.test: documents made up at random, with every quirk that bytes can have: they are tiled, and addresses hold.
 *
 * The seed is printed with a failure; CUTTER_SEED=N repeats it.
 */
import { expect, test } from "bun:test";
import { randomFrom, SEED } from "../../../scripts/faults/seed.ts";
import { BUILT_IN_PROFILES } from "../profiles/built-in.ts";
import { chooseProfile } from "../profiles/choose.ts";
import { concatenated } from "./sample.ts";
import { segment } from "./segment.ts";

const RUNS = 150;

type Dice = { pick<T>(items: readonly T[]): T; upTo(most: number): number };

function dice(seed: number): Dice {
  const next = randomFrom(seed);
  const upTo = (most: number) => Math.floor(next() * most);
  return { upTo, pick: (items) => items[upTo(items.length)] as (typeof items)[number] };
}

const LINES = [
  ...["Điều 1. Phạm vi", "Chương I", "CHUNG", "1. Một", "a) hai", "11a.3 Ba", "Điều 9 của Luật này", "“Điều 5. Cũ"],
  ...["§ 3 Begriffe", "(1) Absatz", "(a) point", "(i) roman", "Artikel 12a", "Erster Teil", "Article 5", "Section. 2."],
  ...["Titre Ier : Des", "Статья 15.1. Имя", "1) пункт", "# Heading", "## Điều 2. Hai", "```", "~~~~", "===", "---"],
  ...["| table |", "> quoted", "<!-- x", "-->", "1.2.  Section", "Appendix A.  More", "Whereas:", "MỤC LỤC", "”.", '"'],
  ...["", "", "   ", "\u00a0", "text that is longer than the others, and ends.", "*a*", "**b**", "🙂 𝔘", "漢字かな"],
  ...["\u200b\u2060", "e\u0301\u0323", "\u2028", "#".repeat(7), "Phụ lục I", "SCHEDULE 2", "  – dash", "12345678901"],
];
const ENDS = ["\n", "\n", "\r\n", "\r", "\n\n", "\f\n", "\u0085", "\n\u00a0"];

function makeDocument({ pick, upTo }: Dice): string {
  let text = pick(["", "", "\ufeff", "\ufeff\ufeff", "---\ntitle: x\n---\n", "\r\n"]);
  const lines = upTo(40);
  for (let line = 0; line < lines; line += 1)
    text += pick(["", "", " ", "\t", "\u00a0", "\ufeff"]) + pick(LINES) + pick(ENDS);
  text += pick(["", "Điều 99", "Article 7. End", "\r", " "]);
  return text === "" ? "x" : pick([(one: string) => one, (one: string) => one.normalize("NFD")])(text);
}

test("every document is tiled by units with addresses of their own, whatever its bytes", () => {
  for (let run = 0; run < RUNS; run += 1) {
    const seed = SEED + run;
    const text = makeDocument(dice(seed));
    const bytes = new TextEncoder().encode(text);
    for (const profile of [...BUILT_IN_PROFILES, chooseProfile(bytes).profile]) {
      const units = segment(bytes, "D", profile);
      const seen = {
        seed,
        profile: profile.name,
        same: concatenated(bytes, units).equals(bytes),
        empty: units.filter(({ byteStart, byteEnd }) => byteEnd <= byteStart).length,
        doubled: units.length - new Set(units.map(({ address }) => address)).size,
        untitled: units.filter(({ title }) => title.trim() === "").length,
        odd: units.filter(({ address }) => !/^D(\/[a-z0-9]+(-[a-z0-9]+)*(~[0-9]+)?)+$/.test(address)).length,
      };
      expect(seen).toEqual({ seed, profile: profile.name, same: true, empty: 0, doubled: 0, untitled: 0, odd: 0 });
    }
  }
});

test("cutting the same bytes again gives the same units", () => {
  for (let run = 0; run < 20; run += 1) {
    const bytes = new TextEncoder().encode(makeDocument(dice(SEED + run)));
    for (const profile of BUILT_IN_PROFILES) {
      expect(segment(bytes, "D", profile)).toEqual(segment(bytes, "D", profile));
    }
  }
});

type Article = { readonly number: number; readonly clauses: number };

function lawOf(chapters: readonly (readonly Article[])[]): string {
  return chapters
    .map((articles, index) => {
      const body = articles.map(({ number, clauses }) => {
        const marks = Array.from({ length: clauses }, (_, clause) => `${clause + 1}. Khoản ${clause + 1}.\n`).join("");
        return `Điều ${number}. Tên điều ${number}\n${marks === "" ? "Nội dung.\n" : marks}\n`;
      });
      return `Chương ${["I", "II", "III", "IV", "V", "VI"][index]}\nTÊN CHƯƠNG\n\n${body.join("")}`;
    })
    .join("");
}

test("addresses outside the article that an insertion touches stay what they were", () => {
  for (let run = 0; run < RUNS; run += 1) {
    const seed = SEED + run;
    const { upTo } = dice(seed);
    let number = 0;
    const chapters = Array.from({ length: 1 + upTo(5) }, () =>
      Array.from({ length: 1 + upTo(5) }, () => {
        number += 1;
        return { number, clauses: upTo(5) };
      }),
    );
    const touched = upTo(chapters.length);
    const inserted = { number: number + 100, clauses: 3 };
    const changed = chapters.map((articles, index) => (index === touched ? [...articles, inserted] : articles));
    const profile = BUILT_IN_PROFILES.find(({ name }) => name === "law-vi") ?? BUILT_IN_PROFILES[0];
    if (profile === undefined) throw new Error("no profile");
    const cut = (text: string) => segment(new TextEncoder().encode(text), "D", profile);
    const before = cut(lawOf(chapters)).map(({ address, contentSha256 }) => `${address} ${contentSha256}`);
    const after = new Set(cut(lawOf(changed)).map(({ address, contentSha256 }) => `${address} ${contentSha256}`));
    const lost = before.filter((unit) => !after.has(unit));
    expect({ seed, lost, more: after.size - before.length }).toEqual({ seed, lost: [], more: 4 });
  }
});
