/**
 * backup/copy-rows: how many rows of which relation stand in the SQL that pg_restore writes of an archive.
 *
 * Reads the stream piece by piece and keeps none of it: whether a dump can be read to its end, and holds as many rows
 * as were counted in its snapshot. Called while a backup is made and when it is verified.
 */
const COPY = /^COPY ((?:"(?:[^"]|"")+"|[^ ".]+)\.(?:"(?:[^"]|"")+"|[^ ".]+)) \(/;
const FROM_STDIN = ") FROM stdin;";
const COMPLETE = "-- PostgreSQL database dump complete";
const LINE_FEED = 10;
/** Of a line; longer ones are rows, or statements whose beginning says enough. */
const PREFIX_CHARACTERS = 1024;

export class CopyRows {
  readonly #rows: Record<string, number> = {};
  #relation: string | null = null;
  /** So far, of all relations together. */
  seen = 0;
  #complete: "yes" | "no" = "no";
  #prefix = "";

  add(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      this.#line(this.#gather(piece, start, end));
      this.#prefix = "";
      start = end + 1;
    }
    this.#prefix = this.#gather(piece, start, piece.byteLength);
  }

  /** Rows by relation; null where the stream did not come to its own end. */
  end(): Readonly<Record<string, number>> | null {
    return this.#complete === "yes" && this.#relation === null ? this.#rows : null;
  }

  #gather(piece: Buffer, start: number, end: number): string {
    const room = PREFIX_CHARACTERS - this.#prefix.length;
    return room <= 0 ? this.#prefix : this.#prefix + piece.toString("latin1", start, Math.min(end, start + room));
  }

  #count(relation: string): void {
    this.#rows[relation] = (this.#rows[relation] ?? 0) + 1;
    this.seen += 1;
  }

  #line(line: string): void {
    if (this.#relation !== null) {
      if (line === "\\.") this.#relation = null;
      else this.#count(this.#relation);
      return;
    }
    if (line === COMPLETE) this.#complete = "yes";
    const relation = COPY.exec(line)?.[1];
    // A function may have such a line in its body, but reads a file there.
    if (relation === undefined || !(line.length >= PREFIX_CHARACTERS || line.endsWith(FROM_STDIN))) return;
    this.#relation = relation;
    this.#rows[relation] ??= 0;
  }
}

/** A sentence that names the first relation whose rows are not as many, or null. */
export function rowsDiffer(
  counted: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>> | null,
): string | null {
  if (found === null) return "the archive breaks off before its end";
  for (const relation of new Set([...Object.keys(counted), ...Object.keys(found)])) {
    const [wanted, got] = [counted[relation], found[relation]];
    if (wanted !== got)
      return `${relation} has ${got ?? "no"} rows in the archive, and ${wanted ?? "none"} were counted`;
  }
  return null;
}
