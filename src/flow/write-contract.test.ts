/** Tests of the guard of the write contract: every rule is broken once, all problems come at once. */
import { expect, test } from "bun:test";
import { checkUnitRow, type UnitRow, type Vocabulary } from "./write-contract.ts";

const vocabulary: Vocabulary = {
  unit_kind: ["law_unit"],
  section_type: ["article", "chapter"],
  publication_type: ["law"],
};

const enriched: UnitRow = {
  canonical_address: "DOC/article-1",
  title: "Article 1",
  body: "",
  actor: "cutter",
  unit_kind: "law_unit",
  section_type: "article",
  publication_type: "law",
};

test("an enriched row is accepted, an empty body and an absent owner included", () => {
  expect(checkUnitRow(enriched, vocabulary)).toEqual({ accepted: true, missing: [], unresolved: [] });
});

test("a bare row is refused for exactly what it lacks", () => {
  const bare: UnitRow = { canonical_address: "DOC/article-1", title: "Article 1", body: "text" };
  const { accepted, missing } = checkUnitRow(bare, vocabulary);
  expect({ accepted, missing }).toEqual({
    accepted: false,
    missing: ["actor", "unit_kind", "section_type", "publication_type"],
  });
});

test("each field by itself is missed, when absent, null or blank", () => {
  for (const field of [
    "canonical_address",
    "title",
    "actor",
    "unit_kind",
    "section_type",
    "publication_type",
  ] as const) {
    for (const value of [null, "", "  "]) {
      expect(checkUnitRow({ ...enriched, [field]: value }, vocabulary).missing).toEqual([field]);
    }
  }
  expect(checkUnitRow({ ...enriched, body: null }, vocabulary).missing).toEqual(["body"]);
});

test("a word that is not in the vocabulary is refused with the choices", () => {
  const verdict = checkUnitRow({ ...enriched, section_type: "paragraph", unit_kind: "poem" }, vocabulary);
  expect(verdict).toEqual({
    accepted: false,
    missing: [],
    unresolved: [
      { field: "unit_kind", choices: ["law_unit"] },
      { field: "section_type", choices: ["article", "chapter"] },
    ],
  });
});
