/**
 * doctor: the readiness matrix, as text, as Markdown and as a suite.
 *
 * `DoctorReport` is the document `cutter.doctor/v1`: one entry for each item, in order. Pure: report in, text out.
 */
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { markdownPage, type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { left } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";

export type DoctorReport = {
  readonly schema: "cutter.doctor/v1";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Path of the configuration; null where there is none. */
  readonly configuration: string | null;
  readonly items: readonly {
    readonly id: string;
    /** What is asked. */
    readonly item: string;
    readonly state: "CLOSED" | "PARTIAL" | "OPEN";
    readonly evidence: string;
    /** What to do; null where nothing is. */
    readonly next: string | null;
  }[];
  readonly exit: number;
};

export function renderDoctor(report: DoctorReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

function verdictLine({ items }: DoctorReport): string {
  const closed = items.filter(({ state }) => state === "CLOSED").length;
  return `CUTTER_DOCTOR ${closed}/${items.length} ${closed === items.length ? "READY" : "NOT_READY"}`;
}

function page(report: DoctorReport): Page {
  return {
    title: "Readiness",
    first: "can the first live run happen?",
    about: [["configured", report.configuration ?? "nowhere: there is no cutter.toml"]],
    sections: [
      {
        title: "Items",
        table: {
          columns: [left("item"), left("state"), left("closed when")],
          rows: report.items.map(({ id, state, item }) => [id, state, item]),
        },
        remarks: report.items.flatMap(({ id, evidence, next }) => [
          `${id}: ${evidence}`,
          ...(next === null ? [] : [`${id}, next: ${next}`]),
        ]),
        empty: "none",
      },
    ],
    last: verdictLine(report),
    outcome: report.exit === 0 ? "good" : "bad",
  };
}

function suite(report: DoctorReport): Suite {
  const points = report.items.map(({ id, item, state, evidence }) => ({
    ...{ name: `${id} ${item}`, durationMs: 0, facts: [] },
    failure: state === "CLOSED" ? null : { type: state, message: evidence, details: [] },
  }));
  const line = verdictLine(report);
  return {
    ...{ name: "cutter.doctor", startedAt: report.at, durationMs: 0, verdictLine: line },
    properties: { configuration: report.configuration ?? "none" },
    points: withVerdict(points, report.exit, line),
  };
}
