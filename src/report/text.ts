/**
 * text: the battery report for a terminal: which database, a line per proof, the tables, the verdict last.
 *
 * Pure: report in, text out, newline at the end. Values are made printable, so nothing from a database can draw a line
 * of its own. Lines fit 80 columns where no name is longer. Called by `cutter proof rollback`.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { limits } from "../kernel/limits.ts";
import type { BatteryReport, FailureDocument, ProofResult } from "./battery.ts";
import { factLine } from "./facts.ts";
import { hanging } from "./lines.ts";
import { COLUMNS, textSection } from "./page.ts";
import { type Palette, plain, verdictStyle } from "./palette.ts";
import { sections } from "./sections.ts";

export type TextOptions = {
  readonly palette?: Palette;
  /** `full` adds every fact below its proof (--verbose). */
  readonly detail?: "short" | "full";
};

export function textReport(report: BatteryReport, options: TextOptions = {}): string {
  const palette = options.palette ?? plain;
  const verdictWidth = Math.max(...report.proofs.map((proof) => proof.verdict.length), "PASS".length);
  const lines = [
    ...header(report),
    "",
    ...report.proofs.flatMap((proof) =>
      proofLines(proof, { palette, detail: options.detail ?? "short", verdictWidth }),
    ),
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
  const first = printable(`${database.line}`);
  return [first, ...lines.flatMap(([label, text]) => hanging(label, printable(text), COLUMNS))];
}

type ProofStyle = { readonly palette: Palette; readonly detail: "short" | "full"; readonly verdictWidth: number };

function proofLines(proof: ProofResult, style: ProofStyle): string[] {
  const verdict = proof.verdict.padEnd(style.verdictWidth);
  const label = `${verdict}  ${proof.id}  `;
  const summary = proof.summary === "" ? "" : `: ${proof.summary}`;
  const [first = "", ...rest] = hanging(label, printable(proof.claim + summary), COLUMNS);
  const below = " ".repeat(label.length);
  const more = [
    ...proof.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`),
    ...(proof.failure === null ? [] : failureTexts(proof.failure, proof.summary)),
    ...(style.detail === "short" ? [] : Object.entries(proof.facts).map(factLine)),
  ];
  const painted = style.palette(verdict, verdictStyle[proof.verdict]) + first.slice(verdict.length);
  return [painted, ...rest, ...more.flatMap((text) => hanging(below, printable(text), COLUMNS))];
}

function failureTexts(failure: FailureDocument, summary: string): string[] {
  const what = `${failure.code}: ${failure.message}`;
  return [
    ...(what === summary ? [] : [what]),
    ...Object.entries(failure.facts).map(factLine),
    `data: ${failure.data}`,
    `next: ${failure.hint}`,
  ];
}
