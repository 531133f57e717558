/**
 * sandbox: the report of a rehearsal in a throwaway database, as text, as Markdown and as a suite.
 *
 * `SandboxReport` is the document `cutter.sandbox/v1` (sandbox-schema.ts). The verdict stands first. Pure: report in,
 * text out; nothing is decided here. Called by `cutter sandbox run` and by `cutter report`.
 */
import type * as v from "valibot";
import { printable } from "../kernel/evidence/printable.ts";
import type { DeepReadonly, Judged } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { judgedBlock, judgedLines, judgedMarkdown, judgedTable } from "./judged.ts";
import { hanging } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";
import { COLUMNS, markdownSection, type Section, textSection } from "./page.ts";
import { type Palette, plain } from "./palette.ts";
import type { sandboxSchema } from "./sandbox-schema.ts";
import { left, right } from "./table.ts";
import { judgedPoint, type Suite, withVerdict } from "./test-point.ts";

export type SandboxReport = DeepReadonly<v.InferOutput<typeof sandboxSchema>>;

type Options = { readonly palette?: Palette; readonly detail?: "short" | "full" };

export type Ending = "NET_ZERO" | "KEPT" | "LEFTOVERS" | "NOT_PROVEN";

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
    suite: () => sandboxSuite(report),
  };
  return draw(drawing, format);
}

function sandboxText(report: SandboxReport, { palette = plain, detail = "short" }: Options): string {
  const width = Math.max(...about(report).map(([label]) => label.length)) + 1;
  const lines = [
    palette(printable(report.verdictLine), report.exit === 0 ? "green" : "red"),
    ...about(report).flatMap(([label, text]) => hanging(label.padEnd(width), printable(text), COLUMNS)),
    "",
    ...judgedLines(report.scenarios, { palette, detail }),
    "",
    ...judgedLines(report.gates, { palette, detail }),
    "",
    ...sections(report).flatMap((section) => textSection(section, palette)),
    ...(report.kept.length === 0 ? [] : [palette(KEPT, "bold"), ...report.kept.map((line) => printable(line))]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function sandboxMarkdown(report: SandboxReport): string {
  const lines = [
    `# ${markdownText(report.verdictLine)}`,
    "",
    ...about(report).map(([label, text]) => `- ${markdownText(`${label}: ${text}`)}`),
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
    ...sections(report).flatMap(markdownSection),
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

function about(report: SandboxReport): readonly (readonly [label: string, text: string])[] {
  const { server, failure } = report;
  return [
    ["sandbox", `${report.sandboxId}, ${report.startedAt}, ${Math.round(report.durationMs)} ms`],
    ["program", `cutter ${report.version} (${report.commit})`],
    ["source", report.source.line],
    ["server", server === null ? "none was started" : `PostgreSQL ${server.version}, provider ${report.provider}`],
    ...(failure === null ? [] : [["stopped", `${failure.code}: ${failure.message}`] as const]),
    ["evidence", report.folder],
  ];
}

function sections(report: SandboxReport): readonly Section[] {
  return [
    {
      title: "Commands",
      table: {
        columns: [left("command"), left("outcome"), right("ms"), left("action")],
        rows: report.commands.map(({ id, outcome, durationMs, action }) => {
          return [id, outcome, `${Math.round(durationMs)}`, action];
        }),
      },
      remarks: [],
      empty: "none",
    },
    {
      title: "Rows before the scenarios, as predicted and after them",
      table: {
        columns: [left("relation"), right("before"), right("predicted"), right("after")],
        rows: report.rows.map(({ relation, before, predicted, after }) => {
          return [relation, `${before}`, `${before + predicted}`, `${after}`];
        }),
      },
      remarks: [],
      empty: "nothing was counted",
    },
    listSection("Removed, by exact name", report.removed),
    ...(report.left.length === 0 ? [] : [listSection("Left", report.left)]),
  ];
}

function listSection(title: string, remarks: readonly string[]): Section {
  return { title, table: { columns: [], rows: [] }, remarks, empty: remarks.length === 0 ? "nothing" : "" };
}
