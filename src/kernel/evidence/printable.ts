/**
 * printable: text from anywhere, made safe to show: no character in it can move a cursor, hide, or reorder a line.
 *
 * Names and messages come from the database, and whoever can create a table there must not be able to write a PASS line
 * here. The terminal passes what it says through here, every renderer each value; layout is added afterwards. Nothing
 * is cut off.
 */

/**
 * Unicode's category C: controls (escape and the one-byte CSI among them), format characters (direction overrides,
 * zero width, byte order mark, tags), halves of surrogate pairs, private use, unassigned; and the separators of lines
 * and paragraphs.
 */
const UNSAFE = /[\p{C}\u2028\u2029]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line, with what is unsafe written out: `\n`, `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? written(character.codePointAt(0) ?? 0));
}

function written(codePoint: number): string {
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

/** For JSON text: the same characters as JSON escapes, so that the document means what it meant. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}
