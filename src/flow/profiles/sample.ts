/**
 * profiles/sample: a part of a document that shows what it is: its beginning and its middle.
 *
 * The beginning alone may be a table of contents; the middle alone has no title. Whole lines; small documents are their
 * own sample. Pure. Called by choose.ts.
 */
import { limits } from "../../kernel/limits.ts";

export function sampleOf(bytes: Uint8Array): Uint8Array {
  const part = limits.sampleBytes / 2;
  if (bytes.length <= 2 * part) return bytes;
  const head = bytes.subarray(0, lineStart(bytes, part));
  const from = lineStart(bytes, Math.floor(bytes.length / 2));
  const middle = bytes.subarray(from, lineStart(bytes, from + part));
  const sample = new Uint8Array(head.length + middle.length);
  sample.set(head);
  sample.set(middle, head.length);
  return sample;
}

/** The last line start at or before an offset; the offset itself, moved to a character's start, in a very long line. */
function lineStart(bytes: Uint8Array, offset: number): number {
  const before = bytes.subarray(Math.max(0, offset - limits.sampleBytes / 4), offset).lastIndexOf(0x0a);
  if (before !== -1) return Math.max(0, offset - limits.sampleBytes / 4) + before + 1;
  let here = offset;
  while (here > 0 && ((bytes[here] ?? 0) & 0xc0) === 0x80) here -= 1;
  return here;
}
