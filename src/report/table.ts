/**
 * table: columns that line up by display width, and the same table in Markdown.
 *
 * Pure. Cells are made printable here, so callers pass values as they are. Used by every report that lists things:
 * batteries, counts, selfcheck, schema verify. Never shortens a cell: names are evidence.
 */
import { markdownText } from "./markdown-text.ts";
import { printable } from "./printable.ts";

export type Column = { readonly title: string; readonly align: "left" | "right" };

export type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

export function left(title: string): Column {
  return { title, align: "left" };
}

export function right(title: string): Column {
  return { title, align: "right" };
}

/** Lines without trailing space: titles, a rule, then the rows; two spaces between columns. */
export function textTable(table: Table, indent = ""): string[] {
  const titles = table.columns.map((column) => column.title);
  const cells = [titles, ...table.rows].map((row) => table.columns.map((_, index) => printable(row[index] ?? "")));
  const layout = table.columns.map(({ align }, index) => {
    return { align, width: Math.max(...cells.map((row) => Bun.stringWidth(row[index] ?? ""))) };
  });
  const [head = [], ...body] = cells;
  const rule = layout.map(({ width }) => "-".repeat(width));
  return [head, rule, ...body].map((row) => {
    return (
      indent +
      layout
        .map((place, index) => pad(row[index] ?? "", place))
        .join("  ")
        .trimEnd()
    );
  });
}

function pad(cell: string, place: { readonly align: Column["align"]; readonly width: number }): string {
  const space = " ".repeat(place.width - Bun.stringWidth(cell));
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
