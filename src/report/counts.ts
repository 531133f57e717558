/**
 * counts: the report of `cutter proof counts` in every format: one snapshot, and what moved since another.
 *
 * Pure; the comparison is made by the command and only drawn here. A number that is not known is a dash, with its
 * reason beside it.
 */
import type * as v from "valibot";
import { describeIdentity } from "../kernel/counts/database-identity.ts";
import type { DeepReadonly } from "./battery.ts";
import type { countsSchema } from "./counts-schema.ts";
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { markdownPage, type Page, type Section, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { left, right } from "./table.ts";
import { type Suite, type TestPoint, withVerdict } from "./test-point.ts";

export type CountsReport = DeepReadonly<v.InferOutput<typeof countsSchema>>;
export type CountsComparison = NonNullable<CountsReport["comparison"]>;
export type ComparedRelation = CountsComparison["relations"][number];

export function renderCounts(report: CountsReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

function page(report: CountsReport): Page {
  const { database, comparison } = report;
  return {
    title: "Row counts",
    first: `${database.line}`,
    about: [
      ...(report.identity === null ? [] : [["identity", describeIdentity(report.identity)] as const]),
      ["taken at", `${report.takenAt}, one snapshot, ${report.durationMs} ms`],
      ["role", report.role],
      ["program", `cutter ${report.version} (${report.commit})`],
    ],
    sections: comparison === null ? [snapshot(report)] : [compared(comparison), snapshot(report)],
    last: countsLine(report),
    outcome: good(report) ? "good" : "bad",
  };
}

function snapshot(report: CountsReport): Section {
  const digests = report.relations.some((one) => one.digest !== null);
  const columns = [left("relation"), right("rows"), left("how"), ...(digests ? [left("content digest")] : [])];
  return {
    title: "Rows",
    table: {
      columns,
      rows: report.relations.map((one) => [named(one), known(one.rows), one.how, one.digest ?? ""]),
    },
    remarks: report.relations.flatMap((one) => (one.note === null ? [] : [`${named(one)}: ${one.note}`])),
    empty: "no relation was counted",
  };
}

function compared(comparison: CountsComparison): Section {
  return {
    title: `Compared with ${comparison.with}, taken at ${comparison.takenAt}`,
    table: {
      columns: [left("change"), left("relation"), right("before"), right("after"), left("content")],
      rows: comparison.relations.map((one) => [
        one.change,
        named(one),
        known(one.before),
        known(one.after),
        one.content,
      ]),
    },
    remarks: comparison.database === "same" ? [] : [UNKNOWN_DATABASE],
    empty: "there was nothing to compare",
  };
}

const UNKNOWN_DATABASE =
  "Whether both are of one database is not known: the identity of one of them could not be read in full.";

function named(one: { readonly relation: string; readonly filter: string | null }): string {
  return one.filter === null ? one.relation : `${one.relation} [${one.filter}]`;
}

function known(rows: number | null): string {
  return rows === null ? "-" : String(rows);
}

/** Nothing counted is nothing shown. */
function good(report: CountsReport): boolean {
  return report.relations.length > 0 && (report.verdict === "TAKEN" || report.verdict === "SAME");
}

function countsLine(report: CountsReport): string {
  const counted = report.relations.filter((one) => one.rows !== null && one.how !== "visible rows").length;
  const leftOut = report.leftOut === 0 ? "" : ` (${report.leftOut} relations left out by --max-relations)`;
  return `CUTTER_COUNTS ${counted}/${report.relations.length + report.leftOut} ${report.verdict}${leftOut}`;
}

/** One point per compared relation; without a comparison one for the snapshot as a whole. */
function suite(report: CountsReport): Suite {
  const facts = report.relations.map((one) => `${named(one)} = ${known(one.rows)} (${one.how})`);
  const whole = { name: "counts of one snapshot", durationMs: report.durationMs, failure: null, facts };
  const points = report.comparison === null ? [whole] : report.comparison.relations.map(comparedPoint);
  return {
    name: "cutter.counts",
    startedAt: report.takenAt,
    durationMs: report.durationMs,
    properties: { version: report.version, database: report.database.line, role: report.role },
    points: withVerdict(points, good(report) ? 0 : 3, countsLine(report)),
    verdictLine: countsLine(report),
  };
}

function comparedPoint(one: ComparedRelation): TestPoint {
  const facts = [`before = ${known(one.before)}`, `after = ${known(one.after)}`, `content = ${one.content}`];
  const message = `${one.change}: ${known(one.before)} before, ${known(one.after)} after`;
  const failure = one.change === "same" ? null : { type: one.change.toUpperCase(), message, details: facts };
  return { name: named(one), durationMs: 0, failure, facts };
}
