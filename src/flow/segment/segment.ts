/**
 * segment/segment: a document cut into units by a profile: byte ranges that tile it, each with an address and a digest.
 *
 * A unit runs from the first byte of its label's line to the next unit's, so that all units together are the source,
 * byte for byte. What comes before the first label is a unit too. The same bytes and profile give the same units,
 * always. Pure. Called by manifest.ts.
 */
import { sha256 } from "../../kernel/digest.ts";
import { FRONT_MATTER, type Profile } from "../profiles/profile.ts";
import { Addresses, partOf } from "./address.ts";
import { type Compiled, compile } from "./label.ts";
import { Text } from "./line.ts";
import { outline } from "./outline.ts";
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

type Open = { readonly rank: number; readonly address: string; readonly depth: number };

function unitsOf(bytes: Uint8Array, documentId: string, entries: readonly Entry[]): readonly Unit[] {
  const addresses = new Addresses();
  const units: Unit[] = [];
  const open: Open[] = [];
  const first = entries[0]?.line.start ?? bytes.length;
  if (first > 0) {
    const { kind, sectionType, name: title } = FRONT_MATTER;
    const address = addresses.take(documentId, partOf(kind, null));
    const contentSha256 = sha256(bytes.subarray(0, first));
    const place = { ordinal: 1, address, depth: 1, byteStart: 0, byteEnd: first, contentSha256 };
    units.push({ kind, number: null, heading: null, label: null, title, sectionType, ...place });
  }
  entries.forEach((entry, index) => {
    while (open.length > 0 && (open.at(-1)?.rank ?? 0) >= entry.rank) open.pop();
    const above = open.at(-1) ?? { address: documentId, depth: 0, rank: -1 };
    const base = entry.above.length === 0 ? above : withinMarks(open, entry, documentId);
    const { kind, sectionType, number, heading, label, line } = entry;
    const address = addresses.take(base.address, partOf(kind, number ?? entry.slug));
    const depth = base.depth + 1;
    if (entry.holds === "yes") open.push({ rank: entry.rank, address, depth });
    const byteEnd = entries[index + 1]?.line.start ?? bytes.length;
    // Written out: copying hundreds of thousands of objects by name takes longer than cutting them.
    units.push({
      ordinal: units.length + 1,
      address,
      kind,
      number,
      heading,
      label,
      title: heading ?? label ?? nameOf(kind),
      sectionType,
      depth,
      byteStart: line.start,
      byteEnd,
      contentSha256: sha256(bytes.subarray(line.start, byteEnd)),
    });
  });
  return units;
}

/** Below marks that stand inside another unit's line: `(1) (a) …` makes (a) a part of the address, not a unit. */
function withinMarks(open: readonly Open[], { above, rank }: Entry, documentId: string): Open {
  const base = rank - above.length;
  let place = open.findLast((one) => one.rank < base) ?? { address: documentId, depth: 0, rank: -1 };
  above.forEach(({ kind, number }, index) => {
    const real = open.find((one) => one.rank === base + index);
    const depth = place.depth + 1;
    place = real ?? { address: `${place.address}/${partOf(kind, number)}`, depth, rank: base + index };
  });
  return place;
}

function nameOf(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
