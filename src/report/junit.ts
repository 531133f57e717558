/**
 * junit: the battery report as JUnit XML, in the subset that every CI system reads.
 *
 * Pure. Never `skipped`: what did not pass is a `failure` whose type is the verdict. Control characters, which XML 1.0
 * cannot hold even as references, are written out before escaping.
 */
import type { BatteryReport } from "./battery.ts";
import { printable } from "./printable.ts";
import { type TestPoint, testPoints } from "./test-point.ts";

export function junitReport(report: BatteryReport): string {
  const points = testPoints(report);
  const failures = points.filter((point) => point.failure !== null).length;
  const totals = { tests: points.length, failures, errors: 0, skipped: 0, time: seconds(report.durationMs) };
  const properties = {
    run_id: report.runId,
    version: report.version,
    commit: report.commit,
    database: report.database.line,
    database_source: report.database.source,
    role: report.role ?? "",
    target: `${report.target.kind}: ${report.target.name}`,
    tier: report.tier,
    single_session: report.singleSession,
    allowances: report.allowances.join(" "),
    attempts: report.attempts,
    verdict: report.verdictLine,
    exit: report.exit,
  };
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${attributes({ name: "cutter", ...totals })}>`,
    `  <testsuite${attributes({ name: "cutter.proof", ...totals, timestamp: report.startedAt })}>`,
    "    <properties>",
    ...Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...points.flatMap(testCase),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function testCase(point: TestPoint): string[] {
  const { name, failure, facts } = point;
  const body = [
    ...(failure === null
      ? []
      : [
          `      <failure${attributes({ type: failure.type, message: failure.message })}>`,
          ...failure.details.map(escaped),
          "      </failure>",
        ]),
    ...(facts.length === 0 ? [] : ["      <system-out>", ...facts.map(escaped), "      </system-out>"]),
  ];
  const open = `    <testcase${attributes({ classname: "cutter.proof", name, time: seconds(point.durationMs) })}`;
  return body.length === 0 ? [`${open}/>`] : [`${open}>`, ...body, "    </testcase>"];
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");
}

/** For text and attributes. `>` too, so that `]]>` cannot end anything. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
