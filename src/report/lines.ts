/**
 * lines: one long line → lines that fit, broken at spaces.
 *
 * Layout only: what is shown was made safe before (kernel/evidence/printable). Called by the text renderers.
 */

/** Of a terminal, where nobody says how wide it is. */
export const COLUMNS = 80;

/** Lines of at most `columns`, broken at spaces; a word that is longer stays whole on its own line. */
export function wrap(text: string, columns: number): string[] {
  return filled(text.split(" "), columns);
}

function filled(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && Bun.stringWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A sentence that stands alone: where it is longer than a terminal it goes on below, indented. */
export function folded(text: string): string[] {
  if (Bun.stringWidth(text) <= COLUMNS) return [text];
  return wrap(text, COLUMNS - 2).map((line, index) => (index === 0 ? line : `  ${line}`));
}

/**
 * A command of a shell, that can be copied as it stands: it goes on behind a backslash. Never broken between quotes,
 * where a break would be part of what they hold.
 */
export function shellLines(command: string): string[] {
  const [first = "", ...rest] = filled(command.match(WORDS) ?? [], COLUMNS - CONTINUED);
  const lines = [first, ...rest.map((one) => `  ${one}`)];
  return lines.map((one, index) => `  ${one}${index < rest.length ? " \\" : ""}`);
}

/** With what stands between single quotes, or double ones, in them; a quote that has no end takes the rest along. */
const WORDS = /(?:'[^']*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|\\.|[^\s'"\\])+/g;

/** Two columns before each line, two more before what goes on, and two for the backslash. */
const CONTINUED = 6;

/** `text` in lines of at most `columns`, the first after `first`, the others indented to stand below it. */
export function hanging(first: string, text: string, columns: number): string[] {
  const indent = " ".repeat(Bun.stringWidth(first));
  return wrap(text, columns - indent.length).map((line, index) => `${index === 0 ? first : indent}${line}`.trimEnd());
}
