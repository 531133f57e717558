/**
 * html/table: a table of a report as a table of the page: on a narrow screen each row becomes a card.
 *
 * The roles are written out, since a table that is laid out as blocks is none for a screen reader otherwise. Where
 * there are more rows than the page has room for, the last line says how many and where they are. Pure.
 */
import type { Section } from "../page.ts";
import type { Column, Table } from "../table.ts";
import { element, type Ink, listed, type Markup, said, words } from "./element.ts";

/** `title` is the table's name for those who do not see it. */
export function htmlTable(title: string, { columns, rows }: Table, ink: Ink): Markup {
  const shown = listed(rows, ink);
  const head = columns.map((column) => heading(column));
  const body = shown.map((cells) => row(columns, cells, ink));
  const table = element("table", { role: "table", "aria-label": title }, [
    element("thead", { role: "rowgroup" }, [element("tr", { role: "row" }, head)]),
    element("tbody", { role: "rowgroup" }, body),
  ]);
  return element("div", { class: "table" }, [table, ...hidden(rows.length - shown.length, "rows")]);
}

/** Of a table or list: what is not shown, and where it is. */
export function hidden(count: number, what: string): readonly Markup[] {
  if (count <= 0) return [];
  return [
    element("p", { class: "note" }, [words(`${count} more ${what} are not shown here; the report as JSON has all.`)]),
  ];
}

/** The table, or what stands in its place, and its remarks. */
export function sectionBody({ title, table, remarks, empty }: Section, ink: Ink): readonly Markup[] {
  const nothing = element("p", { class: "note" }, [said(sentence(empty), ink)]);
  return [table.rows.length === 0 ? nothing : htmlTable(title, table, ink), ...remarkList(remarks, ink)];
}

export function remarkList(remarks: readonly string[], ink: Ink): readonly Markup[] {
  if (remarks.length === 0) return [];
  const shown = listed(remarks, ink).map((remark) => element("li", {}, [said(remark, ink)]));
  return [element("ul", { class: "remarks" }, shown), ...hidden(remarks.length - shown.length, "remarks")];
}

function heading({ title, align }: Column): Markup {
  return element("th", { role: "columnheader", scope: "col", class: align }, [words(title)]);
}

function row(columns: readonly Column[], cells: readonly string[], ink: Ink): Markup {
  const shown = columns.map(({ title, align }, index) => {
    const text = cells[index] ?? "";
    const content = [text === "" ? words("–") : said(text, ink)];
    const kind = `${align}${text === "" ? " none" : ""}${toneOf(text)}`;
    if (index === 0)
      return element("th", { role: "rowheader", scope: "row", class: kind, "data-label": title }, content);
    return element("td", { role: "cell", class: kind, "data-label": title }, [element("span", {}, content)]);
  });
  return element("tr", { role: "row" }, shown);
}

/** Words whose meaning a colour repeats. */
const TONES: Readonly<Record<string, string>> = {
  ...{ PASS: "good", done: "good", ok: "good", same: "good", CLOSED: "good" },
  ...{ FAIL: "bad", failed: "bad", mismatch: "bad", "NOT OK": "bad", changed: "bad", gone: "bad", OPEN: "bad" },
  ...{ INCONCLUSIVE: "wait", "NOT RUN": "wait", PARTIAL: "wait", void: "wait", unknown: "wait", uncountable: "wait" },
};

function toneOf(text: string): string {
  const tone = Object.hasOwn(TONES, text) ? TONES[text] : undefined;
  return tone === undefined ? "" : ` tone-${tone}`;
}

/** What stands for an empty table begins a sentence here. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
