/** Tests of what a run has written itself, and what is a drift although it stands where the run wrote. */
import { expect, test } from "bun:test";
import { sha256 } from "../kernel/digest.ts";
import type { PlannedRow } from "./cutplan.ts";
import { withoutOwn } from "./own-units.ts";
import { basisOf, driftBetween, type Survey, type SurveyedUnit } from "./survey.ts";

const unit = (address: string, changes: Partial<SurveyedUnit> = {}): SurveyedUnit => ({
  ...{ canonicalAddress: address, informationUnitId: `id of ${address}`, lifecycleStatus: "draft" },
  ...{ unitKind: "law_unit", sectionType: "article", ownerRef: null, publicationType: "law" },
  ...{ title: address, contentSha256: sha256(`body of ${address}`) },
  ...changes,
});

const survey = (units: readonly SurveyedUnit[]): Survey => ({
  ...{ target: { systemIdentifier: "1", timeline: 1, database: "d" }, documentId: "D", contractSha256: sha256("c") },
  vocabulary: { unit_kind: ["law_unit"], section_type: ["article"], publication_type: ["law"] },
  ...{ hasRevise: true, units },
});

const row = (address: string, changes: Partial<PlannedRow> = {}): PlannedRow => ({
  ...{ ordinal: 1, action: "create", informationUnitId: null, canonicalAddress: address, title: address, actor: "a" },
  ...{ unitKind: "law_unit", sectionType: "article", publicationType: "law", ownerRef: null, byteStart: 0, byteEnd: 1 },
  contentSha256: sha256(`body of ${address}`),
  ...changes,
});

const WITHDRAWN = unit("D/b", { lifecycleStatus: "withdrawn" });
const PLANNED = survey([unit("D/a", { lifecycleStatus: "enacted" }), WITHDRAWN]);
const ROWS = [row("D/b", { action: "revise", informationUnitId: WITHDRAWN.informationUnitId }), row("D/c")];

function driftWith(units: readonly SurveyedUnit[]): readonly string[] {
  return driftBetween(PLANNED, withoutOwn(survey(units), PLANNED, ROWS));
}

test.each(["draft", "enacted"] as const)("what the run wrote, %s by now, is no drift", (lifecycleStatus) => {
  const now = survey([
    unit("D/a", { lifecycleStatus: "enacted" }),
    unit("D/b", { lifecycleStatus }),
    unit("D/c", { lifecycleStatus }),
  ]);
  expect(basisOf(withoutOwn(now, PLANNED, ROWS))).toBe(basisOf(PLANNED));
});

test("what stands where the run wrote and is not what it wrote is a drift", () => {
  const a = unit("D/a", { lifecycleStatus: "enacted" });
  const b = unit("D/b");
  expect(driftWith([a, b, unit("D/c", { contentSha256: sha256("other") })])).toEqual(["D/c: is new"]);
  expect(driftWith([a, b, unit("D/c", { title: "other" })])).toEqual(["D/c: is new"]);
  expect(driftWith([a, b, unit("D/c", { lifecycleStatus: "withdrawn" })])).toEqual(["D/c: is new"]);
  expect(driftWith([a, unit("D/b", { informationUnitId: "another" }), unit("D/c")])).toEqual([
    "D/b: was withdrawn, is draft",
  ]);
});

test("a unit that somebody else put beside it is a drift", () => {
  const a = unit("D/a", { lifecycleStatus: "enacted" });
  expect(driftWith([a, unit("D/b"), unit("D/c"), unit("D/d")])).toEqual(["D/d: is new"]);
});
