/** Tests of the count of rows in the SQL of a dump: what is a row, and what only looks like one. */
import { expect, test } from "bun:test";
import { CopyRows } from "./copy-rows.ts";

function rowsOf(...lines: readonly string[]) {
  const rows = new CopyRows();
  const bytes = Buffer.from([...lines, "-- PostgreSQL database dump complete", ""].join("\n"));
  for (let start = 0; start < bytes.byteLength; start += 7) rows.add(bytes.subarray(start, start + 7));
  return rows.end();
}

test("rows are counted by table, of one without any too, and of one with more columns than a line is read of", () => {
  const many = Array.from({ length: 200 }, (_, index) => `column_${index}`).join(", ");
  expect(
    rowsOf(
      ...["COPY public.a (i) FROM stdin;", "1", "2", "\\.", "COPY public.b (i) FROM stdin;", "\\."],
      ...[`COPY "A ""b"".c".d (${many}) FROM stdin;`, "x", "\\."],
    ),
  ).toEqual({ "public.a": 2, "public.b": 0, '"A ""b"".c".d': 1 });
});

test("a line in the body of a function that copies from a file is no table of the dump", () => {
  const body = ["CREATE PROCEDURE public.load() AS $$", "COPY public.c (i) FROM '/srv/c.csv';", "$$;"];
  expect(rowsOf(...body, "COPY public.a (i) FROM stdin;", "1", "\\.")).toEqual({ "public.a": 1 });
});
