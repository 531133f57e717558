/** number.test: what is a number and nothing else is read at once, and only so long a number. */
import { expect, test } from "bun:test";
import { LAW_FR } from "../profiles/law-fr.ts";
import { numberReader } from "./number.ts";

test("digits alone are a number of at most five, and what is longer is read no further", () => {
  const read = numberReader(LAW_FR);
  const texts = ["7", "007", "12345", "123456", "12345 bis", "1x", "", "٣"];
  const found = texts.map((text) => {
    const { number, length } = read(text) ?? { number: "none", length: 0 };
    return `${number}, ${length}`;
  });
  expect(found).toEqual(["7, 1", "7, 3", "12345, 5", "12345, 5", "12345 bis, 9", "1x, 2", "none, 0", "none, 0"]);
});
