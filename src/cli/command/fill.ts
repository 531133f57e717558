/**
 * fill: text broken into lines that fit a terminal of the oldest width, for help and for talk.
 *
 * Breaks at spaces only, so a path or URL stays whole, however long. Pure. Called by help.ts and terminal.ts.
 */
export const COLUMNS = 80;

/** Breaks at spaces so that no line is longer than so many columns; lines after the first start with the indent. */
export function fill(text: string, indent: string, columns = COLUMNS): string {
  if (Bun.stringWidth(text) <= columns) return text;
  const lines: string[] = [];
  let line = text.match(/^ */)?.[0] ?? "";
  let empty = true;
  for (const word of text.trim().split(" ")) {
    if (!empty && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > columns) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join("\n");
}
