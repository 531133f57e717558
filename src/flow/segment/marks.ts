/**
 * segment/marks: the lines that may begin with a list mark, kept as numbers in columns.
 *
 * There are hundreds of thousands of them in a large code; as objects they would be most of the memory and of the time
 * that collecting it takes. Filled by scan.ts, read by nesting.ts; it never decodes anything.
 */

const FEWEST = 1024;

export class Marks {
  /** Offsets of the line: its first byte, its text after indentation and markup, its end, the next line. */
  start = new Uint32Array(FEWEST);
  text = new Uint32Array(FEWEST);
  end = new Uint32Array(FEWEST);
  next = new Uint32Array(FEWEST);
  /** The quotation that the line stands in, 0 for none. */
  quote = new Uint32Array(FEWEST);
  /** 1 after a blank line. */
  blankBefore = new Uint8Array(FEWEST);
  length = 0;

  add(line: { start: number; text: number; end: number; next: number; quote: number; blankBefore: boolean }): void {
    if (this.length === this.start.length) this.#grow();
    const at = this.length;
    this.start[at] = line.start;
    this.text[at] = line.text;
    this.end[at] = line.end;
    this.next[at] = line.next;
    this.quote[at] = line.quote;
    this.blankBefore[at] = line.blankBefore ? 1 : 0;
    this.length = at + 1;
  }

  #grow(): void {
    const size = this.start.length * 2;
    for (const column of ["start", "text", "end", "next", "quote"] as const) {
      const larger = new Uint32Array(size);
      larger.set(this[column]);
      this[column] = larger;
    }
    const larger = new Uint8Array(size);
    larger.set(this.blankBefore);
    this.blankBefore = larger;
  }
}
