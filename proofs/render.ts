/**
 * render: the report of a battery in the format that was asked for, and the files of its evidence folder.
 *
 * A table of formats over src/report; nothing is decided here.
 */
import type { Format } from "../src/cli/command/command.ts";
import { paint } from "../src/cli/terminal.ts";
import { unreachable } from "../src/kernel/failure.ts";
import type { BatteryReport } from "../src/report/battery.ts";
import { batteryHtml } from "../src/report/html/battery.ts";
import { jsonDocument } from "../src/report/json.ts";
import { junitReport } from "../src/report/junit.ts";
import { markdownReport } from "../src/report/markdown.ts";
import { tapReport } from "../src/report/tap.ts";
import { textReport } from "../src/report/text.ts";

export type RenderOptions = {
  readonly format: Format;
  readonly colour: "on" | "off";
  readonly detail: "short" | "full";
};

export function renderBattery(report: BatteryReport, options: RenderOptions): string {
  switch (options.format) {
    case "text":
      return textReport(report, {
        palette: (text, style) => paint(text, style, options.colour),
        detail: options.detail,
      });
    case "json":
    case "jsonl":
      return jsonDocument(report);
    case "junit":
      return junitReport(report);
    case "tap":
      return tapReport(report);
    case "markdown":
      return markdownReport(report);
    case "html":
      return batteryHtml(report);
    default:
      return unreachable(options.format);
  }
}

export function evidenceFiles(report: BatteryReport): Readonly<Record<string, string>> {
  return {
    "facts.json": jsonDocument(report),
    "report.md": markdownReport(report),
    "report.html": batteryHtml(report),
    "report.txt": textReport(report, { detail: "full" }),
    "junit.xml": junitReport(report),
  };
}
