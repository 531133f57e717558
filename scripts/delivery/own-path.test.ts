/** Tests of a path of the folder that a program was built in: it is found, and what only looks like it is not. */
import { expect, test } from "bun:test";
import { ownPathIn } from "./own-path.ts";

/** Where root clones to. */
const HOME = ["", "root", "cutter"].join("/");

const built = (text: string): Uint8Array => new TextEncoder().encode(`\0\0${text}\0\0`);

test.each([
  [HOME, `import('${HOME}/src/main.ts')`, `${HOME}/src/main.ts')`],
  ["/b", "x=/b/node_modules/y", "/b/node_modules/y"],
  ["/a", "/a/sql/one.sql /a/proofs/two", "/a/sql/one.sql"],
])("in %s: %s", (root, text, path) => {
  expect(ownPathIn(built(text), root)).toStartWith(path);
});

test.each([
  [HOME, `/$bunfs${HOME} /$bunfs${HOME}/chunk.js`],
  ["/cutter", `/var/lib/cutter/runs, /$bunfs${HOME}`],
  [HOME, `${HOME}s/src/x`],
])("for %s there is none in %s", (root, text) => {
  expect(ownPathIn(built(text), root)).toBe(null);
});
