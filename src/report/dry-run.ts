/**
 * dry-run: the report of a dry run as text, as Markdown and as a suite: gates, plan, runs, rows before and after.
 *
 * `DryRunReport` is the document `cutter.dryrun/v1` (dry-run-schema.ts). Pure: report in, text out; nothing is decided
 * here. Called by `cutter dryrun` and by `cutter report`.
 */
import type * as v from "valibot";
import { printable } from "../kernel/evidence/printable.ts";
import type { DeepReadonly } from "./battery.ts";
import type { dryRunSchema } from "./dry-run-schema.ts";
import { judgedBlock, judgedLines, judgedMarkdown, judgedTable } from "./judged.ts";
import { COLUMNS, folded, hanging, shellLines } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";
import { markdownSection, type Section, textSection } from "./page.ts";
import { type Palette, plain } from "./palette.ts";
import { left, right } from "./table.ts";
import { judgedPoint, type Suite, withVerdict } from "./test-point.ts";

export type DryRunReport = DeepReadonly<v.InferOutput<typeof dryRunSchema>>;

export type GateResult = DryRunReport["gates"][number];

type TextOptions = { readonly palette?: Palette; readonly detail?: "short" | "full" };

/** The last line: `CUTTER_DRYRUN 7/7 ALL_GATES_PASS`, or `… n/7 NOT_PASSED`. */
export function dryRunVerdict(gates: readonly GateResult[]): string {
  const passed = gates.filter(({ verdict }) => verdict === "PASS").length;
  const all = gates.length > 0 && passed === gates.length;
  return `CUTTER_DRYRUN ${passed}/${gates.length} ${all ? "ALL_GATES_PASS" : "NOT_PASSED"}`;
}

export function dryRunText(report: DryRunReport, options: TextOptions = {}): string {
  const palette = options.palette ?? plain;
  const width = Math.max(...aboutDryRun(report).map(([label]) => label.length)) + 1;
  const lines = [
    ...folded(printable(report.database.line)),
    ...aboutDryRun(report).flatMap(([label, text]) => hanging(label.padEnd(width), printable(text), COLUMNS)),
    "",
    ...judgedLines(report.gates, { palette, detail: options.detail ?? "short" }),
    "",
    ...sections(report).flatMap((section) => textSection(section, palette)),
    ...removalLines(report, palette),
    palette(printable(report.verdictLine), report.exit === 0 ? "green" : "red"),
  ];
  return `${lines.join("\n")}\n`;
}

export function dryRunMarkdown(report: DryRunReport): string {
  const lines = [
    "# Dry run",
    "",
    markdownText(report.database.line),
    "",
    ...aboutDryRun(report).map(([label, text]) => `- ${markdownText(`${label}: ${text}`)}`),
    `- ${markdownText(`command: ${report.command}`)}`,
    "",
    "## Gates",
    "",
    ...judgedTable(report.gates, "gate"),
    "",
    ...[...sections(report), removalSection(report)].flatMap(markdownSection),
    ...report.gates.flatMap(judgedMarkdown),
    "## Verdict",
    "",
    ...judgedBlock(report.gates),
    "",
    markdownText(report.verdictLine),
  ];
  return `${lines.join("\n")}\n`;
}

export function dryRunSuite(report: DryRunReport): Suite {
  return {
    name: "cutter.dryrun",
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: {
      session_id: report.sessionId,
      version: report.version,
      commit: report.commit,
      database: report.database.line,
      document: report.document?.id ?? "none",
      exit: report.exit,
    },
    points: withVerdict(report.gates.map(judgedPoint), report.exit, report.verdictLine),
    verdictLine: report.verdictLine,
  };
}

