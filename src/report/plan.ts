/**
 * report/plan: what `cutter plan` shows: the tree that an approver reads, one JSON document, or one line for each unit.
 *
 * Pure. The tree is never shortened: it is what is approved. It comes in parts, since a code has tens of thousands of
 * units. Names in JSON are documented in plan-schema.ts. Called by cli/plan.ts.
 */
import type * as v from "valibot";
import { printable, printableJson } from "../kernel/evidence/printable.ts";
import { limits } from "../kernel/limits.ts";
import type { DeepReadonly } from "./battery.ts";
import type { Palette } from "./palette.ts";
import { plain } from "./palette.ts";
import type { planSchema } from "./plan-schema.ts";
import { left, right, textTable } from "./table.ts";

export type PlanReport = DeepReadonly<v.InferOutput<typeof planSchema>>;
export type PlannedUnit = PlanReport["units"][number];

const UNITS_PER_PART = 500;

/** One object for each unit, nested ones included, one on each line. */
export function* planLines(report: PlanReport): Iterable<string> {
  for (const part of parts(report.units)) {
    yield part.map((unit) => `${printableJson(JSON.stringify(unit))}\n`).join("");
  }
}

/** The whole document; each unit on a line of its own. */
export function* planDocument({ units, ...head }: PlanReport): Iterable<string> {
  yield `${printableJson(JSON.stringify(head).slice(0, -1))},\n"units": [`;
  let separator = "\n";
  for (const part of parts(units)) {
    const lines = part.map((unit) => `${printableJson(JSON.stringify(unit))}`).join(",\n");
    yield `${separator}${lines}`;
    separator = ",\n";
  }
  yield "\n]}\n";
}

export function* planText(report: PlanReport, palette: Palette = plain): Iterable<string> {
  yield `${head(report, palette).join("\n")}\n\n`;
  for (const part of parts(report.units)) yield part.map((unit) => `${treeLine(unit, palette)}\n`).join("");
  const problems = problemLines(report);
  if (problems.length > 0) yield `\n${problems.map((line) => palette(line, "yellow")).join("\n")}\n`;
}

function parts(units: readonly PlannedUnit[]): readonly (readonly PlannedUnit[])[] {
  const count = Math.ceil(units.length / UNITS_PER_PART);
  return Array.from({ length: count }, (_, part) => units.slice(part * UNITS_PER_PART, (part + 1) * UNITS_PER_PART));
}

function head(report: PlanReport, palette: Palette): readonly string[] {
  const { document_id: id, file, bytes, profile, guard } = report;
  const counted = Object.entries(report.counts).map(([kind, count]) => [kind, String(count)]);
  const summary = `${report.unit_count} units in ${bytes} bytes; ${guard.verdict} against ${guard.against}`;
  return [
    palette(`Plan of ${printable(id)}: ${summary}`, "bold"),
    `document   ${printable(id)}, from ${printable(file)} (${report.media_type})`,
    `source     sha256 ${report.source_sha256}`,
    `profile    ${printable(profile.name)}, version ${printable(profile.version)}: ${printable(profile.about)}`,
    `chosen     ${printable(profile.why)}`,
    `manifest   sha256 ${report.manifest_sha256}`,
    "",
    ...textTable({ columns: [left("kind"), right("units")], rows: counted }),
  ];
}

/** Two blanks for each level, the label, the heading, and the range of bytes. */
function treeLine(unit: PlannedUnit, palette: Palette): string {
  const { depth, label, heading, title, byte_start: start, byte_end: end } = unit;
  const named = label === null ? title : heading === null ? label : `${label}  ${heading}`;
  return `${"  ".repeat(depth - 1)}${printable(named)}  ${palette(`[${start}, ${end})`, "dim")}`;
}

function problemLines({ guard }: PlanReport): readonly string[] {
  const shown = guard.problems.slice(0, limits.reportRows);
  const more = guard.problems.length - shown.length;
  const lines = shown.map(({ row, canonical_address: address, field, problem, choices }) => {
    const offered = choices.length === 0 ? "" : `; choose: ${choices.join(", ")}`;
    return printable(`problem: row ${row} ${address}: ${field} ${problem}${offered}`);
  });
  return more === 0 ? lines : [...lines, `and ${more} more; --format json lists them all`];
}
