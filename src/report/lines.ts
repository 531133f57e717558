/**
 * lines: one long line → lines that fit, broken at spaces.
 *
 * Layout only: what is shown was made safe before (kernel/evidence/printable). Called by the text renderers.
 */

/** Lines of at most `columns`, broken at spaces; a word that is longer stays whole on its own line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && Bun.stringWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** `text` in lines of at most `columns`, the first after `first`, the others indented to stand below it. */
export function hanging(first: string, text: string, columns: number): string[] {
  const indent = " ".repeat(Bun.stringWidth(first));
  return wrap(text, columns - indent.length).map((line, index) => `${index === 0 ? first : indent}${line}`.trimEnd());
}
