/**
 * markdown: the battery report as operators keep it: PASS and FAIL lines, tables, facts, a verdict block.
 *
 * Pure. Goes into the evidence folder as report.md and lists everything: no row limit, every fact. Values from the
 * database are escaped, so that they show as they are and cannot add a heading, a link or HTML.
 */

import type { BatteryReport } from "./battery.ts";
import { judgedBlock, judgedMarkdown, judgedTable } from "./judged.ts";
import { markdownText } from "./markdown-text.ts";
import { markdownSection } from "./page.ts";
import { sections } from "./sections.ts";
import { left, markdownTable } from "./table.ts";

export function markdownReport(report: BatteryReport): string {
  const lines = [
    "# Rollback proof",
    "",
    markdownText(report.database.line),
    "",
    ...markdownTable({ columns: [left("about"), left("this run")], rows: about(report) }),
    "",
    "## Proofs",
    "",
    ...judgedTable(report.proofs, "proof"),
    "",
    ...sections(report).flatMap(markdownSection),
    ...report.proofs.flatMap(judgedMarkdown),
    "## Verdict",
    "",
    ...judgedBlock(report.proofs),
    "",
    markdownText(report.verdictLine),
  ];
  return `${lines.join("\n")}\n`;
}

function about(report: BatteryReport): string[][] {
  return [
    ["run", report.runId],
    ["command", report.command],
    ["program", `cutter ${report.version} (${report.commit})`],
    ["started", report.startedAt],
    ["finished", `${report.finishedAt} (${report.durationMs} ms)`],
    ["role", report.role ?? "none: no session was opened"],
    ["tier", report.singleSession ? `${report.tier}, single session` : report.tier],
    ["target", `${report.target.kind}: ${report.target.name} (${report.target.chosenBecause})`],
    ["allowed by name", report.allowances.length === 0 ? "nothing" : report.allowances.join(", ")],
    ["attempts", String(report.attempts)],
    ["exit code", String(report.exit)],
  ];
}
