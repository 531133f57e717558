/**
 * progress-line.test: the words of a line of progress, and what it leaves out where there is little room.
 */
import { expect, test } from "bun:test";
import type { Advance } from "../../kernel/observer.ts";
import { duration, type Going, progressLine } from "./progress-line.ts";

const units: Advance = { unit: "units", did: "written", done: 3_200, total: 10_000 };
const going: Going = { elapsedMs: 12_900, what: "cut_leg_a (2 of 4)", advance: units, rate: 812.4, leftMs: 8_370 };

test("how long, what, how much of how much, how fast, how long still", () => {
  expect(progressLine(going, 120)).toBe(
    "12 s, cut_leg_a (2 of 4): 3,200 of 10,000 units written, 812/s, about 9 s left",
  );
});

test("what is not known is not told: no total, no rate, no time left; and without an advance only what is done", () => {
  const open = { ...units, total: null };
  const said = [
    progressLine({ ...going, rate: null, leftMs: null }, 120),
    progressLine({ ...going, advance: open, rate: null, leftMs: null }, 120),
    progressLine({ ...going, advance: null }, 120),
  ];
  expect(said).toEqual([
    "12 s, cut_leg_a (2 of 4): 3,200 of 10,000 units written",
    "12 s, cut_leg_a (2 of 4): 3,200 units written",
    "12 s, cut_leg_a (2 of 4)",
  ]);
});

test("in less room: first the word goes, then the bytes, the rate, the time left", () => {
  const rows: Advance = { unit: "rows", did: "dumped", done: 120_000, total: 400_000, bytes: 34_200_000 };
  const line = { elapsedMs: 8_000, what: "backup", advance: rows, rate: 15_000, leftMs: 18_667 };
  const widths = [120, 77, 70, 63, 55, 40, 10];
  expect([...new Set(widths.map((columns) => progressLine(line, columns)))]).toEqual([
    "8 s, backup: 120,000 of 400,000 rows dumped, 34.2 MB, 15,000/s, about 20 s left",
    "8 s, backup: 120,000 of 400,000 rows, 34.2 MB, 15,000/s, about 20 s left",
    "8 s, backup: 120,000 of 400,000 rows, 15,000/s, about 20 s left",
    "8 s, backup: 120,000 of 400,000 rows, about 20 s left",
    "8 s, backup: 120,000 of 400,000 rows",
  ]);
});

test("a time left is rounded up, and never more exact than it can be", () => {
  const left = [0, 1, 9_001, 10_001, 41_000, 56_000, 61_000, 3_599_000, 3_600_001, 7_200_000];
  const told = left.map((leftMs) => /about (.*) left/.exec(progressLine({ ...going, leftMs }, 120))?.[1]);
  expect(told).toEqual(["1 s", "1 s", "10 s", "15 s", "45 s", "1 min", "2 min", "1 h", "1 h 1 min", "2 h"]);
});

test("bytes and durations as people read them", () => {
  const bytes = (done: number): string =>
    progressLine({ ...going, advance: { unit: "bytes", did: "decrypted", done, total: 2e9 }, leftMs: null }, 120);
  expect([bytes(999), bytes(1_000), bytes(123_456_789)].map((line) => /: (.*) of/.exec(line)?.[1])).toEqual([
    ...["999 bytes", "1.0 kB", "123 MB"],
  ]);
  expect([0, 449, 59_999, 125_000, 3_700_000].map(duration)).toEqual([
    "0.0 s",
    "0.4 s",
    "59.9 s",
    "2 min 5 s",
    "1 h 1 min",
  ]);
});
