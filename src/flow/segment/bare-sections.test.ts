/** bare-sections.test: acts whose sections carry a number and no word, and lists that look like them. */
import { expect, test } from "bun:test";
import { chooseProfile } from "../profiles/choose.ts";
import { tree } from "./sample.ts";

const ACT = `TEST ACT 2020

ARRANGEMENT OF SECTIONS
1. Short title
2. Interpretation
3. Offences

PART I
PRELIMINARY

1. Short title
This Act may be cited as the Test Act.

2. Interpretation
(1) In this Act—
(a) one.

PART II
3. Offences
A person commits an offence.
28A. Inserted
Text.

SCHEDULE 1
1. First of the schedule
Text.
2. Second of the schedule
Text.
`;

test("numbers alone are sections, below parts and across them; those of contents and schedules are none", () => {
  expect(tree(ACT, "law-en")).toEqual([
    ...["front_matter", "part 1 | PRELIMINARY", "  section 1 | Short title", "  section 2 | Interpretation"],
    ...["    clause 1", "      point a", "part 2", "  section 3 | Offences", "  section 28A | Inserted", "schedule 1"],
  ]);
});

test("auto takes such an act for law, and a paper with numbers and no parts for what it is", () => {
  expect(chooseProfile(new TextEncoder().encode(ACT)).profile.name).toBe("law-en");
  const paper = "1. Introduction\n\nThis is the text of it.\n\n2. Aims\n\nText.\n\n3. The end of it\n\nText.\n";
  expect(chooseProfile(new TextEncoder().encode(paper)).profile.name).toBe("numbered");
  expect(tree(paper, "law-en")).toEqual(["section 1 | Introduction", "section 2 | Aims", "section 3 | The end of it"]);
});

test("auto takes an act for law whose parts hold many sections", () => {
  const sections = Array.from({ length: 12 }, (_, index) => `${index + 1}. Powers\n\nThe Minister may do this.\n\n`);
  const act = new TextEncoder().encode(`PART I\n\n${sections.join("")}PART II\n\n13. Fines\n\nThe fine is this.\n`);
  expect(chooseProfile(act).profile.name).toBe("law-en");
});

test("a list that counts further than the sections do ends with its section", () => {
  const act =
    "PART I\n\n1. Citation\nText.\n\n2. Aims\n1. Apples\n2. Pears\n\n3. Fines\n1. Aa\n2. Bb\n3. Cc\n4. Dd\n5. Ee\n";
  const sections = ["  section 1 | Citation", "  section 2 | Aims", "  section 3 | Fines"];
  const isSection = (line: string): boolean => line.includes("section");
  expect(tree(act, "law-en").filter(isSection)).toEqual(sections);
  const items = "1. One that\nis long.\n2. Two that\nis long.\n3. Three that\nis long.\n4. Four that\nis long.\n";
  expect(tree(`${act}\nSCHEDULE 1\n${items}5. Five that\nis long.\n`, "law-en")).toEqual([
    ...["part 1", ...sections.slice(0, 2), "    clause 1", "    clause 2", "  section 3 | Fines"],
    ...["    clause 1", "    clause 2", "    clause 3", "    clause 4", "    clause 5", "schedule 1"],
  ]);
});

const LISTS: readonly (readonly [name: string, list: string])[] = [
  ["a list of short items", "1. Apples\n2. Pears\n3. Plums\n"],
  ["a list of one item", "1. Apples\n"],
  ["a list of long items", "1. Apples that are\nred.\n2. Pears that are\ngreen.\n3. Plums that are\nblue.\n"],
  ["a list of sentences", "2. Apples are red.\n3. Pears are green;\n"],
  ["a list that is set in", " 2. Apples\n 3. Pears\n"],
  ["years and amounts", "1998. Another\n25. Persons\n"],
];

for (const [name, list] of LISTS) {
  test(`${name} inside a section is no section`, () => {
    const text = `PART I\n\n1. Short title\nThese:\n${list}\n2. Aims\nText.\n\n3. Offences\nText.\n\n4. Fines\nText.\n`;
    const sections = tree(text, "law-en").filter((line) => /^ *section/.test(line));
    expect(sections).toEqual([
      ...["  section 1 | Short title", "  section 2 | Aims", "  section 3 | Offences", "  section 4 | Fines"],
    ]);
  });
}

test("contents whose entries stand apart give way to the text", () => {
  const text = `CONTENTS

PART I
1. Citation
PART II
2. Aims
PART III
3. Fines

PART I
1. Citation
Text of it.

PART II
2. Aims
Text of it.

PART III
3. Fines
Text of it.
`;
  const sections = tree(text, "law-en").filter((line) => !line.startsWith("front"));
  expect(sections).toEqual([
    "part 1",
    "  section 1 | Citation",
    "part 2",
    "  section 2 | Aims",
    "part 3",
    "  section 3 | Fines",
  ]);
});

test("a text with sections or articles of its own has no others, nor has one that counts to one", () => {
  const named = "Section 1. Title\nText.\n\n1. First\nText.\n\n2. Second\nText.\n";
  expect(tree(named, "law-en").filter((line) => line.startsWith("section"))).toEqual(["section 1 | Title"]);
  expect(tree("PART I\n\n1. Short title\nText.\n", "law-en")).toEqual(["part 1"]);
  const article = "Article 1 Title\nText.\n\n1. First\nText.\n\n2. Second\nText.\n";
  expect(tree(article, "law-en").filter((line) => line.includes("section"))).toEqual([]);
});

test("sections in a quotation are none of the document's", () => {
  const text = "PART I\n\n1. Short title\nRead “old:\n2. Old\nText.” now.\n\n2. Aims\nText.\n\n3. Fines\nText.\n";
  expect(tree(text, "law-en")).toEqual([
    "part 1",
    "  section 1 | Short title",
    "  section 2 | Aims",
    "  section 3 | Fines",
  ]);
});
