/** mark-reader.test: a remembered mark is what reading it again would give, whatever follows it. */
import { expect, test } from "bun:test";
import { type MarkRules, readMarks } from "./enumerator.ts";
import { Text } from "./line.ts";
import { MarkReader, writtenAs } from "./mark-reader.ts";

const RULES: MarkRules = {
  styles: new Set(["1.", "1)", "(1)", "a)", "(a)", "(i)", "(A)", "(I)", "1°", "I.-"]),
  alphabet: "abcdđefghijklmnopqrstuvwxyz",
};
const MARKS = [
  ...["(a)", "(i)", "(*a*)", "(aa)", "(1)", "(1)(a)", "1.", "12a.", "1)", "a)", "đ)", "b1)", "1°", "I", "I.", "IV."],
  ...["La", "a.b", "**1.**", "(iiii)", "(*aaa*)", "a)12", "11a.3", "**", "1", "1.1.1", ".", "(", "°"],
];
const BLANKS = ["", " ", "  ", "   ", "\t", " \u00a0", " \u2003", " \u200b"];
const REST = [
  ...["word", "Word", "điều", "Ủy", "Über", "1", '"x"', "*x*", "(a) x", "(1)", "- x", "– x", "— (1) x", ". x", ""],
  ...["\u0301x", "\u1680(a)", "§ 1", "“x", ") x", "[1]"],
];

test("what was remembered is what reading it again gives, the mark alone and a bracket after it too", () => {
  const texts = MARKS.flatMap((mark) => BLANKS.flatMap((blank) => REST.map((rest) => `${mark}${blank}${rest}`)));
  const bytes = new TextEncoder().encode(texts.join("\n"));
  const text = new Text(bytes);
  const reader = new MarkReader(text, RULES);
  // All twice, so that the second reading is remembered; in both orders, so that none depends on what came first.
  for (const places of [placesOf(texts), placesOf(texts), placesOf(texts).reverse()]) {
    for (const { start, end } of places) {
      const head = text.head(start, Math.min(end, start + 32));
      const marks = readMarks(head, RULES);
      const got = reader.read(start, end);
      const opens = marks.map(({ length }) => head.charAt(length) === "(");
      const written = marks.map(({ length }) => head.slice(0, length).replace(/[*_\s]+/g, ""));
      expect({
        head,
        marks: got.marks,
        opens: got.marks.map(({ length }) => got.text.charAt(length) === "("),
        written: got.marks.map((mark) => writtenAs(got, mark)),
      }).toEqual({ head, marks, opens, written });
    }
  }
});

function placesOf(texts: readonly string[]): { start: number; end: number }[] {
  let start = 0;
  return texts.map((text) => {
    const end = start + new TextEncoder().encode(text).length;
    const place = { start, end };
    start = end + 1;
    return place;
  });
}
