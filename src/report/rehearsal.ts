/**
 * rehearsal: what came of a rehearsal, as text, as Markdown and as a suite: each phase, the revert, the rows attempted.
 *
 * `RehearsalReport` is the document `cutter.rehearsal/v1` (rehearsal-schema.ts). Pure: report in, text out. Called by
 * `cutter rehearse`, and by `cutter approve`, which shows it to whoever signs.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { markdownPage, type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import type { rehearsalSchema } from "./rehearsal-schema.ts";
import { left, right } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";

export type RehearsalReport = DeepReadonly<v.InferOutput<typeof rehearsalSchema>>;

export const REHEARSAL_EXIT = { rehearsed: 0, "rehearsed in part": 0, failed: 3 } as const;

export function renderRehearsal(report: RehearsalReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

/** The last line: also what an approver sees of it. */
export function rehearsalVerdict({ cut, revert, verdict }: RehearsalReport): string {
  const done = [...cut, ...revert].filter(({ outcome }) => outcome === "done").length;
  return `CUTTER_REHEARSAL ${done}/${cut.length + revert.length} ${verdict.toUpperCase().replaceAll(" ", "_")}`;
}

function page(report: RehearsalReport): Page {
  return {
    title: `Rehearsal of ${report.runId}`,
    first: `rehearsal of run ${report.runId}, ${report.at}`,
    about: [
      ["document", `${report.documentId}, ${report.rows} rows`],
      ["plan", report.cutplanSha256],
      ["on", report.database],
    ],
    sections: [
      section("The cut, done for real and rolled back", report.cut),
      section("The revert, tried after each phase that leaves something", report.revert),
      {
        title: `Rows attempted, transaction ${report.xid ?? "none: no id was assigned"}`,
        table: {
          columns: [left("relation"), right("inserted"), right("updated"), right("deleted")],
          rows: report.relations.map((one) => [one.relation, ...[one.inserted, one.updated, one.deleted].map(String)]),
        },
        remarks: report.others,
        empty: "none",
      },
    ],
    last: rehearsalVerdict(report),
    outcome: REHEARSAL_EXIT[report.verdict] === 0 ? "good" : "bad",
  };
}

function section(title: string, steps: RehearsalReport["cut"]): Page["sections"][number] {
  return {
    title,
    table: {
      columns: [left("phase"), left("outcome"), left("as"), right("ms")],
      rows: steps.map(({ phase, outcome, role, durationMs }) => [phase, outcome, role, `${Math.round(durationMs)}`]),
    },
    remarks: steps.flatMap(({ phase, message }) => (message === null ? [] : [`${phase}: ${message}`])),
    empty: "none",
  };
}

function suite(report: RehearsalReport): Suite {
  const points = [...report.cut, ...report.revert].map(({ phase, outcome, message, durationMs }) => ({
    ...{ name: phase, durationMs, facts: [] },
    failure: outcome === "done" ? null : { type: outcome, message: message ?? outcome, details: [] },
  }));
  const verdictLine = rehearsalVerdict(report);
  const durationMs = points.reduce((sum, point) => sum + point.durationMs, 0);
  return {
    ...{ name: "cutter.rehearsal", startedAt: report.at, durationMs, verdictLine },
    properties: { run_id: report.runId, document: report.documentId, verdict: report.verdict },
    points: withVerdict(points, REHEARSAL_EXIT[report.verdict], verdictLine),
  };
}
