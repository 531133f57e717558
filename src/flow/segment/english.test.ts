/** english.test: traps of English law texts, each in a few lines. */
import { expect, test } from "bun:test";
import { cut, tree } from "./sample.ts";

test("English: recitals, articles that count on across sections, an annex with articles of its own", () => {
  const text = `REGULATION

Whereas:
(1) The protection.
(2) The principles.
HAVE ADOPTED:

CHAPTER I
General provisions

Article 1
Subject-matter
1. This Regulation under
Article 8 of the Charter.
2. More:
(a) one;
(b) two.

CHAPTER III
Rights

Section 1
Transparency

Article 12
Information
1. Text.

Section 2
Access

Article 13
Data
1. Text.

ANNEX I
Forms

Article 1
Sample
`;
  expect(tree(text, "law-en")).toEqual([
    "front_matter",
    "recital 1",
    "recital 2",
    "chapter 1 | General provisions",
    "  article 1 | Subject-matter",
    "    clause 1",
    "    clause 2",
    "      point a",
    "      point b",
    "chapter 3 | Rights",
    "  section 1 | Transparency",
    "    article 12 | Information",
    "      clause 1",
    "  section 2 | Access",
    "    article 13 | Data",
    "      clause 1",
    "annex 1 | Forms",
  ]);
});

test("English: sections below articles, parts below titles, subparts with letters: the document's own order", () => {
  const constitution = `## Article. I.

**Section. 1.**  All Powers.

**Section. 2.** The House.

## Article. II.

**Section. 1.** X.
`;
  expect(tree(constitution, "law-en").map((line) => line.split(" |")[0])).toEqual([
    "article 1",
    "  section 1",
    "  section 2",
    "article 2",
    "  section 1",
  ]);
  const regulation = `TITLE 45—WELFARE

PART 46—SUBJECTS

Subpart A—Basic

§ 46.101 To what?

(a) As in
§ 46.104 of this part.
(1) One.
(i) Small.
(ii) Two.

Subpart B—More

§ 46.201 Scope.
`;
  expect(tree(regulation, "law-en")).toEqual([
    "title 45 | WELFARE",
    "  part 46 | SUBJECTS",
    "    subpart A | Basic",
    "      section 46.101 | To what?",
    "        point a",
    "          clause 1",
    "            point i",
    "            point ii",
    "    subpart B | More",
    "      section 46.201 | Scope.",
  ]);
});

test("English: (i) after (h) is a letter where (j) follows, Roman where (ii) does; marks inside a line count", () => {
  const letters = [..."abcdefgh"].map((letter) => `(*${letter}*) x\n\n`).join("");
  const text = `##### 110A Title

**110A.**—(1) (*a*) In this

(*b*) two

(2) Sub:

${letters}(i) nine

(j) ten

(3) Roman:

(*a*) x

(i) one

(ii) two
`;
  const units = cut(text, "law-en");
  expect(units.map(({ address }) => address.replace("D/section-110a", ""))).toEqual([
    ...["", "/clause-1", "/clause-1/point-b", "/clause-2"],
    ...[..."abcdefghij"].map((letter) => `/clause-2/point-${letter}`),
    ...["/clause-3", "/clause-3/point-a", "/clause-3/point-a/point-i", "/clause-3/point-a/point-ii"],
  ]);
});

test("English: Part I after Part H is a letter", () => {
  const parts = [..."GHIJ"]
    .map((letter) => `Subpart ${letter}—Name\n\n§ 1.${letter.charCodeAt(0)} Scope.\n\nText.\n\n`)
    .join("");
  expect(
    cut(parts, "law-en")
      .filter(({ kind }) => kind === "subpart")
      .map(({ number }) => number),
  ).toEqual([..."GHIJ"]);
});

test("English: a heading after a plain blank, recitals whose text is on the next line, footnotes between them", () => {
  const text = `Whereas:

(1)

The protection of natural persons.

(2)

The principles.
(3) OJ L 281, 23.11.1995, p. 31.

(3)

The directive.

CHAPTER I General provisions

Article 1 Subject-matter and objectives
1. This Regulation under
Article 8 Member States may act and
Article 9 TFEU.
2. More.

Article 2 Material scope

Text.
`;
  expect(tree(text, "law-en")).toEqual([
    "front_matter",
    "recital 1",
    "recital 2",
    "recital 3",
    "chapter 1 | General provisions",
    "  article 1 | Subject-matter and objectives",
    "    clause 1",
    "    clause 2",
    "  article 2 | Material scope",
  ]);
});
