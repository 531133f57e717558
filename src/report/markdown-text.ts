/**
 * markdown-text: a value as Markdown prose that shows exactly that value.
 *
 * What has a meaning in CommonMark or GitHub's tables is escaped, HTML included; an underscore inside a word has none
 * and stays, so names stay readable in the raw file. Used by table.ts and the Markdown renderers.
 */
import { printable } from "../kernel/evidence/printable.ts";

/** One line. */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*[\]|~$]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(
      /^(\s*)([#+-]|\d+[.)])(?=\s)/,
      (_, space: string, mark: string) => `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
    );
}
