/**
 * page: a small report: a first line, a few words about it, tables, a last line; as text and as Markdown.
 *
 * What the battery's report is in large, for counts, kill switch, selfcheck and whatever lists things. Pure; values are
 * made safe here, so callers pass them as they are.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { COLUMNS, folded, hanging } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";
import { type Palette, plain } from "./palette.ts";
import { markdownTable, type Table, textTable } from "./table.ts";

export type Section = {
  readonly title: string;
  readonly table: Table;
  /** Lines below the table. */
  readonly remarks: readonly string[];
  /** What stands in the place of an empty table. */
  readonly empty: string;
};

export type Page = {
  /** Heading of the Markdown form. */
  readonly title: string;
  /** First line of the text form: which database, or that there is none. */
  readonly first: string;
  readonly about: readonly (readonly [label: string, text: string])[];
  readonly sections: readonly Section[];
  readonly last: string;
  readonly outcome: "good" | "bad";
};

export function textPage(page: Page, palette: Palette = plain): string {
  const width = Math.max(0, ...page.about.map(([label]) => label.length)) + 1;
  const lines = [
    ...folded(printable(page.first)),
    ...page.about.flatMap(([label, text]) => hanging(label.padEnd(width), printable(text), COLUMNS)),
    "",
    ...page.sections.flatMap((section) => textSection(section, palette)),
    palette(printable(page.last), page.outcome === "good" ? "green" : "red"),
  ];
  return `${lines.join("\n")}\n`;
}

export function markdownPage(page: Page): string {
  const lines = [
    `# ${markdownText(page.title)}`,
    "",
    markdownText(page.first),
    "",
    ...page.about.map(([label, text]) => `- ${markdownText(`${label}: ${text}`)}`),
    ...(page.about.length === 0 ? [] : [""]),
    ...page.sections.flatMap(markdownSection),
    markdownText(page.last),
  ];
  return `${lines.join("\n")}\n`;
}

/** Ends with an empty line. */
export function textSection(section: Section, palette: Palette): string[] {
  const remarks = section.remarks.flatMap((remark) => hanging("  ", printable(remark), COLUMNS));
  const title = palette(printable(section.title), "bold");
  const empty = printable(section.empty);
  const fits = printable(section.title).length + 2 + empty.length <= COLUMNS;
  if (section.table.rows.length === 0)
    return [...(fits ? [`${title}: ${empty}`] : [`${title}:`, `  ${empty}`]), ...remarks, ""];
  return [title, ...textTable(section.table, "  "), ...remarks, ""];
}

/** Ends with an empty line. */
export function markdownSection(section: Section): string[] {
  const body = section.table.rows.length === 0 ? [`${markdownText(section.empty)}.`] : markdownTable(section.table);
  const remarks = section.remarks.map((remark) => `- ${markdownText(remark)}`);
  return [`## ${markdownText(section.title)}`, "", ...body, "", ...(remarks.length === 0 ? [] : [...remarks, ""])];
}
