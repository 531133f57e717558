/**
 * markdown: the battery report as operators keep it: PASS and FAIL lines, tables, facts, a verdict block.
 *
 * Pure. Goes into the evidence folder as report.md and lists everything: no row limit, every fact. Values from the
 * database are escaped, so that they show as they are and cannot add a heading, a link or HTML.
 */

import { printable } from "../kernel/evidence/printable.ts";
import type { BatteryReport, ProofResult } from "./battery.ts";
import { factText } from "./facts.ts";
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
    ...markdownTable({
      columns: [left("verdict"), left("proof"), left("claim"), left("in short"), { title: "ms", align: "right" }],
      rows: report.proofs.map((one) => [one.verdict, one.id, one.claim, one.summary, String(one.durationMs)]),
    }),
    "",
    ...sections(report).flatMap(markdownSection),
    ...report.proofs.flatMap(proofLines),
    "## Verdict",
    "",
    "```text",
    ...report.proofs.map((one) => `${one.verdict.padEnd(12)}  ${one.id}  ${printable(one.claim)}`),
    "```",
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

function proofLines(proof: ProofResult): string[] {
  const { failure } = proof;
  const wrong = [
    ...proof.mismatches.map((one) => [one.what, one.expected, one.seen]),
    ...(failure === null ? [] : [[failure.code, "no failure", failure.message]]),
  ];
  const facts = [
    ...Object.entries(proof.facts),
    ...Object.entries(failure?.facts ?? {}),
    ...(failure === null ? [] : [["data", failure.data] as const, ["next", failure.hint] as const]),
  ].map(([name, fact]) => [name, factText(fact)]);
  return [
    `## ${markdownText(`${proof.id} ${proof.verdict}: ${proof.claim}`)}`,
    "",
    ...(wrong.length === 0
      ? []
      : [...markdownTable({ columns: [left("what"), left("expected"), left("seen")], rows: wrong }), ""]),
    ...(facts.length === 0
      ? ["No facts.", ""]
      : [...markdownTable({ columns: [left("fact"), left("value")], rows: facts }), ""]),
  ];
}