export function aboutDryRun(report: DryRunReport): readonly (readonly [label: string, text: string])[] {
  const { document, plan } = report;
  const cut = document === null ? "none: the run did not get that far" : `${document.id} (${document.because})`;
  const source =
    document === null
      ? []
      : [["source", `${document.from}, ${document.bytes} bytes, profile ${document.profile}`] as const];
  return [
    ["session", `${report.sessionId}, ${report.startedAt}, ${report.durationMs} ms`],
    ["program", `cutter ${report.version} (${report.commit})`],
    ["document", cut],
    ...source,
    ...(plan === null ? [] : [["plan", planLine(plan)] as const]),
  ];
}

function planLine(plan: NonNullable<DryRunReport["plan"]>): string {
  const parts = (["create", "revise", "unchanged", "immutable", "missing"] as const)
    .filter((name) => plan[name] > 0)
    .map((name) => `${plan[name]} ${name}`);
  const refused = plan.problems.length === 0 ? "" : `; ${plan.problems.length} problems`;
  return `${plan.units} units: ${parts.join(", ") || "nothing"}${refused}`;
}

function sections(report: DryRunReport): readonly Section[] {
  return [countsSection(report), runsSection(report), ...problemsSection(report)];
}

/** What was not counted, and what else is to be known of a count: a remark for each reason, by name elsewhere. */
export function countsSection({ counts }: DryRunReport): Section {
  const counted = counts.filter(({ before, after }) => before !== null || after !== null);
  const uncounted = Map.groupBy(
    counts.filter((row) => !counted.includes(row)),
    ({ how, note }) => note ?? how,
  );
  const told = Map.groupBy(
    counted.filter(({ note }) => note !== null),
    ({ note }) => note ?? "",
  );
  return {
    title: "Rows before and after",
    table: {
      columns: [left("relation"), right("before"), right("after"), left("how")],
      rows: counted.map((row) => [nameOf(row), number(row.before), number(row.after), row.how]),
    },
    remarks: [...told, ...uncounted].map(([note, rows]) => `${note}: ${rows.map(nameOf).join(", ")}`),
    empty: "nothing was counted",
  };
}

function nameOf({ relation, filter }: DryRunReport["counts"][number]): string {
  return filter === null ? relation : `${relation} [${filter}]`;
}

function number(rows: number | null): string {
  return rows === null ? "-" : `${rows}`;
}

function runsSection({ runs }: DryRunReport): Section {
  return {
    title: "Runs, simulated",
    table: {
      columns: [left("run"), right("phases"), left("state")],
      rows: runs.map((run) => [
        run.runId,
        `${run.phases.filter(({ outcome }) => outcome === "done").length}`,
        run.stopCode === null ? run.state : `${run.state} (${run.stopCode})`,
      ]),
    },
    remarks: [...new Set(runs.map((run) => `source version ${run.sourceVersionId}, plan ${run.cutplanSha256}`))],
    empty: "no run was begun",
  };
}

export function problemsSection({ plan }: DryRunReport): readonly Section[] {
  if (plan === null || plan.problems.length === 0) return [];
  const rows = plan.problems.map((problem) => [problem]);
  return [{ title: "What the plan refuses", table: { columns: [left("problem")], rows }, remarks: [], empty: "" }];
}

export function removalSection({ removal, folder }: DryRunReport): Section {
  return {
    title: "What is left, and how to remove it",
    table: { columns: [left("command")], rows: removal.map((line) => [line]) },
    remarks: [`Its files lie in ${folder}; the run store keeps the record of its runs, and of what they decided.`],
    empty: "nothing",
  };
}

/** Commands can be copied, each below what it removes. */
function removalLines(report: DryRunReport, palette: Palette): readonly string[] {
  const { title, table, remarks } = removalSection(report);
  const commands = table.rows.flatMap(([line = ""]) => {
    const behind = line.lastIndexOf("  # ");
    const what = behind < 0 ? [] : [`  ${printable(line.slice(behind + 2))}:`];
    return [...what, ...shellLines(printable(behind < 0 ? line : line.slice(0, behind)))];
  });
  const told = remarks.flatMap((remark) => hanging("  ", printable(remark), COLUMNS));
  return [palette(title, "bold"), ...commands, ...told, ""];
}
