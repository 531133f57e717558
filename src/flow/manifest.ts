/**
 * manifest: the ordered list of a document's units, with a digest that includes the source's.
 *
 * The digest is over fixed canonical bytes: one line of canonical JSON for the head, then one for each unit, a line
 * feed after each. Whoever has the source, the profile's name and version can make it again. Pure: no clock, no file.
 * Called by the verbs that cut and by the cutplan.
 */
import { canonicalJson, flatCanonicalJson, sha256OfLines } from "../kernel/digest.ts";
import type { SourceDocument } from "./document.ts";
import type { Profile } from "./profiles/profile.ts";
import { segment, type Unit } from "./segment/segment.ts";

export type Manifest = {
  readonly documentId: string;
  readonly sourceSha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly profile: string;
  readonly profileVersion: string;
  /** A word of `vocab.unit_kind.*`, from the profile. */
  readonly unitKind: string;
  readonly units: readonly Unit[];
  readonly manifestSha256: string;
};

export function makeManifest(document: SourceDocument, profile: Profile): Manifest {
  const { documentId, bytes } = document;
  const { name, version, unitKind } = profile;
  return sealManifest(
    document,
    { profile: name, profileVersion: version, unitKind },
    segment(bytes, documentId, profile),
  );
}

type Segmentation = Pick<Manifest, "profile" | "profileVersion" | "unitKind">;

/** A manifest of units that were had in some way; throws where they do not tile the source. */
export function sealManifest(
  { documentId, sourceSha256, bytes, mediaType }: SourceDocument,
  segmentation: Segmentation,
  units: readonly Unit[],
): Manifest {
  const head = { documentId, sourceSha256, bytes: bytes.byteLength, mediaType, ...segmentation, units };
  assertTiling(units, bytes.byteLength);
  return { ...head, manifestSha256: sha256OfLines(manifestLines(head)) };
}

/** The canonical bytes of `cutter.manifest/v1`, line by line. */
function* manifestLines(manifest: Omit<Manifest, "manifestSha256">): Iterable<string> {
  const { documentId, sourceSha256, bytes, mediaType, profile, profileVersion, unitKind, units } = manifest;
  yield canonicalJson({
    schema: "cutter.manifest/v1",
    ...{ document_id: documentId, source_sha256: sourceSha256, bytes, media_type: mediaType },
    ...{ profile, profile_version: profileVersion, unit_kind: unitKind, unit_count: units.length },
  });
  const keys = units[0] === undefined ? [] : Object.keys(unitRecord(units[0])).sort();
  for (const unit of units) yield flatCanonicalJson(unitRecord(unit), keys);
}

/** One unit as it stands in documents and digests: the names of the columns where there are such. */
export function unitRecord(unit: Unit) {
  return {
    ordinal: unit.ordinal,
    address: unit.address,
    kind: unit.kind,
    number: unit.number,
    heading: unit.heading,
    label: unit.label,
    title: unit.title,
    section_type: unit.sectionType,
    depth: unit.depth,
    byte_start: unit.byteStart,
    byte_end: unit.byteEnd,
    content_sha256: unit.contentSha256,
  };
}

/** Checked on every manifest: a gap or an overlap would lose or double a part of a law. */
export function assertTiling(units: readonly Unit[], bytes: number): void {
  let end = 0;
  const addresses = new Set<string>();
  for (const unit of units) {
    if (unit.byteStart !== end || unit.byteEnd <= unit.byteStart) {
      throw new Error(`unit ${unit.ordinal} covers ${unit.byteStart} to ${unit.byteEnd}, and ${end} was reached`);
    }
    if (addresses.has(unit.address)) throw new Error(`two units have the address ${unit.address}`);
    addresses.add(unit.address);
    end = unit.byteEnd;
  }
  if (end !== bytes) throw new Error(`the units cover ${end} of ${bytes} bytes`);
}
