/**
 * table: columns that line up by display width, and the same table in Markdown.
 *
 * Pure. Cells are made printable here, so callers pass values as they are. Used by every report that lists things:
 * batteries, counts, selfcheck, schema verify. Never shortens a cell: names are evidence.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { COLUMNS, wrap } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";

export type Column = { readonly title: string; readonly align: "left" | "right" };

export type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

export function left(title: string): Column {
  return { title, align: "left" };
}

export function right(title: string): Column {
  return { title, align: "right" };
}

const NARROWEST_LAST_COLUMN = 24;

/**
 * Lines without trailing space: titles, a rule, then the rows; two spaces between columns. Where a row would be wider
 * than a terminal, the text of a last column that is left-aligned goes on below itself, broken at spaces; a word that
 * has no room there has a line of its own, so far to the left as it needs.
 */
export function textTable(table: Table, indent = ""): string[] {
  const titles = table.columns.map((column) => column.title);
  const whole = [titles, ...table.rows].map((row) => table.columns.map((_, index) => printable(row[index] ?? "")));
  const room = roomForLast(whole, table.columns, indent);
  const cells = whole.flatMap((row) => foldLast(row, room));
  const last = table.columns.length - 1;
  const layout = table.columns.map(({ align }, index) => {
    const width = widthOf(cells, index);
    return { align, width: index === last ? Math.min(width, room) : width };
  });
  const [head = [], ...body] = cells;
  const rule = layout.map(({ width }) => "-".repeat(width));
  const lineOf = (row: readonly string[]): string => {
    const padded = layout.map((place, index) => pad(row[index] ?? "", place));
    return `${indent}${padded.join("  ")}`.trimEnd();
  };
  return [head, rule, ...body].flatMap((row) => {
    const word = row[last] ?? "";
    if (Bun.stringWidth(word) <= room) return [lineOf(row)];
    const before = lineOf(row.with(last, ""));
    const alone = `${" ".repeat(Math.max(COLUMNS - Bun.stringWidth(word), indent.length))}${word}`;
    return before.trim() === "" ? [alone] : [before, alone];
  });
}

/** Columns that are left for the last one; no bound where it is right-aligned, and never too few to read. */
function roomForLast(cells: readonly (readonly string[])[], columns: readonly Column[], indent: string): number {
  if (columns.at(-1)?.align !== "left") return Number.POSITIVE_INFINITY;
  const before = columns.slice(0, -1).map((_, index) => widthOf(cells, index) + 2);
  const taken = before.reduce((sum, width) => sum + width, indent.length);
  return Math.max(COLUMNS - taken, NARROWEST_LAST_COLUMN);
}

function widthOf(cells: readonly (readonly string[])[], index: number): number {
  return Math.max(...cells.map((row) => Bun.stringWidth(row[index] ?? "")));
}

function foldLast(row: readonly string[], room: number): string[][] {
  const last = row.at(-1) ?? "";
  if (Bun.stringWidth(last) <= room) return [[...row]];
  const before = row.slice(0, -1);
  return wrap(last, room).map((line, index) => [...(index === 0 ? before : before.map(() => "")), line]);
}

function pad(cell: string, place: { readonly align: Column["align"]; readonly width: number }): string {
  const space = " ".repeat(Math.max(place.width - Bun.stringWidth(cell), 0));
  return place.align === "right" ? space + cell : cell + space;
}

/** A GitHub table, as lines. */
export function markdownTable(table: Table): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(table.columns.map((column) => markdownText(column.title))),
    row(table.columns.map((column) => (column.align === "right" ? "---:" : "---"))),
    ...table.rows.map((cells) => row(table.columns.map((_, index) => markdownText(cells[index] ?? "")))),
  ];
}
