/**
 * segment/segment: a document cut into units by a profile: byte ranges that tile it, each with an address and a digest.
 *
 * A unit runs from the first byte of its label's line to the next unit's, so that all units together are the source,
 * byte for byte. What comes before the first label is a unit too. The same bytes and profile give the same units,
 * always. Pure. Called by manifest.ts.
 */
import { sha256 } from "../../kernel/digest.ts";
import { FRONT_MATTER, type Profile } from "../profiles/profile.ts";
import { type Compiled, compile } from "./label.ts";
import { Text } from "./line.ts";
import { outline } from "./outline.ts";
import { Places } from "./places.ts";
import type { Entry } from "./reading.ts";
import { scan } from "./scan.ts";

export type Unit = {
  /** 1 and up, in the order of the source. */
  readonly ordinal: number;
  readonly address: string;
  readonly kind: string;
  readonly number: string | null;
  readonly heading: string | null;
  /** As the document writes it, `Điều 5`; null where it has none. */
  readonly label: string | null;
  /** The heading, else the label, else the kind's name; never empty, bounded. */
  readonly title: string;
  /** A word of `vocab.section_type.*`, from the profile. */
  readonly sectionType: string;
  /** 1 for what stands directly below the document. */
  readonly depth: number;
  /** Offset of the first byte of the label's line. */
  readonly byteStart: number;
  /** Offset past the last byte: where the next unit starts, or the document ends. */
  readonly byteEnd: number;
  /** Of the bytes of the range, in hex. */
  readonly contentSha256: string;
};

export function segment(bytes: Uint8Array, documentId: string, profile: Profile): readonly Unit[] {
  const compiled = compile(profile);
  const scanned = scan(bytes, wantedBy(compiled));
  const entries = outline({ text: new Text(bytes), compiled, scanned });
  return unitsOf(bytes, documentId, entries);
}

export function wantedBy({ profile, wordStarts }: Compiled): Parameters<typeof scan>[1] {
  const has = (form: string): "wanted" | "none" =>
    profile.levels.some(({ label }) => label.form === form) ? "wanted" : "none";
  return { wordStarts, enumerators: has("enumerator"), headings: has("heading"), decimals: has("decimal") };
}

function unitsOf(bytes: Uint8Array, documentId: string, entries: Iterable<Entry>): readonly Unit[] {
  const units: Unit[] = [];
  const places = new Places(documentId);
  const { kind, sectionType } = FRONT_MATTER;
  let pending: Entry = { ...FRONT, kind, sectionType, label: null };
  let isFirst = true;
  for (const entry of entries) {
    // A label at the very start leaves no front matter.
    if (!isFirst || entry.start > 0) units.push(unitOf(pending, { bytes, places, end: entry.start, units }));
    pending = entry;
    isFirst = false;
  }
  units.push(unitOf(pending, { bytes, places, end: bytes.length, units }));
  return units;
}

const FRONT = {
  start: 0,
  number: null,
  heading: null,
  label: null,
  slug: null,
  rank: 0,
  holds: "no",
  above: [],
} as const;

type Making = {
  readonly bytes: Uint8Array;
  readonly places: Places;
  readonly end: number;
  readonly units: readonly Unit[];
};

function unitOf(entry: Entry, { bytes, places, end, units }: Making): Unit {
  const { kind, sectionType, number, heading, label, start } = entry;
  const { address, depth } = places.enter(entry);
  return {
    ordinal: units.length + 1,
    address,
    kind,
    number,
    heading,
    label,
    title: heading ?? label ?? nameOf(kind),
    sectionType,
    depth,
    byteStart: start,
    byteEnd: end,
    contentSha256: sha256(bytes.subarray(start, end)),
  };
}

function nameOf(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
