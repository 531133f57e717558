/**
 * html/dry-run: the report of a dry run as a page: its gates, the plan, the simulated runs, rows before and after.
 *
 * `DryRunReport` in, one HTML document out. Pure. Goes into the evidence folder as report.html; also --format html.
 */
import { aboutDryRun, countsSection, type DryRunReport, problemsSection, removalSection } from "../dry-run.ts";
import { type HtmlPage, type HtmlSection, htmlDocument } from "./document.ts";
import { element, type Ink, listed, nested, said, words } from "./element.ts";
import { judgedDetails, judgedTimeline } from "./judged.ts";
import { planSection } from "./row-counts.ts";
import { phaseDetails, stepsTimeline } from "./steps.ts";
import { hidden, sectionBody } from "./table.ts";

export function dryRunHtml(report: DryRunReport): string {
  return htmlDocument((ink) => page(report, ink));
}

function page(report: DryRunReport, ink: Ink): HtmlPage {
  const { failure, exit, gates, runs } = report;
  const removal = removalSection(report);
  const refused = problemsSection(report).map((section, index) => {
    return { id: `refused-${index}`, title: section.title, body: sectionBody(section, ink) };
  });
  return {
    kind: "Dry run: nothing was written",
    title: report.database.line,
    verdictLine: report.verdictLine,
    tone: exit === 0 ? "good" : exit === WAITING ? "wait" : "bad",
    meaning: failure === null ? [] : [`${failure.code}: ${failure.message}`, failure.data],
    about: [...aboutDryRun(report), ["command", report.command], ["exit code", `${exit}`]],
    next: failure === null ? [] : [failure.hint],
    sections: [
      { id: "timeline", title: "Gates in order", body: [judgedTimeline("Gates in order", gates, ink)] },
      { id: "gates", title: "Gates and their facts", body: judgedDetails(gates, ink) },
      { id: "rows", title: "Rows before and after", body: sectionBody(countsSection(report), ink) },
      ...planSection(runs[0]?.phases ?? [], ink),
      ...refused,
      runsSection(runs, ink),
      { id: "removal", title: removal.title, body: sectionBody(removal, ink) },
    ],
    program: `cutter ${report.version} (${report.commit})`,
  };
}

const WAITING = 6;

/** Each run with its way; the facts of its phases lie below it. */
function runsSection(runs: DryRunReport["runs"], ink: Ink): HtmlSection {
  const listedRuns = listed(runs, ink);
  const body = listedRuns.flatMap((run) => {
    const { runId, state, stopCode } = run;
    const summary = element("summary", {}, [words("The facts of its phases")]);
    return [
      element("h3", {}, [said(runId, ink)]),
      element("p", { class: "note lead" }, [said(stopCode === null ? state : `${state} (${stopCode})`, ink)]),
      stepsTimeline(`The way of ${runId}`, run, ink),
      element("details", {}, [summary, element("div", { class: "body" }, phaseDetails(run.phases, nested(ink)))]),
    ];
  });
  const none = element("p", { class: "note" }, [words("No run was begun.")]);
  const shown = runs.length === 0 ? [none] : [...body, ...hidden(runs.length - listedRuns.length, "runs")];
  return { id: "runs", title: "Runs, simulated", body: shown };
}
