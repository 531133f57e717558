/**
 * sections: the tables that every format of the battery report shows, with their titles.
 *
 * Pure data in, table out: which columns, which rows, in which words. The formats differ only in how they draw one.
 */
import type { BatteryReport, CountRow, Look } from "./battery.ts";
import type { Section } from "./page.ts";
import { left, right, type Table } from "./table.ts";

/** All sections in their order. `rows` limits the counts that are shown, the interesting ones first. */
export function sections(report: BatteryReport, rows = Number.POSITIVE_INFINITY): readonly Section[] {
  return [countsSection(report, rows), ...effectSections(report), notUndoneSection(report)];
}

export function countsSection(report: BatteryReport, rows = Number.POSITIVE_INFINITY): Section {
  const shown = report.counts.length <= rows ? report.counts : abridged(report.counts, rows);
  const hidden = report.counts.length - shown.length;
  const moved = shown.filter((row) => row.inTransaction !== row.before && typeof row.inTransaction === "number");
  return {
    title: "Rows before, inside the transaction, seen by the witness meanwhile, after",
    table: {
      columns: [left("relation"), right("before"), right("inside"), right("witness"), right("after"), left("how")],
      rows: shown.map((row) => [filtered(row), ...looks(row), row.mode]),
    },
    remarks: [
      ...moved.map((row) => `${filtered(row)}: ${look(row.before)} → ${look(row.inTransaction)} → ${look(row.after)}`),
      ...notes(shown),
      ...(hidden === 0 ? [] : [hiddenRemark(report.counts, shown, hidden)]),
      ...(report.unwatched === 0 ? [] : [`${report.unwatched} more relations were not watched (--max-relations).`]),
    ],
    empty: "no relation was counted",
  };
}

/** The interesting ones; where there are none, some of the others, so that the table shows what was looked at. */
function abridged(counts: readonly CountRow[], rows: number): readonly CountRow[] {
  const telling = counts.filter(interesting);
  return telling.length === 0 ? counts.slice(0, QUIET_ROWS) : telling.slice(0, rows);
}

const QUIET_ROWS = 12;

/** Anything but the same number in every look. */
function interesting(row: CountRow): boolean {
  const looks = [row.before, row.inTransaction, row.during, row.after].filter((one) => one !== "not taken");
  return row.note !== null || looks.some((one) => one !== looks[0] || typeof one !== "number");
}

/** Each note once, with the relations that it is about. */
function notes(rows: readonly CountRow[]): string[] {
  const noted = Map.groupBy(
    rows.filter((row) => row.note !== null),
    (row) => row.note,
  );
  return [...noted].map(([note, about]) => `${note}: ${about.map(filtered).join(", ")}`);
}

function hiddenRemark(all: readonly CountRow[], shown: readonly CountRow[], hidden: number): string {
  const unshown = all.filter((row) => !shown.includes(row));
  const what = unshown.some(interesting) ? "are not shown, changed ones among them" : "had one number in every look";
  return `${hidden} more relations ${what}; facts.json and --json list all.`;
}

function filtered(row: CountRow): string {
  return row.filter === null ? row.relation : `${row.relation} [${row.filter}]`;
}

/** Before, inside, witness, after; a dash where the column `how` has the word already. */
function looks(row: CountRow): string[] {
  return [row.before, row.inTransaction, row.during, row.after].map((value) =>
    value === row.mode ? "-" : look(value),
  );
}

function look(value: Look): string {
  return String(value);
}

export function effectSections(report: BatteryReport): Section[] {
  const effects = report.effects;
  if (effects === null) {
    return [{ ...section("Blast radius", []), empty: `${howFar(report)}, so nothing was measured` }];
  }
  const xid =
    effects.xid === null ? "no transaction id was assigned: nothing was written" : `transaction ${effects.xid}`;
  const radius = section(
    `Blast radius: rows attempted, ${xid}`,
    [left("relation"), right("inserted"), right("updated"), right("deleted"), left("reason")],
    effects.relations.map((one) => [
      one.relation,
      ...[one.inserted, one.updated, one.deleted].map(String),
      one.reason ?? "",
    ]),
  );
  const catalog = section(
    "Catalog changes, rolled back",
    [left("change"), left("kind"), left("name")],
    effects.catalog.map((one) => [one.change, one.objectKind, one.name]),
  );
  const locks = section(
    "Locks held until the rollback",
    [left("relation"), left("mode"), right("at most ms")],
    effects.locks.map((one) => [one.relation, one.mode, one.heldMs === null ? "unknown" : String(one.heldMs)]),
  );
  return [
    { ...radius, empty: "no row of any table was touched" },
    { ...catalog, empty: "none" },
    { ...locks, empty: "none seen" },
  ];
}

export function notUndoneSection(report: BatteryReport): Section {
  const rows = report.notUndone.map((one) => [one.what, one.detail]);
  return {
    ...section("What the rollback did not undo", [left("what"), left("detail")], rows),
    empty: report.effects === null ? whyNothingFound(report) : "nothing was found",
  };
}

/** Of a report without effects: whether there was a transaction at all. */
function howFar({ attempts }: BatteryReport): string {
  return attempts === 0 ? "the transaction did not run" : "the transaction failed before its end";
}

function whyNothingFound(report: BatteryReport): string {
  const more = report.attempts === 0 ? "" : "; sequences that it moved stay moved";
  return `${howFar(report)}${more}`;
}

function section(title: string, columns: Table["columns"], rows: Table["rows"] = []): Section {
  return { title, table: { columns, rows }, remarks: [], empty: "none" };
}
