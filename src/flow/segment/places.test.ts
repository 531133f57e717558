/** places.test: where units stand below marks that are none, and what is told apart however many stand below one. */
import { expect, test } from "bun:test";
import { Place } from "./address.ts";
import { Places } from "./places.ts";
import type { Entry } from "./reading.ts";
import { cut } from "./sample.ts";

function addresses(text: string, profile: string): string[] {
  return cut(text, profile).map(({ address }) => address.slice(2));
}

test("what was taken once is told apart, before and after there are many", () => {
  const place = new Place("D", { depth: 0, rank: 0, part: "" });
  const parts = Array.from({ length: 40 }, (_, index) => `clause-${(index % 30) + 1}`);
  const want = parts.map((part, index) => (index < 30 ? `D/${part}` : `D/${part}~2`));
  expect(parts.map((part) => place.take(part))).toEqual(want);
  expect([place.take("clause-1"), place.take("clause-20")]).toEqual(["D/clause-1~3", "D/clause-20~2"]);
});

test("equal marks in the lines of two clauses are two places", () => {
  const first = ["Section 1. One", "(1) (a) x;", "(b) y.", "(2) (a) x;", "(b) y;", "(c) z."];
  const text = `${[...first, "Section 2. Two", "(1) (a) x;", "(b) y."].join("\n\n")}\n`;
  expect(addresses(text, "law-en")).toEqual([
    ...["section-1", "section-1/clause-1", "section-1/clause-1/point-b"],
    ...["section-1/clause-2", "section-1/clause-2/point-b", "section-1/clause-2/point-c"],
    ...["section-2", "section-2/clause-1", "section-2/clause-1/point-b"],
  ]);
});

const ENTRY: Entry = {
  ...{ start: 0, kind: "point", sectionType: "point", number: "b", heading: null, label: null, slug: null },
  ...{ rank: 11, holds: "yes", above: [{ kind: "clause", number: "1" }] },
};

test("marks that stood above an earlier unit are opened again where they were closed", () => {
  const places = new Places("D");
  const clause: Entry = { ...ENTRY, kind: "clause", number: "2", rank: 10, above: [] };
  const entered = [ENTRY, { ...ENTRY, number: "c" }, clause, ENTRY].map((entry) => places.enter(entry).address);
  expect(entered).toEqual(["D/clause-1/point-b", "D/clause-1/point-c", "D/clause-2", "D/clause-1~2/point-b"]);
});
