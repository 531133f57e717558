/** cutplan.test: what is written, left, refused or listed, for every state of a unit; the guard; the fixed digest. */
import { expect, test } from "bun:test";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import type { Comparison, SurveyInput } from "./comparison.ts";
import { bodyOf, type PlanSettings, planCut, rowRecord, sourceVersion } from "./cutplan.ts";
import { openDocument } from "./document.ts";
import { makeManifest } from "./manifest.ts";
import { LAW_EN } from "./profiles/law-en.ts";
import { referenceVocabulary } from "./reference-vocabulary.ts";

const TEXT = "\ufeffArticle 1. One\r\nA.\r\nArticle 2. Two\r\nB.\r\nArticle 3. Three\r\nC.";
const document = openDocument({ documentId: "DOC", fileName: "x.txt", bytes: new TextEncoder().encode(TEXT) });
if (document instanceof Failure) throw new Error(document.message);
const manifest = makeManifest(document, LAW_EN);
const SETTINGS: PlanSettings = { mode: "live", actor: "cutter", publicationType: "law", ownerRef: null };

type SurveyedUnit = SurveyInput["units"][number];

function survey(units: readonly SurveyedUnit[], changes: Partial<SurveyInput> = {}): SurveyInput {
  return { vocabulary: referenceVocabulary(), units, hasRevise: true, contractSha256: sha256("contract"), ...changes };
}

type Status = SurveyedUnit["lifecycleStatus"];

/** Article 2 as the database has it. */
function there(lifecycleStatus: Status, content: "same" | "other", canonicalAddress = "DOC/article-2"): SurveyedUnit {
  const unit = manifest.units.find(({ address }) => address === canonicalAddress);
  const contentSha256 = content === "same" && unit !== undefined ? unit.contentSha256 : sha256("other");
  return { canonicalAddress, informationUnitId: "id-2", lifecycleStatus, contentSha256 };
}

function groupOf(comparison: Comparison, address: string): string {
  const groups = Object.entries(comparison).filter(([, listed]) =>
    listed.some(({ canonicalAddress }) => canonicalAddress === address),
  );
  return groups.map(([name]) => name).join(" and ");
}

const CASES: readonly (readonly [Status, "same" | "other", string, "accepted" | "refused"])[] = [
  ["draft", "same", "unchanged", "accepted"],
  ["draft", "other", "revise", "accepted"],
  ["enacted", "same", "unchanged", "accepted"],
  ["enacted", "other", "immutable", "refused"],
  ["superseded", "same", "unchanged", "accepted"],
  ["superseded", "other", "immutable", "refused"],
  ["withdrawn", "same", "revise", "accepted"],
  ["withdrawn", "other", "revise", "accepted"],
];

for (const [status, content, group, verdict] of CASES) {
  test(`a unit that is ${status} with ${content} content is ${group}, and the plan ${verdict}`, () => {
    const plan = planCut(manifest, survey([there(status, content)]), SETTINGS);
    const row = plan.rows.find(({ canonicalAddress }) => canonicalAddress === "DOC/article-2");
    expect({ group: groupOf(plan.comparison, "DOC/article-2"), verdict: plan.verdict }).toEqual({ group, verdict });
    expect(row?.action).toBe(group === "revise" ? "revise" : undefined);
    expect(row?.informationUnitId).toBe(group === "revise" ? "id-2" : undefined);
    expect(plan.rows.filter(({ action }) => action === "create")).toHaveLength(2);
  });
}

test("without fn_iu_revise a unit to revise is refused by name", () => {
  const plan = planCut(manifest, survey([there("withdrawn", "same")], { hasRevise: false }), SETTINGS);
  expect(plan.verdict).toBe("refused");
  expect(plan.problems).toEqual([
    {
      ordinal: 2,
      canonicalAddress: "DOC/article-2",
      field: "content",
      problem: "withdrawn, same content, and the database has no fn_iu_revise",
      choices: [],
    },
  ]);
});

