/**
 * comments: each file says what it is before it starts, and none holds a promise to do something later.
 *
 * Rules of tidy; each has a bad sample in tidy.test.ts.
 */
import { eachSyntax, isTest, lineAt, type Rule } from "./tree.ts";

const HEADER = { fewest: 3, most: 8 };

export const header: Rule = {
  name: "header",
  check: eachSyntax((source, { comments }) => {
    if (isTest(source)) return [];
    const [first] = comments;
    const before = first === undefined ? "" : source.text.slice(0, first.start).replace(/^#!.*\n/, "");
    const isFirst = first?.text.startsWith("*") && before.trim() === "";
    const lines = first !== undefined && isFirst ? first.text.split("\n").length - 2 : 0;
    if (lines >= HEADER.fewest && lines <= HEADER.most) return [];
    const wanted = `a header comment of ${HEADER.fewest} to ${HEADER.most} lines says what a file is and never does`;
    return [{ path: source.path, line: 1, message: `${wanted}; this one has ${lines}` }];
  }),
};

export const sqlHeader: Rule = {
  name: "sql-header",
  check: ({ sources }) =>
    sources.flatMap(({ path, lines }) => {
      if (!/^sql\/.*\.sql$/.test(path)) return [];
      const end = lines.findIndex((line) => !line.startsWith("--"));
      const text = lines.slice(0, end === -1 ? undefined : end).join("\n");
      const missing = ["parameters", "locks"].filter((word) => !text.toLowerCase().includes(word));
      if (missing.length === 0) return [];
      return [{ path, line: 1, message: `the header does not say, after the purpose: ${missing.join(", ")}` }];
    }),
};

/** At the start of a line, or with a colon after it: TAP has a directive of that name, which is no promise. */
const PROMISE = /(^|\n)[\s*]*(TODO|FIXME|XXX|HACK)\b|\b(TODO|FIXME|XXX|HACK)[:(]/;

export const promise: Rule = {
  name: "promise",
  check: eachSyntax((source, { comments }) =>
    comments
      .filter(({ text }) => PROMISE.test(text))
      .map(({ start }) => ({ path: source.path, line: lineAt(source, start), message: "do it, or leave it out" })),
  ),
};
