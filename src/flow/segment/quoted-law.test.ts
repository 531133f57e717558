/** quoted-law.test: law that an act quotes without double marks stays in the unit that quotes it. */
import { expect, test } from "bun:test";
import { tree } from "./sample.ts";

const OWN = ["section 1 | Amendment", "section 2 | Commencement"];

test("a block set in below a colon is quoted: its sections, its points, and what stands between them", () => {
  for (const [inset, colon] of [
    ["    ", ":"],
    ["\t", ":"],
    ["        ", ":—"],
  ]) {
    const text = `Section 1. Amendment
After section 4 insert the following section${colon}

${inset}Section 5. Penalties
${inset}(a) A person.

${inset}  A line further in.

${inset}Section 5A. Appeals
${inset}(b) Another.

Section 2. Commencement
Text.
`;
    expect({ colon, inset, tree: tree(text, "law-en") }).toEqual({ colon, inset, tree: OWN });
  }
});

test("a kind of unit that stands only in such a block is not the document's own", () => {
  const text = `Section 1. Amendment
The Treaty shall read:

    CHAPTER I Scope

    Article 1 Aim

Section 2. Commencement
`;
  expect(tree(text, "law-en")).toEqual(OWN);
});

test("a block below a line without a colon, or set in by less, quotes nothing", () => {
  const text = `Section 1. One
The following applies.

    Section 2. Two

Section 3. Three
Text:

   Section 4. Four

Section 5. Five
`;
  expect(tree(text, "law-en")).toEqual([
    ...["section 1 | One", "section 2 | Two", "section 3 | Three", "section 4 | Four", "section 5 | Five"],
  ]);
});

test("a text that sets in all its labels keeps them, below a colon too", () => {
  const sections = ["One", "Two", "Three", "Four"].map(
    (name, index) => `      Section ${index + 1}. ${name}\nThe terms of this section are these:\n      (a) one.\n`,
  );
  expect(tree(sections.join("\n"), "law-en")).toEqual([
    ...["section 1 | One", "  point a", "section 2 | Two", "  point a"],
    ...["section 3 | Three", "  point a", "section 4 | Four", "  point a"],
  ]);
  const treaty =
    "The States have agreed as follows:\n\n    Article 1 Aim\n    Text.\n\n    Article 2 Scope\n    Text.\n";
  expect(tree(treaty, "law-en")).toEqual(["front_matter", "article 1 | Aim", "article 2 | Scope"]);
});

test("single curly quotes below a colon or after it hold their sections, apostrophes and all", () => {
  for (const opening of ["Insert after section 5:\n‘", "Insert after section 5:\n\n‘", "Insert after section 5: ‘"]) {
    const text = `Section 1. Amendment
${opening}Section 5A. A person’s penalties
Section 5B. The members’ duties
(a) A member’s office.
Section 5C. Others
(b) The members’ duties’

Section 2. Commencement
(a) Own.
`;
    expect({ opening, tree: tree(text, "law-en") }).toEqual({ opening, tree: [...OWN, "  point a"] });
  }
});

test("apostrophes, words in single quotes and a mark that is never closed hide nothing", () => {
  const text = `Section 1. Terms
In this Act:
‘consumer’ means a person;
‘goods’ means the seller’s things
‘trader
or dealer’ means another.
Section 2. The members’ duties
’Tis said:
‘never closed
Section 3. Third
(a) one
Section 4. Fourth
`;
  expect(tree(text, "law-en").filter((line) => line.startsWith("section"))).toEqual([
    "section 1 | Terms",
    "section 2 | The members’ duties",
    "section 3 | Third",
    "section 4 | Fourth",
  ]);
  const unannounced = "Section 1. One\n‘as it was\nSection 2. The acts of the members’\n";
  expect(tree(unannounced, "law-en")).toEqual(["section 1 | One", "section 2 | The acts of the members’"]);
});
