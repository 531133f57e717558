/**
 * cutplan: the ordered rows that leg A will write, compared with what the survey found, each checked by the guard.
 *
 * Units that are there already are not written again; enacted ones with other content are refused; what only the
 * database has is listed and never touched. All problems come at once. Bodies are not kept here: they are the source's
 * bytes, read at their range when a row is sent. Pure. Called by the verbs that cut.
 */
import { canonicalJson, flatCanonicalJson, sha256, sha256OfLines } from "../kernel/digest.ts";
import { type Compared, type Comparison, compareUnits, type Problem, type SurveyInput } from "./comparison.ts";
import type { Manifest } from "./manifest.ts";
import type { Unit } from "./segment/segment.ts";
import { checkUnitRow, type Vocabulary } from "./write-contract.ts";

export type PlanSettings = {
  readonly mode: "dry-run" | "live";
  readonly actor: string;
  readonly publicationType: string;
  readonly ownerRef: string | null;
};

/** One row of leg A; its body is the source's bytes from `byteStart` to `byteEnd`, as UTF-8. */
export type PlannedRow = {
  readonly ordinal: number;
  readonly action: "create" | "revise";
  /** Of the unit to revise; null where it is created. */
  readonly informationUnitId: string | null;
  readonly canonicalAddress: string;
  readonly title: string;
  readonly actor: string;
  readonly unitKind: string;
  readonly sectionType: string;
  readonly publicationType: string;
  readonly ownerRef: string | null;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly contentSha256: string;
};

export type Cutplan = {
  readonly documentId: string;
  readonly manifestSha256: string;
  /** `sv-` or `live-dryrun-sv-` and 16 hex digits. */
  readonly sourceVersionId: string;
  readonly rows: readonly PlannedRow[];
  readonly comparison: Comparison;
  readonly verdict: "nothing to write" | "accepted" | "refused";
  readonly problems: readonly Problem[];
  readonly cutplanSha256: string;
};

export function planCut(manifest: Manifest, survey: SurveyInput, settings: PlanSettings): Cutplan {
  const { documentId, manifestSha256 } = manifest;
  const compared = compareUnits(manifest.units, survey);
  const rows = compared.writes.map((write, index) => rowOf(write, index + 1, { manifest, settings }));
  const problems = [...compared.problems, ...rows.flatMap((row) => guard(row, survey.vocabulary))];
  const verdict = problems.length > 0 ? "refused" : rows.length === 0 ? "nothing to write" : "accepted";
  const sourceVersionId = sourceVersion(manifest, survey.contractSha256, settings.mode);
  const plan = {
    documentId,
    manifestSha256,
    sourceVersionId,
    rows,
    comparison: compared.comparison,
    verdict,
    problems,
  } as const;
  return { ...plan, cutplanSha256: sha256OfLines(cutplanLines(plan)) };
}

/** The same for every run of one document under one contract; a dry run's says what it is. */
export function sourceVersion(
  { documentId, sourceSha256 }: Pick<Manifest, "documentId" | "sourceSha256">,
  contractSha256: string,
  mode: PlanSettings["mode"],
): string {
  const seed = canonicalJson({ contract_sha256: contractSha256, document_id: documentId, source_sha256: sourceSha256 });
  return `${mode === "live" ? "sv" : "live-dryrun-sv"}-${sha256(seed).slice(0, 16)}`;
}

type Write = Compared["writes"][number];
type Making = { readonly manifest: Manifest; readonly settings: PlanSettings };

function rowOf(
  { unit, action, informationUnitId }: Write,
  ordinal: number,
  { manifest, settings }: Making,
): PlannedRow {
  const { address: canonicalAddress, title, sectionType, byteStart, byteEnd, contentSha256 } = unit;
  const { actor, publicationType, ownerRef } = settings;
  return {
    ...{ ordinal, action, informationUnitId, canonicalAddress, title, actor },
    ...{ unitKind: manifest.unitKind, sectionType, publicationType, ownerRef, byteStart, byteEnd, contentSha256 },
  };
}

function guard(row: PlannedRow, vocabulary: Vocabulary): Problem[] {
  const { ordinal, canonicalAddress } = row;
  const verdict = checkUnitRow(
    {
      canonical_address: canonicalAddress,
      title: row.title,
      // The bytes are there: a manifest tiles its source. An empty body would be accepted too.
      body: "",
      actor: row.actor,
      unit_kind: row.unitKind,
      section_type: row.sectionType,
      publication_type: row.publicationType,
      owner_ref: row.ownerRef,
    },
    vocabulary,
  );
  const missing = verdict.missing.map((field) => ({
    field,
    problem: "is missing",
    choices: choicesOf(field, vocabulary),
  }));
  const unresolved = verdict.unresolved.map(({ field, choices }) => {
    return { field, problem: `${JSON.stringify(wordOf(row, field))} is not in the vocabulary`, choices };
  });
  return [...missing, ...unresolved].map((problem) => ({ ordinal, canonicalAddress, ...problem }));
}

function choicesOf(field: string, vocabulary: Vocabulary): readonly string[] {
  return field in vocabulary ? vocabulary[field as keyof Vocabulary] : [];
}

function wordOf({ unitKind, sectionType, publicationType }: PlannedRow, field: string): string {
  return field === "unit_kind" ? unitKind : field === "section_type" ? sectionType : publicationType;
}

/** The canonical bytes of `cutter.cutplan/v1`: the head with the manifest's digest, then a line for each row. */
function* cutplanLines(plan: Omit<Cutplan, "cutplanSha256">): Iterable<string> {
  const { documentId, manifestSha256, sourceVersionId, rows, comparison, verdict, problems } = plan;
  yield canonicalJson({
    schema: "cutter.cutplan/v1",
    ...{ document_id: documentId, manifest_sha256: manifestSha256, source_version_id: sourceVersionId },
    ...{ row_count: rows.length, verdict, comparison, problems },
  });
  const keys = rows[0] === undefined ? [] : Object.keys(rowRecord(rows[0])).sort();
  for (const row of rows) yield flatCanonicalJson(rowRecord(row), keys);
}

/** One row as it stands in documents and digests; the names are the write contract's. */
export function rowRecord(row: PlannedRow) {
  return {
    ordinal: row.ordinal,
    action: row.action,
    information_unit_id: row.informationUnitId,
    canonical_address: row.canonicalAddress,
    title: row.title,
    actor: row.actor,
    unit_kind: row.unitKind,
    section_type: row.sectionType,
    publication_type: row.publicationType,
    owner_ref: row.ownerRef,
    byte_start: row.byteStart,
    byte_end: row.byteEnd,
    content_sha256: row.contentSha256,
  };
}

/** The body that a row sends: its range of the source, as text. The document was checked to be UTF-8. */
export function bodyOf(bytes: Uint8Array, { byteStart, byteEnd }: Pick<Unit, "byteStart" | "byteEnd">): string {
  return utf8.decode(bytes.subarray(byteStart, byteEnd));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A row as leg A sends it: JSON with its body, the fields named as in the write contract. */
export function rowText(row: PlannedRow, bytes: Uint8Array): string {
  return JSON.stringify({
    ordinal: row.ordinal,
    ...(row.informationUnitId === null ? {} : { information_unit_id: row.informationUnitId }),
    canonical_address: row.canonicalAddress,
    title: row.title,
    body: bodyOf(bytes, row),
    actor: row.actor,
    unit_kind: row.unitKind,
    section_type: row.sectionType,
    publication_type: row.publicationType,
    owner_ref: row.ownerRef,
    content_sha256: row.contentSha256,
  });
}
