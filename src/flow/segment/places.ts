/**
 * segment/places: the units that are open while a document is cut, outermost first, and where the next one stands.
 *
 * The document itself is always open. An entry closes what does not rank above it. Called by segment.ts.
 */
import { Place, partOf } from "./address.ts";
import type { Entry } from "./reading.ts";

/** Numbers so short come again and again: `3`, `12a`, `iv`. */
const SHORT = 3;

export class Places {
  readonly #open: Place[];
  readonly #parts = new Map<string, Map<string, string>>();
  /** The marks above the last entry that had some, and the innermost place that they made. */
  #above: Entry["above"] = [];
  #innermost: Place | null = null;

  constructor(documentId: string) {
    this.#open = [new Place(documentId, { depth: 0, rank: Number.NEGATIVE_INFINITY, part: "" })];
  }

  /** Opens an entry, and answers its address and depth. */
  enter(entry: Entry): Pick<Place, "address" | "depth"> {
    const { kind, number, slug, rank, above, holds } = entry;
    const parent = above.length === 0 ? this.#below(rank) : this.#belowMarks(above, rank);
    const part = this.#partOf(kind, number ?? slug);
    const place = new Place(parent.take(part), { depth: parent.depth + 1, rank, part });
    if (holds === "yes") this.#open.push(place);
    return place;
  }

  /** Closes what does not rank above, and answers what then is innermost. */
  #below(rank: number): Place {
    const open = this.#open;
    let last = open.length - 1;
    while (last > 0 && (open[last] as Place).rank >= rank) last -= 1;
    open.length = last + 1;
    return open[last] as Place;
  }

  /** Below marks that may stand inside another unit's line: `(1) (a) …` makes (a) a part of addresses, not a unit. */
  #belowMarks(above: Entry["above"], rank: number): Place {
    if (above === this.#above) {
      const last = this.#below(rank);
      if (last === this.#innermost) return last;
    }
    const base = rank - above.length;
    let parent = this.#open.findLast((place) => place.rank < base) as Place;
    above.forEach(({ kind, number }, index) => {
      const part = this.#partOf(kind, number);
      const there = this.#open.find((place) => place.rank === base + index);
      if (there?.part === part) {
        parent = there;
        return;
      }
      this.#below(base + index);
      const place = new Place(parent.take(part), { depth: parent.depth + 1, rank: base + index, part });
      this.#open.push(place);
      parent = place;
    });
    this.#below(rank);
    this.#above = above;
    this.#innermost = parent;
    return parent;
  }

  #partOf(kind: string, number: string | null): string {
    if (number === null || number.length > SHORT) return partOf(kind, number);
    const parts = this.#parts.get(kind) ?? new Map<string, string>();
    if (parts.size === 0) this.#parts.set(kind, parts);
    const known = parts.get(number);
    if (known !== undefined) return known;
    const part = partOf(kind, number);
    parts.set(number, part);
    return part;
  }
}
