/**
 * run: what is known of one run, as text, as Markdown and as a suite: where it stands, why, what it did, what is next.
 *
 * `RunReport` is the document `cutter.run/v1` (run-schema.ts). Pure: report in, text out; nothing is decided here.
 * Called by `cutter show`, `cutter resume`, `cutter cut` and `cutter report`.
 */
import type { TestResult } from "../kernel/evidence/attestation.ts";
import { draw, type Format } from "./format.ts";
import { runHtml } from "./html/run.ts";
import { markdownPage, type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { isUnderWay, type RunReport, stepsAhead } from "./run-document.ts";
import { left, right } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";
import { testResult } from "./test-result.ts";

export type { RunReport } from "./run-document.ts";

export function renderRun(report: RunReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => runHtml(report),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

/** For its attestation: the points of junit.xml, with the source and the plan that it was of. */
export function runResult(report: RunReport): TestResult {
  const { sourceSha256: source, manifestSha256: manifest, cutplanSha256: cutplan } = report;
  return testResult(suite(report), { source, manifest, cutplan });
}

function page(report: RunReport): Page {
  const { target } = report;
  const ahead = stepsAhead(report).map(stepName);
  const where = `${target.database}, system identifier ${target.systemIdentifier ?? "not readable"}`;
  return {
    title: `Run ${report.runId}`,
    first: `run ${report.runId}, ${report.mode}`,
    about: [
      ["document", `${report.documentId}, source version ${report.sourceVersionId}`],
      ["database", report.target.timeline === null ? where : `${where}, timeline ${target.timeline}`],
      ["begun", report.createdAt],
      ["plan", report.cutplanSha256 ?? "none yet"],
      ["folder", report.folder],
      ...(ahead.length === 0 ? [] : [["to come", ahead.join(", ")] as const]),
      ...(report.sessionId === null ? [] : [["session", report.sessionId] as const]),
      ...(report.stop === null ? [] : [["stopped", `${report.stop.code}: ${report.stop.message}`] as const]),
    ],
    sections: [
      {
        title: report.mode === "dryrun" ? "Phases, simulated where they write" : "Phases",
        table: {
          columns: [left("phase"), right("attempt"), left("outcome"), left("at")],
          rows: report.phases.map((one) => [one.phase, `${one.attempt}`, one.outcome, one.at]),
        },
        remarks: [...report.remarks, ...report.next.map((line) => `next: ${line}`)],
        empty: "none was recorded",
      },
    ],
    last: `CUTTER_RUN ${report.state}`,
    outcome: report.exit === 0 && !isUnderWay(report) ? "good" : "bad",
  };
}

function stepName({ name, standing }: RunReport["steps"][number]): string {
  if (standing === "failed") return `${name} (again)`;
  return standing === "waiting" ? `${name} (it waits for this)` : name;
}

function suite(report: RunReport): Suite {
  const points = report.phases.map((one) => ({
    ...{ name: `${one.phase} attempt ${one.attempt}`, durationMs: 0, facts: [] },
    failure: one.outcome === "done" ? null : { type: one.outcome, message: one.outcome, details: [] },
  }));
  const verdictLine = `CUTTER_RUN ${report.state}`;
  return {
    ...{ name: "cutter.run", startedAt: report.createdAt, durationMs: 0, verdictLine },
    properties: { run_id: report.runId, document: report.documentId, mode: report.mode, state: report.state },
    points: withVerdict(points, report.exit, verdictLine),
  };
}
