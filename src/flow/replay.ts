/**
 * replay: a document that is cut again as it stands in the database: its units' current bodies, in order, as a source.
 *
 * No profile is asked: the database says where each unit begins, what it is called and what it is. So the whole way of
 * a cut can be walked with a real document and no file at hand. Pure: the bodies come in as a value. Called by the
 * orchestrator.
 */
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { openDocument, type SourceDocument } from "./document.ts";
import { type Manifest, sealManifest } from "./manifest.ts";
import type { Unit } from "./segment/segment.ts";
import type { Survey, SurveyedUnit } from "./survey.ts";

/** Where each unit's body ends in the joined source, in bytes; `addresses` in that order. */
export type ReplayBounds = { readonly addresses: readonly string[]; readonly ends: readonly number[] };

export type ReplaySource = ReplayBounds & { readonly bytes: Uint8Array };

/**
 * Joins bodies in the order in which a person would read their addresses: one cut creates all its units at the same
 * time, so the database has no order of its own to go by. Front matter and preambles come first.
 */
export function joinBodies(units: readonly SurveyedUnit[], bodies: ReadonlyMap<string, string>): ReplaySource {
  const addresses = units.map(({ canonicalAddress }) => canonicalAddress).sort(inReadingOrder);
  const parts = addresses.map((address) => Buffer.from(bodies.get(address) ?? "", "utf8"));
  const ends: number[] = [];
  let end = 0;
  for (const part of parts) {
    end += part.byteLength;
    ends.push(end);
  }
  return { bytes: Buffer.concat(parts), addresses, ends };
}

const FIRST = /^(front-?_?matter|preamble)/;
const PIECES = /\d+|\D+/g;

/** By segments, numbers as numbers: article-2 before article-10, a chapter before its articles. */
function inReadingOrder(left: string, right: string): number {
  const [lefts, rights] = [left.split("/"), right.split("/")];
  for (let index = 0; index < Math.max(lefts.length, rights.length); index += 1) {
    const order = compareSegments(lefts[index], rights[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareSegments(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  const first = Number(FIRST.test(right)) - Number(FIRST.test(left));
  if (first !== 0) return first;
  const [lefts, rights] = [left.match(PIECES) ?? [], right.match(PIECES) ?? []];
  for (let index = 0; index < Math.min(lefts.length, rights.length); index += 1) {
    const [a = "", b = ""] = [lefts[index], rights[index]];
    if (a === b) continue;
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) || difference === 0 ? (a < b ? -1 : 1) : difference;
  }
  return lefts.length - rights.length;
}

type Replay = { readonly survey: Survey; readonly source: ReplaySource };

/** SURVEY_FAILED where the database does not hold what can be replayed, naming the unit. */
export function replayManifest({ survey, source }: Replay): { document: SourceDocument; manifest: Manifest } | Failure {
  const { documentId } = survey;
  const document = openDocument({ documentId, fileName: `${documentId}.md`, bytes: source.bytes });
  if (document instanceof Failure) return document;
  const known = new Map(survey.units.map((unit) => [unit.canonicalAddress, unit]));
  const unitKinds = new Set(survey.units.map(({ unitKind }) => unitKind));
  const [unitKind = ""] = unitKinds;
  if (unitKinds.size !== 1) return unfit(documentId, `its units are of several kinds: ${[...unitKinds].join(", ")}`);
  const units: Unit[] = [];
  for (const [index, address] of source.addresses.entries()) {
    const unit = known.get(address);
    const byteStart = source.ends[index - 1] ?? 0;
    const byteEnd = source.ends[index] ?? byteStart;
    if (unit === undefined) return unfit(address, "the survey has no such unit");
    if (byteEnd === byteStart) return unfit(address, "its body is empty, and a segment is not");
    const contentSha256 = sha256(source.bytes.subarray(byteStart, byteEnd));
    if (contentSha256 !== unit.contentSha256) return unfit(address, "its body is not what its digest says");
    units.push(replayedUnit(unit, { ordinal: index + 1, byteStart, byteEnd, contentSha256 }));
  }
  const manifest = sealManifest(document, { profile: "replay", profileVersion: "1", unitKind }, units);
  return { document, manifest };
}

type Place = Pick<Unit, "ordinal" | "byteStart" | "byteEnd" | "contentSha256">;

function replayedUnit({ canonicalAddress, title, sectionType }: SurveyedUnit, place: Place): Unit {
  const segments = canonicalAddress.split("/").slice(1);
  const [, number = null] = /-([0-9][^/]*)$/.exec(segments.at(-1) ?? "") ?? [];
  const named = { kind: sectionType, number, heading: title, label: null, title, sectionType };
  return { ...named, ...place, address: canonicalAddress, depth: Math.max(segments.length, 1) };
}

function unfit(what: string, why: string): Failure {
  return new Failure("SURVEY_FAILED", `${what} cannot be replayed: ${why}`, {
    hint: "Give the text with --source FILE.",
    facts: { what },
  });
}
