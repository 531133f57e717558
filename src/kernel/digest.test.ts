/** digest.test: canonical JSON is the same however it is made, and lines are digested as their text. */
import { expect, test } from "bun:test";
import { canonicalJson, flatCanonicalJson, sha256, sha256OfLines } from "./digest.ts";

test("a flat record has the canonical JSON of any record, whatever its strings hold", () => {
  const strings = ["", "plain", 'a"b', "a\\b", "ü", "\u2028", "\n", "\u007f", "\u0000", "Điều 5", "[x]", "~ !#"];
  for (const text of strings) {
    const record = { text, none: null, number: 12.5, a: -0, z: "end" };
    const keys = Object.keys(record).sort();
    expect(flatCanonicalJson(record, keys)).toBe(canonicalJson(record));
  }
});

test("a key that is not there is a mistake, not an empty value", () => {
  expect(() => flatCanonicalJson({ a: 1 }, ["a", "b"])).toThrow("there is no b");
});

test("the digest of lines is that of their text with a line feed after each, however many there are", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} đ`);
  expect(sha256OfLines(lines)).toBe(sha256(`${lines.join("\n")}\n`));
  expect(sha256OfLines([])).toBe(sha256(""));
});
