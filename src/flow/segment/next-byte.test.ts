/** next-byte.test: the places of a byte in their order, and each byte of a document searched once. */
import { expect, test } from "bun:test";
import { NextByte } from "./next-byte.ts";

class Searched extends Uint8Array {
  bytes = 0;
  override indexOf(value: number, from = 0): number {
    const found = super.indexOf(value, from);
    this.bytes += (found === -1 ? this.length : found + 1) - from;
    return found;
  }
}

test("a byte is found at or after a place, and where there is none the end is answered", () => {
  const next = new NextByte(new TextEncoder().encode("a\n\nb\nc"), 0x0a);
  expect([0, 1, 2, 3, 5, 6].map((from) => next.from(from))).toEqual([1, 1, 2, 4, 6, 6]);
  expect(new NextByte(new Uint8Array(), 0x0a).from(0)).toBe(0);
});

test("a document of one long line, or without the byte, is searched once however often it is asked", () => {
  const bytes = new Searched(10_000);
  const next = new NextByte(bytes, 0x0a);
  for (let from = 0; from < 10_000; from += 10) next.from(from);
  expect(bytes.bytes).toBe(10_000);
});
