/**
 * segment/next-byte: where a byte value comes next, found by the engine's own search and kept until it is passed.
 *
 * Each byte of a document is searched once for each value, however its lines end. It never looks back. Called by
 * scan.ts.
 */

export class NextByte {
  readonly #bytes: Uint8Array;
  readonly #value: number;
  /** The place found last; the document's length where there is none. */
  at = -1;

  constructor(bytes: Uint8Array, value: number) {
    this.#bytes = bytes;
    this.#value = value;
  }

  /** The first place at or after `from`, which never goes back. */
  from(from: number): number {
    if (this.at >= from) return this.at;
    const found = this.#bytes.indexOf(this.#value, from);
    this.at = found === -1 ? this.#bytes.length : found;
    return this.at;
  }
}
