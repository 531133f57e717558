/** Tests of a replay: the bodies in reading order are the source, and nothing doubtful is taken for a unit. */
import { expect, test } from "bun:test";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { joinBodies, replayManifest } from "./replay.ts";
import type { Survey, SurveyedUnit } from "./survey.ts";

const ORDERED = [
  "DOC/front-matter",
  "DOC/preamble",
  "DOC/chapter-1",
  "DOC/chapter-1/article-1",
  "DOC/chapter-1/article-2",
  "DOC/chapter-1/article-2a",
  "DOC/chapter-1/article-10",
  "DOC/chapter-2",
  "DOC/chapter-2/article-11",
  "DOC/chapter-10",
];

const bodies = new Map(ORDERED.map((address) => [address, `body of ${address}, đủ\n`]));

function unit(canonicalAddress: string, changes: Partial<SurveyedUnit> = {}): SurveyedUnit {
  return {
    canonicalAddress,
    informationUnitId: canonicalAddress,
    lifecycleStatus: "enacted",
    unitKind: "law_unit",
    sectionType: "article",
    ownerRef: null,
    publicationType: "law",
    title: canonicalAddress,
    contentSha256: sha256(bodies.get(canonicalAddress) ?? ""),
    ...changes,
  };
}

function survey(units: readonly SurveyedUnit[]): Survey {
  return {
    target: { systemIdentifier: "1", timeline: 1, database: "d" },
    documentId: "DOC",
    vocabulary: { unit_kind: [], section_type: [], publication_type: [] },
    contractSha256: sha256("contract"),
    hasRevise: true,
    units,
  };
}

function replay(units: readonly SurveyedUnit[]) {
  return replayManifest({ survey: survey(units), source: joinBodies(units, bodies) });
}

test("bodies are joined as a person counts, whatever order the database gave", () => {
  const shuffled = [...ORDERED].reverse().map((address) => unit(address));
  expect(joinBodies(shuffled, bodies).addresses).toEqual(ORDERED);
});

test("the manifest tiles the joined bodies, and each digest is that of its unit", () => {
  const found = replay(ORDERED.map((address) => unit(address)));
  if (found instanceof Failure) throw new Error(found.message);
  const { document, manifest } = found;
  expect(new TextDecoder().decode(document.bytes)).toBe([...bodies.values()].join(""));
  expect(manifest.units.map(({ address }) => address)).toEqual(ORDERED);
  expect(manifest.units.map(({ number }) => number).slice(3, 7)).toEqual(["1", "2", "2a", "10"]);
});

test.each([
  ["another body than the digest says", { contentSha256: sha256("other") }, "is not what its digest says"],
  ["a unit of another kind", { unitKind: "handbook_unit" }, "units are of several kinds"],
])("%s is refused", (_what, changes, why) => {
  const refused = replay([unit("DOC/chapter-1"), unit("DOC/chapter-2", changes)]);
  expect(refused instanceof Failure && [refused.code, refused.message.includes(why)]).toEqual(["SURVEY_FAILED", true]);
});

test("an empty body is refused, since a segment of no bytes would tile nothing", () => {
  const empty = unit("DOC/empty", { contentSha256: sha256("") });
  const refused = replay([unit("DOC/chapter-1"), empty]);
  expect(refused instanceof Failure && refused.message).toContain("its body is empty");
});
