/** word-starts.test: no word of a profile is passed over, however it is spelled; most prose is. */
import { expect, test } from "bun:test";
import { BUILT_IN_PROFILES } from "../profiles/built-in.ts";
import { compile, readLabel } from "./label.ts";
import { type Line, Text } from "./line.ts";
import { WordStarts } from "./word-starts.ts";

const LINE: Line = {
  ...{ start: 0, text: 0, end: 0, next: 0, markup: "plain", depth: 0, indent: 0, shape: "word" },
  ...{ blankBefore: true, quote: 0 },
};

/** A word as a document may have it: composed, decomposed, half of each, with emphasis or a soft hyphen inside. */
function disguised(word: string): string[] {
  const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
  return [capital, word.toUpperCase()].flatMap((written) => [
    written,
    written.normalize("NFD"),
    written.normalize("NFD").replaceAll("\u0065\u0302", "\u00ea"),
    ...[2, 3, 4].map((at) => `${written.slice(0, at)}\u00ad${written.slice(at)}`),
    ...[2, 3, 4].map((at) => `${written.slice(0, at)}**${written.slice(at)}`),
    written.replaceAll(" ", "\u00a0"),
    written.replaceAll(" ", "\t"),
  ]);
}

test("every text that reads as a label may begin a word by its bytes", () => {
  let read = 0;
  for (const profile of BUILT_IN_PROFILES) {
    const compiled = compile(profile);
    const words = profile.levels.flatMap(({ label }) => (label.form === "word" ? label.words : []));
    for (const spelled of words.flatMap(disguised)) {
      const bytes = new TextEncoder().encode(`${spelled} 1`);
      const isLabel = readLabel(compiled, new Text(bytes).read(0, bytes.length), LINE) !== null;
      if (!isLabel) continue;
      read += 1;
      expect({ spelled, may: compiled.wordStarts.mayBeginAt(bytes, 0) }).toEqual({ spelled, may: true });
    }
  }
  expect(read).toBeGreaterThan(700);
});

test("words that only begin alike are passed over by their bytes", () => {
  const starts = new WordStarts(["Mục", "Điều", "Article", "Lời nói đầu"]);
  const asked = ["Mục 1", "MỤC 1", "Music", "Điều", "Articles", "Artist", "artICLE", "Art", "Lời", "Lo", "L", ""];
  const found = asked.filter((text) => starts.mayBeginAt(new TextEncoder().encode(text), 0));
  expect(found).toEqual(["Mục 1", "MỤC 1", "Điều", "Articles", "Lời"]);
});
