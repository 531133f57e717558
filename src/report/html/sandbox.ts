/**
 * html/sandbox: the report of a sandbox as a page: scenarios and gates in order with their facts, commands, rows.
 *
 * `SandboxReport` in, one HTML document out. Pure. Goes into the evidence folder as report.html; also --format html.
 */
import { aboutSandbox, type SandboxReport, sandboxSections } from "../sandbox-sections.ts";
import { type HtmlPage, htmlDocument } from "./document.ts";
import type { Ink } from "./element.ts";
import { judgedDetails, judgedTimeline } from "./judged.ts";
import { sectionBody } from "./table.ts";

export function sandboxHtml(report: SandboxReport): string {
  return htmlDocument((ink) => page(report, ink));
}

const PART = "Sandbox: a part of a rehearsal, with what the provider can carry";

function page(report: SandboxReport, ink: Ink): HtmlPage {
  const { failure, exit, scenarios, gates } = report;
  return {
    kind: failure?.code === "SANDBOX_PARTIAL" ? PART : "Sandbox: a rehearsal that committed, and disappeared",
    title: report.source.line,
    verdictLine: report.verdictLine,
    tone: exit === 0 ? "good" : "bad",
    meaning: failure === null ? [] : [`${failure.code}: ${failure.message}`, failure.data],
    about: [...aboutSandbox(report), ["command", report.command], ["exit code", `${exit}`]],
    next: failure === null ? report.kept : [failure.hint],
    sections: [
      { id: "scenarios", title: "Scenarios", body: [judgedTimeline("Scenarios", scenarios, ink)] },
      { id: "gates", title: "Gates", body: [judgedTimeline("Gates", gates, ink)] },
      {
        id: "facts",
        title: "Scenarios and gates with their facts",
        body: judgedDetails([...scenarios, ...gates], ink),
      },
      ...sandboxSections(report).map((section, index) => {
        return { id: `section-${index + 1}`, title: section.title, body: sectionBody(section, ink) };
      }),
    ],
    program: `cutter ${report.version} (${report.commit})`,
  };
}
