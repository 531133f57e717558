/**
 * text: the battery report for a terminal: which database, a line per proof, the tables, the verdict last.
 *
 * Pure: report in, text out, newline at the end. Values are made printable, so nothing from a database can draw a line
 * of its own. Lines fit 80 columns where no name is longer. Called by `cutter proof rollback`.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { limits } from "../kernel/limits.ts";
import type { BatteryReport } from "./battery.ts";
import { judgedLines } from "./judged.ts";
import { COLUMNS, folded, hanging } from "./lines.ts";
import { textSection } from "./page.ts";
import { type Palette, plain } from "./palette.ts";
import { sections } from "./sections.ts";

export type TextOptions = {
  readonly palette?: Palette;
  /** `full` adds every fact below its proof (--verbose). */
  readonly detail?: "short" | "full";
};

export function textReport(report: BatteryReport, options: TextOptions = {}): string {
  const palette = options.palette ?? plain;
  const lines = [
    ...header(report),
    "",
    ...judgedLines(report.proofs, { palette, detail: options.detail ?? "short" }),
    "",
    ...sections(report, limits.reportRows).flatMap((section) => textSection(section, palette)),
    palette(printable(report.verdictLine), report.exit === 0 ? "green" : "red"),
  ];
  return `${lines.join("\n")}\n`;
}

function header(report: BatteryReport): string[] {
  const { database, target } = report;
  const attempts = report.attempts > 1 ? `, ${report.attempts} attempts` : "";
  const lines: [label: string, text: string][] = [
    ["run     ", `${report.runId}, ${report.startedAt}, ${report.durationMs} ms${attempts}`],
    ["program ", `cutter ${report.version} (${report.commit})`],
    ["target  ", `${target.kind}: ${target.name} (${target.chosenBecause})`],
    ["tier    ", report.singleSession ? `${report.tier}, single session` : report.tier],
  ];
  if (report.allowances.length > 0) lines.push(["allowed ", report.allowances.join(", ")]);
  return [
    ...folded(printable(database.line)),
    ...lines.flatMap(([label, text]) => hanging(label, printable(text), COLUMNS)),
  ];
}
