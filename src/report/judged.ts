/**
 * judged: how a proof or a gate is drawn: as lines of text, and as Markdown.
 *
 * The same for the battery and for the dry run, so that a reader knows one if he knows the other. Pure; values are made
 * safe here, and no verdict is computed, softened or dropped.
 */
import { printable } from "../kernel/evidence/printable.ts";
import type { FailureDocument, Judged } from "./battery.ts";
import { factLine, factText } from "./facts.ts";
import { COLUMNS, hanging } from "./lines.ts";
import { markdownText } from "./markdown-text.ts";
import { type Palette, verdictStyle } from "./palette.ts";
import { left, markdownTable, right } from "./table.ts";

export type JudgedStyle = { readonly palette: Palette; readonly detail: "short" | "full" };

/** A line for each, hanging below its verdict and name, with what was not as claimed. */
export function judgedLines(all: readonly Judged[], style: JudgedStyle): string[] {
  const verdictWidth = Math.max(...all.map((one) => one.verdict.length), "PASS".length);
  return all.flatMap((one) => linesOf(one, { ...style, verdictWidth }));
}

function linesOf(judged: Judged, style: JudgedStyle & { readonly verdictWidth: number }): string[] {
  const verdict = judged.verdict.padEnd(style.verdictWidth);
  const label = `${verdict}  ${judged.id}  `;
  const summary = judged.summary === "" ? "" : `: ${judged.summary}`;
  const [first = "", ...rest] = hanging(label, printable(judged.claim + summary), COLUMNS);
  const below = " ".repeat(label.length);
  const more = [
    ...judged.mismatches.map((one) => `${one.what}: expected ${one.expected}, seen ${one.seen}`),
    ...(judged.failure === null ? [] : failureTexts(judged.failure, judged.summary)),
    ...(style.detail === "short" ? [] : Object.entries(judged.facts).map(factLine)),
  ];
  const painted = style.palette(verdict, verdictStyle[judged.verdict]) + first.slice(verdict.length);
  return [painted, ...rest, ...more.flatMap((text) => hanging(below, printable(text), COLUMNS))];
}

function failureTexts(failure: FailureDocument, summary: string): string[] {
  const what = `${failure.code}: ${failure.message}`;
  return [
    ...(what === summary ? [] : [what]),
    ...Object.entries(failure.facts).map(factLine),
    `data: ${failure.data}`,
    `next: ${failure.hint}`,
  ];
}

export function judgedTable(all: readonly Judged[], title: string): string[] {
  return markdownTable({
    columns: [left("verdict"), left(title), left("claim"), left("in short"), right("ms")],
    rows: all.map((one) => [one.verdict, one.id, one.claim, one.summary, String(one.durationMs)]),
  });
}

/** The verdicts alone, as operators keep them. */
export function judgedBlock(all: readonly Judged[]): string[] {
  return ["```text", ...all.map((one) => `${one.verdict.padEnd(12)}  ${one.id}  ${printable(one.claim)}`), "```"];
}

/** A chapter: what was wrong, then every fact. */
export function judgedMarkdown(judged: Judged): string[] {
  const { failure } = judged;
  const wrong = [
    ...judged.mismatches.map((one) => [one.what, one.expected, one.seen]),
    ...(failure === null ? [] : [[failure.code, "no failure", failure.message]]),
  ];
  const facts = [
    ...Object.entries(judged.facts),
    ...Object.entries(failure?.facts ?? {}),
    ...(failure === null ? [] : [["data", failure.data] as const, ["next", failure.hint] as const]),
  ].map(([name, fact]) => [name, factText(fact)]);
  return [
    `## ${markdownText(`${judged.id} ${judged.verdict}: ${judged.claim}`)}`,
    "",
    ...(wrong.length === 0
      ? []
      : [...markdownTable({ columns: [left("what"), left("expected"), left("seen")], rows: wrong }), ""]),
    ...(facts.length === 0
      ? ["No facts.", ""]
      : [...markdownTable({ columns: [left("fact"), left("value")], rows: facts }), ""]),
  ];
}
