/**
 * sandbox-sections: what the report of a sandbox says in every form: what it is about, its commands, rows and removals.
 *
 * `SandboxReport` is the document `cutter.sandbox/v1` (sandbox-schema.ts). Pure. Drawn by sandbox.ts and its page.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import type { Section } from "./page.ts";
import type { sandboxSchema } from "./sandbox-schema.ts";
import { left, right } from "./table.ts";

export type SandboxReport = DeepReadonly<v.InferOutput<typeof sandboxSchema>>;

export function aboutSandbox(report: SandboxReport): readonly (readonly [label: string, text: string])[] {
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

export function sandboxSections(report: SandboxReport): readonly Section[] {
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
    ...(report.remarks.length === 0 ? [] : [listSection("Remarks", report.remarks)]),
    listSection("Removed, by exact name", report.removed),
    ...(report.left.length === 0 ? [] : [listSection("Left", report.left)]),
  ];
}

function listSection(title: string, remarks: readonly string[]): Section {
  return { title, table: { columns: [], rows: [] }, remarks, empty: remarks.length === 0 ? "nothing" : "" };
}
