/**
 * selfcheck: the table of `cutter proof selfcheck`: each sabotage, the proof that watches, and whether it turned red.
 *
 * Pure. Green only if there are results and every one of them was caught.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { markdownPage, type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import type { selfcheckSchema } from "./selfcheck-schema.ts";
import { left } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";

export type SelfcheckReport = DeepReadonly<v.InferOutput<typeof selfcheckSchema>>;
export type SelfcheckResult = SelfcheckReport["results"][number];

export function renderSelfcheck(report: SelfcheckReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

/** Whether the battery can be trusted to fail: the exit code follows from it. */
export function allCaught(results: readonly SelfcheckResult[]): boolean {
  return results.some((one) => !isHealthy(one)) && results.every((one) => one.caught);
}

/** `CUTTER_SELFCHECK 14/14 ALL_SABOTAGES_CAUGHT`, or `… n/14 NOT_PROVEN`; the healthy runs count as well. */
export function selfcheckLine(results: readonly SelfcheckResult[]): string {
  const caught = results.filter((one) => one.caught).length;
  return `CUTTER_SELFCHECK ${caught}/${results.length} ${allCaught(results) ? "ALL_SABOTAGES_CAUGHT" : "NOT_PROVEN"}`;
}

function isHealthy(result: SelfcheckResult): boolean {
  return result.proof === "all";
}

function expected(result: SelfcheckResult): string {
  return isHealthy(result) ? "PASS" : "red";
}

function page(report: SelfcheckReport): Page {
  return {
    title: "Selfcheck of the rollback proof",
    first: report.database.line,
    about: [
      ["program", `cutter ${report.version} (${report.commit})`],
      ["started", `${report.startedAt}, ${report.durationMs} ms`],
    ],
    sections: [
      {
        title: "Sabotages, each expected to turn its proof red; healthy, all seven pass",
        table: {
          columns: [left("ok"), left("target"), left("proof"), left("got"), left("sabotage: what gave it away")],
          rows: report.results.map((one) => [
            one.caught ? "ok" : "NOT OK",
            one.target,
            one.proof,
            one.got,
            one.detail === "" ? one.sabotage : `${one.sabotage}: ${one.detail}`,
          ]),
        },
        remarks: notRunRemarks(report),
        empty: "none was run",
      },
    ],
    last: selfcheckLine(report.results),
    outcome: allCaught(report.results) ? "good" : "bad",
  };
}

/** Each sabotage once, with the targets that it would be done to. */
function notRunRemarks({ notRun }: SelfcheckReport): string[] {
  const each = Map.groupBy(notRun, (one) => `${one.proof}: ${one.sabotage}`);
  return [...each].map(([name, of]) => {
    const targets = of.map((one) => one.target).join(", ");
    return `Not run, since there is no second session here: ${name} (${targets})`;
  });
}

function suite(report: SelfcheckReport): Suite {
  const points = report.results.map((one) => ({
    name: `${one.target} ${one.proof}: ${one.sabotage}`,
    durationMs: 0,
    failure: one.caught
      ? null
      : { type: "NOT CAUGHT", message: `expected ${expected(one)}, got ${one.got}`, details: [one.detail] },
    facts: [`got = ${one.got}`, `detail = ${one.detail}`],
  }));
  const line = selfcheckLine(report.results);
  return {
    name: "cutter.selfcheck",
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: { version: report.version, commit: report.commit, database: report.database.line },
    points: withVerdict(points, allCaught(report.results) ? 0 : 3, line),
    verdictLine: line,
  };
}
