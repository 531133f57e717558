/**
 * sandbox: the report of a rehearsal in a throwaway database, as text, as Markdown and as a suite.
 *
 * `SandboxReport` is the document `cutter.sandbox/v1` (sandbox-schema.ts). The verdict stands first. Pure: report in,
 * text out; nothing is decided here. Called by `cutter sandbox run` and by `cutter report`.
 */

import { printable } from "../kernel/evidence/printable.ts";
import type { Judged } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { sandboxHtml } from "./html/sandbox.ts";
import { judgedBlock, judgedLines, judgedMarkdown, judgedTable } from "./judged.ts";
import { COLUMNS, hanging } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";
import { markdownSection, textSection } from "./page.ts";
import { type Palette, plain } from "./palette.ts";
import { aboutSandbox, type SandboxReport, sandboxSections } from "./sandbox-sections.ts";
import { judgedPoint, type Suite, withVerdict } from "./test-point.ts";

type Options = { readonly palette?: Palette; readonly detail?: "short" | "full" };

/** `PARTIAL`: all that the provider can carry passed, and it cannot carry all. */
export type Ending = "NET_ZERO" | "PARTIAL" | "KEPT" | "LEFTOVERS" | "NOT_PROVEN" | "INTERRUPTED";

/** The first line: `CUTTER_SANDBOX 12/12 SCENARIOS 25/25 GATES NET_ZERO`. */
export function sandboxVerdict(scenarios: readonly Judged[], gates: readonly Judged[], ending: Ending): string {
  const passed = (all: readonly Judged[]) => `${all.filter(({ verdict }) => verdict === "PASS").length}/${all.length}`;
  return `CUTTER_SANDBOX ${passed(scenarios)} SCENARIOS ${passed(gates)} GATES ${ending}`;
}

export function renderSandbox(report: SandboxReport, format: Format, options: Options = {}): string {
  const drawing = {
    document: report,
    text: () => sandboxText(report, options),
    markdown: () => sandboxMarkdown(report),
    html: () => sandboxHtml(report),
    suite: () => sandboxSuite(report),
  };
  return draw(drawing, format);
}

function sandboxText(report: SandboxReport, { palette = plain, detail = "short" }: Options): string {
  const width = Math.max(...aboutSandbox(report).map(([label]) => label.length)) + 1;
  const lines = [
    palette(printable(report.verdictLine), report.exit === 0 ? "green" : "red"),
    ...aboutSandbox(report).flatMap(([label, text]) => hanging(label.padEnd(width), printable(text), COLUMNS)),
    "",
    ...judgedLines(report.scenarios, { palette, detail }),
    "",
    ...judgedLines(report.gates, { palette, detail }),
    "",
    ...sandboxSections(report).flatMap((section) => textSection(section, palette)),
    ...(report.kept.length === 0 ? [] : [palette(KEPT, "bold"), ...report.kept.map((line) => printable(line))]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function sandboxMarkdown(report: SandboxReport): string {
  const lines = [
    `# ${markdownText(report.verdictLine)}`,
    "",
    ...aboutSandbox(report).map(([label, text]) => `- ${markdownText(`${label}: ${text}`)}`),
    `- ${markdownText(`command: ${report.command}`)}`,
    "",
    "## Scenarios",
    "",
    ...judgedTable(report.scenarios, "scenario"),
    "",
    "## Gates",
    "",
    ...judgedTable(report.gates, "gate"),
    "",
    ...sandboxSections(report).flatMap(markdownSection),
    ...(report.kept.length === 0 ? [] : [`## ${KEPT}`, "", "```text", ...report.kept.map(printable), "```", ""]),
    ...[...report.scenarios, ...report.gates].flatMap(judgedMarkdown),
    "## Verdict",
    "",
    ...judgedBlock([...report.scenarios, ...report.gates]),
  ];
  return `${lines.join("\n")}\n`;
}

function sandboxSuite(report: SandboxReport): Suite {
  const { sandboxId, version, commit, provider, source, startedAt, durationMs, verdictLine, exit } = report;
  const points = [...report.scenarios, ...report.gates].map(judgedPoint);
  return {
    ...{ name: "cutter.sandbox", startedAt, durationMs, verdictLine },
    properties: { sandbox_id: sandboxId, version, commit, provider, source: source.line, exit },
    points: withVerdict(points, exit, verdictLine),
  };
}

/** Never broken into lines: they are copied from here. */
const KEPT = "Kept: how to use it, and how to remove it";
