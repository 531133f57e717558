/**
 * segment/byte-classes: what single bytes mean to the scanner: white space, line ends, quotation marks, list marks.
 *
 * Tables and tests on bytes only, so that a line is decoded only if it may be a label. It never decodes. Called by
 * scan.ts.
 */

/** The first byte at or after `at` that is no white space: blank, tab, FF, VT, NBSP, BOM, zero width, wide blank. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let here = at;
  while (here < end) {
    const byte = bytes[here];
    if (byte === 0x20 || byte === 0x09 || byte === 0x0c || byte === 0x0b) here += 1;
    else if (byte === 0xc2 && bytes[here + 1] === 0xa0) here += 2;
    else if (byte === 0xef && bytes[here + 1] === 0xbb && bytes[here + 2] === 0xbf) here += 3;
    else if (byte === 0xe2 && isWideSpace(bytes, here)) here += 3;
    else if (byte === 0xe3 && bytes[here + 1] === 0x80 && bytes[here + 2] === 0x80) here += 3;
    else return here;
  }
  return Math.min(here, end);
}

/** U+2000 to U+200D and U+202F. */
function isWideSpace(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at + 2] ?? 0;
  return bytes[at + 1] === 0x80 && ((last >= 0x80 && last <= 0x8d) || last === 0xaf);
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a));
}

const LONGEST_MARK = 12;
const [DOT, CLOSE, OPEN, STAR] = [0x2e, 0x29, 0x28, 0x2a];

/** Whether the text at `at` may be a list mark: `1.`, `1)`, `(*a*)`, `đ)`, `1°`, `I.`. Cheap; it may say too much. */
export function mayBeEnumerator(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at] ?? 0;
  if (first === OPEN) return closesSoon(bytes, at + 1, end);
  if (first >= 0xc3 && first <= 0xd1) return afterLetter(bytes[at + 2]);
  if (!isDigit(first) && !isLetter(first)) return false;
  let here = at + 1;
  const most = Math.min(end, at + LONGEST_MARK);
  while (here < most && (isDigit(bytes[here]) || (isLetter(bytes[here]) && here - at < 6))) here += 1;
  const byte = bytes[here];
  if (byte === CLOSE) return true;
  if (isLetter(first) && !isLargeRoman(first))
    return here - at === 1 && byte !== undefined && byte >= 0xc4 && bytes[here + 2] === CLOSE;
  if (byte === DOT || byte === STAR) return true;
  // `1°`, `5đ.`, and `I –`.
  return byte === 0xc2 || byte === 0xc4 || byte === 0x20;
}

function afterLetter(byte: number | undefined): boolean {
  return byte === CLOSE || isDigit(byte);
}

function isLargeRoman(byte: number): boolean {
  return byte === 0x49 || byte === 0x56 || byte === 0x58 || byte === 0x4c;
}

function closesSoon(bytes: Uint8Array, at: number, end: number): boolean {
  const most = Math.min(end, at + LONGEST_MARK);
  for (let here = at; here < most; here += 1) {
    const byte = bytes[here];
    if (byte === CLOSE) return here > at;
    if (!isDigit(byte) && !isLetter(byte) && byte !== STAR && byte !== 0x5f) return false;
  }
  return false;
}
