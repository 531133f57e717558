/**
 * junit: a suite as JUnit XML, in the subset that every CI system reads.
 *
 * Pure. What did not pass is a `failure` whose type is the verdict, and what was not run is `skipped`: it is always
 * beside a failure where the whole is not proven. Control characters, which XML 1.0
 * cannot hold even as references, are written out before escaping.
 */

import { printable } from "../kernel/evidence/printable.ts";
import type { BatteryReport } from "./battery.ts";
import { batterySuite, type Suite, type TestPoint } from "./test-point.ts";

export function junitReport(report: BatteryReport): string {
  return junit(batterySuite(report));
}

export function junit(suite: Suite): string {
  const skipped = suite.points.filter(isSkipped).length;
  const failures = suite.points.filter((point) => point.failure !== null).length - skipped;
  const time = seconds(suite.durationMs);
  const totals = { tests: suite.points.length, failures, errors: 0, skipped, time };
  const properties = Object.entries({ ...suite.properties, verdict: suite.verdictLine });
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${attributes({ name: "cutter", ...totals })}>`,
    `  <testsuite${attributes({ name: suite.name, ...totals, timestamp: suite.startedAt })}>`,
    "    <properties>",
    ...properties.map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...suite.points.flatMap((point) => testCase(suite.name, point)),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function testCase(classname: string, point: TestPoint): string[] {
  const { name, failure, facts } = point;
  const body = [
    ...(failure === null ? [] : notPassed(failure)),
    ...(facts.length === 0 ? [] : ["      <system-out>", ...facts.map(escaped), "      </system-out>"]),
  ];
  const open = `    <testcase${attributes({ classname, name, time: seconds(point.durationMs) })}`;
  return body.length === 0 ? [`${open}/>`] : [`${open}>`, ...body, "    </testcase>"];
}

function isSkipped({ failure }: TestPoint): boolean {
  return failure?.type === "NOT RUN";
}

function notPassed({ type, message, details }: NonNullable<TestPoint["failure"]>): string[] {
  if (type === "NOT RUN") return [`      <skipped${attributes({ message })}/>`];
  return [`      <failure${attributes({ type, message })}>`, ...details.map(escaped), "      </failure>"];
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
