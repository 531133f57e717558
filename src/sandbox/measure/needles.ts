/**
 * measure/needles: many byte strings looked for at once, in as much time as one takes: Wu and Manber's search.
 *
 * S. Wu, U. Manber, "A fast algorithm for multi-pattern searching" (1994), with blocks of two bytes: how far the window
 * may be moved stands in a table, and only where it may not be moved is anything compared. Pure. Called by secrets.ts.
 */
type Needle = { readonly name: string; readonly bytes: Uint8Array };

const BLOCK = 2;
const BLOCKS = 65_536;

export class Needles {
  readonly #needles: Needle[] = [];
  /** Of the shortest: all are compared by their first so many bytes, and the rest only then. */
  #window = 0;
  #shifts = new Uint8Array(BLOCKS);
  #ending = new Map<number, Needle[]>();

  /** None may be shorter than a block. */
  add(name: string, bytes: Uint8Array): void {
    if (bytes.byteLength < BLOCK) throw new Error(`what is looked for as ${name} is too short`);
    this.#needles.push({ name, bytes });
    this.#index();
  }

  /** Of the longest, in bytes. */
  get longest(): number {
    return this.#needles.reduce((most, { bytes }) => Math.max(most, bytes.byteLength), 0);
  }

  /** Names of those that stand in it. */
  in(hay: Uint8Array): ReadonlySet<string> {
    const found = new Set<string>();
    if (this.#needles.length === 0) return found;
    for (let end = this.#window - 1; end < hay.length; ) {
      const block = blockAt(hay, end);
      const shift = this.#shifts[block] ?? 0;
      end += Math.max(shift, 1);
      if (shift > 0) continue;
      const start = end - this.#window;
      for (const { name, bytes } of this.#ending.get(block) ?? []) if (standsAt(hay, start, bytes)) found.add(name);
    }
    return found;
  }

  #index(): void {
    const shortest = this.#needles.reduce((least, { bytes }) => Math.min(least, bytes.byteLength), BLOCKS);
    this.#window = Math.min(shortest, LONGEST_WINDOW);
    this.#shifts = new Uint8Array(BLOCKS).fill(this.#window - BLOCK + 1);
    this.#ending = new Map();
    for (const needle of this.#needles) {
      for (let end = BLOCK - 1; end < this.#window; end += 1) {
        const [block, shift] = [blockAt(needle.bytes, end), this.#window - 1 - end];
        this.#shifts[block] = Math.min(this.#shifts[block] ?? 0, shift);
        if (shift === 0) this.#ending.set(block, [...(this.#ending.get(block) ?? []), needle]);
      }
    }
  }
}

/** A shift has to fit into a byte. */
const LONGEST_WINDOW = 256;

function blockAt(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
}

function standsAt(hay: Uint8Array, start: number, needle: Uint8Array): boolean {
  if (start + needle.length > hay.length) return false;
  for (let index = 0; index < needle.length; index += 1) if (hay[start + index] !== needle[index]) return false;
  return true;
}
