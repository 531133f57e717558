/** markup.test: Markdown and decimal numbers: what is a heading, and what only looks like one. */
import { expect, test } from "bun:test";
import { cut, tree } from "./sample.ts";

test("Markdown: code, comments, tables, quotes and indented text hold no headings; underlined lines are some", () => {
  const text = `---
title: x
# not: a heading
---

# One #

\`\`\`sh
# comment
\`\`\`

~~~
## no
\`\`\`
~~~

Two *words*
===

    # code

<!--
# hidden
-->

> # quoted

| # cell |
|---|

Three
lines
---

- item
---

#hashtag
####### seven

### Four
`;
  expect(tree(text, "markdown")).toEqual([
    "front_matter",
    "heading | One",
    "heading | Two words",
    "  heading | Three lines",
    "    heading | Four",
  ]);
});

test("Markdown: a fence that is never closed holds the rest; in law it is a stray mark", () => {
  expect(tree("# One\n\n```\n# Two\n", "markdown")).toEqual(["heading | One"]);
  expect(tree("Article 1. One\n\n```\n\nArticle 2. Two\n", "law-en")).toEqual(["article 1 | One", "article 2 | Two"]);
  expect(tree("Article 1. One\n\n```\nArticle 9. Code\n```\n\nArticle 2. Two\n", "law-en")).toEqual([
    "article 1 | One",
    "article 2 | Two",
  ]);
});

test("Markdown: equal headings get a suffix, headings without ASCII letters a digest, and none is lost", () => {
  const text = "# A b\n\n## A b\n\n## A b\n\n# 漢字\n\n#\n\n# Ёж и đường\n";
  const units = cut(text, "markdown");
  expect(units.map(({ address }) => address)).toEqual([
    ...["D/heading-a-b", "D/heading-a-b/heading-a-b", "D/heading-a-b/heading-a-b~2"],
    ...["D/heading-xc6d29771", "D/heading", "D/heading-yozh-i-dduong"],
  ]);
  expect(units.map(({ title }) => title).every((title) => title !== "")).toBe(true);
});

test("law in Markdown: where labels are headings, a plain line with the same words is a reference", () => {
  const text = "### Điều 1. Một\n\nA.\n\nĐiều 5. Trích\n\n##### Điều 2. Hai\n\nB.\n\n### Điều 3. Ba\n";
  expect(tree(text, "law-vi")).toEqual(["article 1 | Một", "article 2 | Hai", "article 3 | Ba"]);
});

const RFC = `

Abstract

   Text.

Table of Contents

   1.  Introduction  . . . . . . . . . . .   6
     1.1.  Conformance  . . . . . .   6
   Appendix A.  Differences . . . . . .  90


1.  Introduction

   See Section
   2.  It is.

   1.  item
   2.  item

1.1.  Conformance

   Text.

\fRFC 7231            Semantics           June 2014


2.  A Long Heading Wrapped
      Over Two

   Text.

13.1.1.  Too deep

3.  References

3.1.  Normative

   [RFC2119]

Appendix A.  Differences

   Text.

A.1.  MIME

   Text.
`;

test("decimal numbers: contents, numbered items, page headers and numbers out of the blue are no sections", () => {
  expect(tree(RFC, "numbered")).toEqual([
    "front_matter",
    "section 1 | Introduction",
    "  section 1.1 | Conformance",
    "section 2 | A Long Heading Wrapped Over Two",
    "section 3 | References",
    "  section 3.1 | Normative",
    "appendix A | Differences",
    "  section A.1 | MIME",
  ]);
});

test("decimal numbers in Markdown headings", () => {
  expect(tree("# 1. One\n\n## 1.2 Two\n\nText\n\n# 4 Four\n", "numbered")).toEqual([
    "section 1 | One",
    "  section 1.2 | Two",
    "section 4 | Four",
  ]);
});

test("no label at all, only labels, and one line of text", () => {
  expect(tree("just words", "law-vi")).toEqual(["front_matter"]);
  expect(tree("Điều 1.\nĐiều 2.\nĐiều 3.", "law-vi")).toEqual(["article 1", "article 2", "article 3"]);
  expect(cut("Điều 7", "law-vi").map(({ title, byteStart, byteEnd }) => ({ title, byteStart, byteEnd }))).toEqual([
    { title: "Điều 7", byteStart: 0, byteEnd: 9 },
  ]);
});

test("a heading longer than the bound is cut off; the text stays in its range", () => {
  const [unit] = cut(`# ${"long ".repeat(100)}\n`, "markdown");
  expect(unit?.heading?.length).toBe(300);
  expect(unit?.heading?.endsWith("…")).toBe(true);
  expect(unit?.byteEnd).toBe(503);
});
