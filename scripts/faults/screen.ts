/**
 * screen: what a terminal of so many columns shows after it was sent these bytes, line by line.
 *
 * Knows carriage return, line feed, the erasing of a line, colours, and the wrapping of what is too long; anything else
 * is refused, so that a test sees it. Used by the tests of what is drawn; never by the program.
 */
const ESCAPE = String.fromCharCode(27);
const PARTS = new RegExp(`\\r|\\n|${ESCAPE}\\[2K|${ESCAPE}\\[\\d+m|[^\\r\\n${ESCAPE}]+|${ESCAPE}`, "g");

/** Without the empty lines at the end. */
export function screenOf(bytes: string, columns: number): readonly string[] {
  const lines: string[][] = [[]];
  let column = 0;
  const line = (): string[] => lines.at(-1) as string[];
  for (const [part] of bytes.matchAll(PARTS)) {
    if (part === "\r") column = 0;
    else if (part === "\n") lines.push([]);
    else if (part === `${ESCAPE}[2K`) lines.splice(-1, 1, []);
    else if (part.startsWith(ESCAPE)) {
      if (part === ESCAPE) throw new Error(`a sequence that this screen does not know: ${JSON.stringify(bytes)}`);
    } else {
      for (const { segment } of new Intl.Segmenter().segment(part)) {
        const width = Bun.stringWidth(segment);
        if (column + width > columns) {
          lines.push([]);
          column = 0;
        }
        line()[column] = segment;
        // What stands to the right of a wide character belongs to it.
        for (let covered = 1; covered < width; covered += 1) line()[column + covered] = "";
        column += width;
      }
    }
  }
  return lines.map((cells) =>
    Array.from(cells, (cell) => cell ?? " ")
      .join("")
      .trimEnd(),
  );
}

/** Every line of progress that was drawn over another, as it was. */
export function drawnLines(bytes: string): readonly string[] {
  return bytes
    .split(`\r${ESCAPE}[2K`)
    .slice(1)
    .map((drawn) => drawn.split(/[\r\n]/, 1)[0] ?? "")
    .filter((drawn) => drawn !== "" && !drawn.includes(ESCAPE));
}
