/**
 * kill-switch: the report of `cutter proof killswitch` in every format.
 *
 * Pure; says what was read and decides nothing.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import type { killSwitchSchema } from "./kill-switch-schema.ts";
import { markdownPage, type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { left } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";

export type KillSwitchReport = DeepReadonly<v.InferOutput<typeof killSwitchSchema>>;

export function renderKillSwitch(report: KillSwitchReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

function page(report: KillSwitchReport): Page {
  return {
    title: "Kill switch",
    first: "no database: the kill switch is read without any connection",
    about: [
      ["executionEnabled()", String(report.executionEnabled)],
      ["read at", report.readAt],
      ["milestone", report.milestone],
    ],
    sections: [
      {
        title: "Sources",
        table: {
          columns: [left("source"), left("says"), left("detail"), left("where")],
          rows: report.sources.map((one) => [one.name, one.says, one.detail, one.where]),
        },
        remarks: report.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`),
        empty: "none was read",
      },
    ],
    last: verdictLine(report),
    outcome: report.verdict === "PASS" ? "good" : "bad",
  };
}

function verdictLine(report: KillSwitchReport): string {
  return `CUTTER_KILL_SWITCH ${report.verdict === "PASS" ? "OFF" : "NOT_PROVEN"}`;
}

function suite(report: KillSwitchReport): Suite {
  const details = report.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`);
  const passed = report.verdict === "PASS";
  const failure = passed ? null : { type: "FAIL", message: details[0] ?? "not proven", details };
  const facts = report.sources.map((one) => `${one.name} (${one.where}) = ${one.says}: ${one.detail}`);
  const point = { name: "the kill switch is OFF", durationMs: 0, failure, facts };
  return {
    name: "cutter.killswitch",
    startedAt: report.readAt,
    durationMs: 0,
    properties: { execution_enabled: report.executionEnabled, milestone: report.milestone },
    points: withVerdict([point], passed ? 0 : 3, verdictLine(report)),
    verdictLine: verdictLine(report),
  };
}
