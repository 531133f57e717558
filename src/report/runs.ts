/**
 * runs: the list of runs, as text and as Markdown: newest first, what each waits for, and what to type next.
 *
 * Three short lines for each, so that a name is never broken up and a command can be copied. Of many the older ones
 * that wait for nobody are counted; the other formats have all. Pure. Called by `cutter runs`.
 */
import { printable } from "../kernel/evidence/printable.ts";
import { limits } from "../kernel/limits.ts";
import { COLUMNS, hanging } from "./lines.ts";
import { markdownPage } from "./page.ts";
import { type Palette, plain } from "./palette.ts";
import { left } from "./table.ts";

export type ListedRun = {
  readonly runId: string;
  readonly documentId: string;
  readonly mode: string;
  readonly state: string;
  /** Name of the database that it was planned for. */
  readonly database: string;
  /** How it stands: `waits for SG1`. */
  readonly stands: string;
  readonly needs: "a person" | "nobody";
  /** What to type next; null where there is nothing to do. */
  readonly next: string | null;
  /** What is wrong with its folder; null where nothing was seen. */
  readonly trouble: string | null;
  /** Since something happened to it, by the clock of this machine. */
  readonly ageMs: number;
};

export type RunList = {
  /** The state directory. */
  readonly directory: string;
  /** Newest first. */
  readonly runs: readonly ListedRun[];
  /** Of the whole directory: folders of runs that the store does not know, one sentence each. */
  readonly troubles: readonly string[];
};

export function runsText({ directory, runs, troubles }: RunList, palette: Palette = plain): string {
  const listed = runs.filter(({ needs, trouble }, index) => {
    return index < limits.reportRows || needs === "a person" || trouble !== null;
  });
  const left = runs.length - listed.length;
  const lines = [
    printable(`the run store of ${directory}`),
    "",
    ...listed.flatMap((run) => [...block(run, palette), ""]),
    ...(runs.length === 0
      ? [...lineOf("no run: there is none; cutter cut DOCUMENT --source FILE begins one"), ""]
      : []),
    ...(left === 0 ? [] : [...lineOf(`and ${left} older, which wait for nobody: --format markdown lists all`), ""]),
    ...troubles.flatMap((trouble) => [...lineOf(`trouble: ${trouble}`, palette), ""]),
    summary(runs),
  ];
  return `${lines.join("\n")}\n`;
}

export function runsMarkdown({ directory, runs, troubles }: RunList): string {
  return markdownPage({
    ...{ title: "Runs", first: `the run store of ${directory}`, about: [], last: summary(runs), outcome: "good" },
    sections: [
      {
        title: "Runs, newest first",
        table: {
          columns: ["run", "document", "database", "mode, state", "stands", "last change", "next"].map(left),
          rows: runs.map((run) => [
            ...[run.runId, run.documentId, run.database, `${run.mode}, ${run.state}`],
            ...[run.trouble ?? run.stands, ago(run.ageMs), run.next ?? ""],
          ]),
        },
        remarks: troubles,
        empty: "there is none",
      },
    ],
  });
}

function block(run: ListedRun, palette: Palette): string[] {
  const style = run.needs === "a person" ? "yellow" : "dim";
  const name = palette(run.runId, "bold");
  const document = printable(run.documentId);
  const isShort = Bun.stringWidth(`${run.runId}  ${document}`) <= COLUMNS;
  return [
    ...(isShort ? [`${name}  ${document}`] : [name, `  ${document}`]),
    ...hanging("  ", printable(`${run.mode} on ${run.database}, ${run.state}, ${ago(run.ageMs)}`), COLUMNS),
    ...hanging("  ", printable(run.stands), COLUMNS).map((line) => palette(line, style)),
    ...(run.trouble === null ? [] : lineOf(`  trouble: ${run.trouble}`, palette)),
    ...(run.next === null ? [] : [`  next: ${printable(run.next)}`]),
  ];
}

function lineOf(text: string, palette: Palette = plain): string[] {
  const indent = text.match(/^ */)?.[0] ?? "";
  return hanging(indent, printable(text.trim()), COLUMNS).map((line) => palette(line, "red"));
}

function summary(runs: readonly ListedRun[]): string {
  const waiting = runs.filter(({ needs }) => needs === "a person").length;
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return waiting === 0 ? count : `${count}, ${waiting} of which ${waiting === 1 ? "waits" : "wait"} for a person`;
}

const MINUTE_MS = 60_000;

/** One unit, rounded down: `just now`, `12 min ago`, `3 h ago`, `5 days ago`. */
function ago(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}
