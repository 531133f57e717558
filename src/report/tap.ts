/**
 * tap: a suite in the Test Anything Protocol, version 14.
 *
 * Pure. No SKIP and no TODO, which would turn red into green. Diagnostics are YAML in its JSON form. The last line is
 * the verdict, as a comment.
 */

import { printable } from "../kernel/evidence/printable.ts";
import type { BatteryReport } from "./battery.ts";
import { batterySuite, type Suite, type TestPoint } from "./test-point.ts";

export function tapReport(report: BatteryReport): string {
  return tap(batterySuite(report));
}

export function tap(suite: Suite): string {
  const lines = [
    "TAP version 14",
    `1..${suite.points.length}`,
    ...Object.entries(suite.properties).map(([name, value]) => `# ${name}: ${printable(String(value))}`),
    ...suite.points.flatMap((point, index) => pointLines(point, index + 1)),
    `# ${printable(suite.verdictLine)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function pointLines(point: TestPoint, number: number): string[] {
  const outcome = point.failure === null ? "ok" : "not ok";
  const diagnostics = {
    duration_ms: point.durationMs,
    ...(point.failure === null
      ? {}
      : { severity: "fail", verdict: point.failure.type, message: point.failure.message }),
    ...(point.failure === null || point.failure.details.length === 0 ? {} : { details: point.failure.details }),
    ...(point.facts.length === 0 ? {} : { facts: point.facts }),
  };
  const yaml = Object.entries(diagnostics).map(([key, value]) => `  ${key}: ${yamlValue(value)}`);
  return [`${outcome} ${number} - ${description(point.name)}`, "  ---", ...yaml, "  ..."];
}

/** JSON is YAML but for escaped surrogates, so the strings are made printable before, not after. */
function yamlValue(value: string | number | readonly string[]): string {
  if (typeof value === "number") return String(value);
  return JSON.stringify(typeof value === "string" ? printable(value) : value.map(printable));
}

/** `#` would begin a directive. */
function description(text: string): string {
  return printable(text).replace(/[\\#]/g, "\\$&");
}
