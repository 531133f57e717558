/**
 * html/run: the report of a run as a page: its way through phases and gates, its plan, its rows, what may be done now.
 *
 * `RunReport` in, one HTML document out. Pure. Goes into the evidence folder as report.html; also --format html.
 */
import { isUnderWay, type RunReport } from "../run-document.ts";
import { type HtmlPage, htmlDocument } from "./document.ts";
import type { Ink } from "./element.ts";
import { closeoutSections, planSection } from "./row-counts.ts";
import { phaseDetails, stepsTimeline } from "./steps.ts";
import { remarkList } from "./table.ts";

/** Waiting for an approval; every other exit but 0 is a stop. */
const WAITING = 6;

export function runHtml(report: RunReport): string {
  return htmlDocument((ink) => page(report, ink));
}

function page(report: RunReport, ink: Ink): HtmlPage {
  const { mode, stop, exit, phases, remarks } = report;
  const way = mode === "dryrun" ? "Phases and gates, simulated where they write" : "Phases and gates";
  return {
    kind: mode === "dryrun" ? "Run, simulated: nothing was written" : `Run, ${mode}`,
    title: `${report.documentId}: ${report.runId}`,
    verdictLine: `CUTTER_RUN ${report.state}`,
    tone: exit === WAITING || (exit === 0 && isUnderWay(report)) ? "wait" : exit === 0 ? "good" : "bad",
    meaning: stop === null ? [] : [`${stop.code}: ${stop.message}`],
    about: about(report),
    next: report.next,
    sections: [
      { id: "timeline", title: way, body: [stepsTimeline(way, report, ink)] },
      ...planSection(phases, ink),
      ...closeoutSections(phases, ink),
      { id: "facts", title: "Facts of each phase", body: phaseDetails(phases, ink) },
      ...(remarks.length === 0 ? [] : [{ id: "remarks", title: "Remarks", body: remarkList(remarks, ink) }]),
    ],
    program: "cutter",
  };
}

function about(report: RunReport): HtmlPage["about"] {
  const { target, sessionId } = report;
  return [
    ["document", report.documentId],
    ["source version", report.sourceVersionId],
    ["source sha256", report.sourceSha256 ?? "none yet"],
    ["plan sha256", report.cutplanSha256 ?? "none yet"],
    ["database", target.database],
    ["system identifier", target.systemIdentifier ?? "not readable"],
    ...(target.timeline === null ? [] : [["timeline", `${target.timeline}`] as const]),
    ["begun", report.createdAt],
    ["last change", report.updatedAt],
    ["folder", report.folder],
    ...(sessionId === null ? [] : [["dry run", sessionId] as const]),
    ["exit code", `${report.exit}`],
  ];
}
