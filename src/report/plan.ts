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
import { COLUMNS, folded, hanging, wrap } from "./lines.ts";
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
  for (const part of parts(report.units)) yield part.map((unit) => `${treeLines(unit, palette).join("\n")}\n`).join("");
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
    ...folded(`Plan of ${printable(id)}: ${summary}`).map((line) => palette(line, "bold")),
    ...hanging("document   ", `${printable(id)}, from ${printable(file)} (${report.media_type})`, COLUMNS),
    ...hanging("source     ", report.source_sha256, COLUMNS),
    ...hanging("profile    ", printable(`${profile.name}, version ${profile.version}: ${profile.about}`), COLUMNS),
    ...hanging("chosen     ", printable(profile.why), COLUMNS),
    ...hanging("manifest   ", report.manifest_sha256, COLUMNS),
    "",
    ...textTable({ columns: [left("kind"), right("units")], rows: counted }),
  ];
}

/** Two blanks for each level, the label, the heading, and the range of bytes; a long heading goes on below itself. */
function treeLines(unit: PlannedUnit, palette: Palette): readonly string[] {
  const { depth, label, heading, title, byte_start: start, byte_end: end } = unit;
  const named = label === null ? title : heading === null ? label : `${label}  ${heading}`;
  const indent = "  ".repeat(depth - 1);
  const room = Math.max(COLUMNS - indent.length - 2, NARROWEST);
  const lines = wrap(printable(named), room);
  const range = `[${start}, ${end})`;
  const last = lines.at(-1) ?? "";
  const beside = Bun.stringWidth(`${last}  ${range}`) <= room ? [`${last}  `] : [last, ""];
  const shown = [...lines.slice(0, -1), ...beside].map(
    (line, index) => `${index === 0 ? indent : `${indent}  `}${line}`,
  );
  return [...shown.slice(0, -1), `${shown.at(-1)}${palette(range, "dim")}`];
}

/** Of a heading, however deep it lies. */
const NARROWEST = 24;

function problemLines({ guard }: PlanReport): readonly string[] {
  const shown = guard.problems.slice(0, limits.reportRows);
  const more = guard.problems.length - shown.length;
  const lines = shown.map(({ row, canonical_address: address, field, problem, choices }) => {
    const offered = choices.length === 0 ? "" : `; choose: ${choices.join(", ")}`;
    return printable(`problem: row ${row} ${address}: ${field} ${problem}${offered}`);
  });
  return more === 0 ? lines : [...lines, `and ${more} more; --format json lists them all`];
}