test("what only the database has is listed and never touched", () => {
  const plan = planCut(manifest, survey([there("enacted", "other", "DOC/article-9")]), SETTINGS);
  expect(plan.comparison.missing).toEqual([
    { canonicalAddress: "DOC/article-9", reason: "enacted in the database, not in the document" },
  ]);
  expect([plan.rows.length, plan.verdict]).toEqual([3, "accepted"]);
});

test("a document that is there already leaves nothing to write", () => {
  const units = manifest.units.map(({ address }) => there("draft", "same", address));
  const plan = planCut(manifest, survey(units), SETTINGS);
  expect([plan.rows.length, plan.verdict, plan.problems.length]).toEqual([0, "nothing to write", 0]);
});

test("every row is checked, and all problems come at once with the choices", () => {
  const vocabulary = { unit_kind: ["law_unit"], section_type: ["chapter"], publication_type: [] };
  const settings = { ...SETTINGS, actor: " ", publicationType: "poem" };
  const { problems, verdict } = planCut(manifest, survey([], { vocabulary }), settings);
  expect(verdict).toBe("refused");
  expect(problems).toHaveLength(9);
  expect(problems.slice(0, 3).map(({ field, problem, choices }) => ({ field, problem, choices }))).toEqual([
    { field: "actor", problem: "is missing", choices: [] },
    { field: "section_type", problem: '"article" is not in the vocabulary', choices: ["chapter"] },
    { field: "publication_type", problem: '"poem" is not in the vocabulary', choices: [] },
  ]);
});

test("the built-in words are all in the reference vocabulary, which has 27", () => {
  const { unit_kind, section_type, publication_type } = referenceVocabulary();
  expect([unit_kind.length, section_type.length, publication_type.length]).toEqual([5, 17, 5]);
});

test("a body is the bytes of its range, the byte order mark and line ends included", () => {
  const [first] = manifest.units;
  const bodies = manifest.units.map((unit) => bodyOf(document.bytes, unit));
  expect(bodies.join("")).toBe(TEXT);
  expect(sha256(bodies[0] ?? "")).toBe(first?.contentSha256 ?? "");
});

test("the source version is the same for every run of a document, and says whether it is a dry run's", () => {
  const dry = planCut(manifest, survey([]), { ...SETTINGS, mode: "dry-run" });
  const live = planCut(manifest, survey([there("draft", "other")]), SETTINGS);
  expect([live.sourceVersionId, dry.sourceVersionId]).toEqual([
    "sv-960842692b34c955",
    "live-dryrun-sv-960842692b34c955",
  ]);
  expect(sourceVersion(manifest, sha256("another contract"), "live")).not.toBe(live.sourceVersionId);
});

test("the digest of a cutplan is this, for ever, and changes with each thing that would be written", () => {
  const plan = planCut(manifest, survey([]), SETTINGS);
  expect(plan.cutplanSha256).toBe("cf5176b20f1d57443c522efdd566b26eb01f529ece5d98caca8e6493bf445d20");
  expect(planCut(manifest, survey([]), SETTINGS).cutplanSha256).toBe(plan.cutplanSha256);
  const changed = [
    planCut(manifest, survey([]), { ...SETTINGS, actor: "else" }),
    planCut(manifest, survey([]), { ...SETTINGS, ownerRef: "owner" }),
    planCut(manifest, survey([]), { ...SETTINGS, publicationType: "policy" }),
    planCut(manifest, survey([there("draft", "other")]), SETTINGS),
    planCut(manifest, survey([there("enacted", "other", "DOC/article-9")]), SETTINGS),
  ].map(({ cutplanSha256 }) => cutplanSha256);
  expect(new Set([plan.cutplanSha256, ...changed]).size).toBe(6);
});

test("a row's record has the names of the write contract", () => {
  const [row] = planCut(manifest, survey([]), SETTINGS).rows;
  expect(row === undefined ? [] : Object.keys(rowRecord(row))).toEqual([
    ...["ordinal", "action", "information_unit_id", "canonical_address", "title", "actor", "unit_kind"],
    ...["section_type", "publication_type", "owner_ref", "byte_start", "byte_end", "content_sha256"],
  ]);
});
