/**
 * html/battery: the report of a battery as a page: proofs in time, rows before and after, blast radius, what stayed.
 *
 * `BatteryReport` in, one HTML document out. Pure; the words of a verdict are those of the document. Goes into the
 * evidence folder as report.html; also --format html.
 */
import type { BatteryReport } from "../battery.ts";
import { countsSection, effectSections, notUndoneSection } from "../sections.ts";
import { type Bar, barChart } from "./chart.ts";
import { type HtmlPage, htmlDocument } from "./document.ts";
import type { Ink } from "./element.ts";
import { judgedDetails, judgedTimeline } from "./judged.ts";
import { sectionBody } from "./table.ts";

export function batteryHtml(report: BatteryReport): string {
  return htmlDocument((ink) => page(report, ink));
}

function page(report: BatteryReport, ink: Ink): HtmlPage {
  const { database, failure, exit } = report;
  return {
    kind: "Rollback proof",
    title: database.line,
    verdictLine: report.verdictLine,
    tone: exit === 0 ? "good" : "bad",
    meaning: failure === null ? [] : [`${failure.code}: ${failure.message}`, failure.data],
    about: about(report),
    next: failure === null ? [] : [failure.hint],
    sections: [
      { id: "timeline", title: "Proofs in order", body: [judgedTimeline("Proofs in order", report.proofs, ink)] },
      { id: "proofs", title: "Proofs and their facts", body: judgedDetails(report.proofs, ink) },
      { id: "rows", title: "Rows before, inside and after", body: sectionBody(countsSection(report), ink) },
      ...effects(report, ink),
      { id: "stayed", title: "What the rollback did not undo", body: sectionBody(notUndoneSection(report), ink) },
    ],
    program: `cutter ${report.version} (${report.commit})`,
  };
}

function about(report: BatteryReport): HtmlPage["about"] {
  const { target, tier } = report;
  return [
    ["run", report.runId],
    ["command", report.command],
    ["started", report.startedAt],
    ["finished", `${report.finishedAt} (${report.durationMs} ms)`],
    ["role", report.role ?? "none: no session was opened"],
    ["tier", report.singleSession ? `${tier}, single session` : tier],
    ["target", `${target.kind}: ${target.name} (${target.chosenBecause})`],
    ["allowed by name", report.allowances.length === 0 ? "nothing" : report.allowances.join(", ")],
    ["attempts", `${report.attempts}`],
    ["exit code", `${report.exit}`],
  ];
}

const EFFECTS = [
  { id: "radius", title: "Blast radius" },
  { id: "catalog", title: "Catalog changes" },
  { id: "locks", title: "Locks" },
] as const;

function effects(report: BatteryReport, ink: Ink): HtmlPage["sections"] {
  return effectSections(report).map((section, index) => {
    const { id, title } = EFFECTS[index] ?? EFFECTS[0];
    const chart = id === "radius" ? barChart(section.title, bars(report), ink) : [];
    return { id, title, body: [...chart, ...sectionBody(section, ink)] };
  });
}

function bars({ effects: found }: BatteryReport): readonly Bar[] {
  const count = (value: number | "uncountable"): number | null => (typeof value === "number" ? value : null);
  return (found?.relations ?? []).map(({ relation, inserted, updated, deleted }) => {
    return { label: relation, inserted: count(inserted), updated: count(updated), deleted: count(deleted) };
  });
}
