/**
 * selftest: the report of `cutter selftest`: the program as it was built, and each proof that was seen to fail.
 *
 * Pure. Green only if there are checks and sabotages of every proof, and each of them is as it should be: a proof that
 * nothing was done to is one that nobody has seen fail.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import { draw, type Format } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { markdownPage, type Page, type Section, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import type { SelfcheckResult } from "./selfcheck.ts";
import type { selftestSchema } from "./selftest-schema.ts";
import { left } from "./table.ts";
import { type Suite, withVerdict } from "./test-point.ts";

export type SelftestReport = DeepReadonly<v.InferOutput<typeof selftestSchema>>;
export type SelftestCheck = SelftestReport["checks"][number];

type Found = Pick<SelftestReport, "checks" | "results">;

/** What the verdict counts: a check, or a sabotage of a proof. */
type Point = { readonly name: string; readonly holds: boolean; readonly expected: string; readonly got: string };

const GOOD = "AS_BUILT_AND_PROVEN";

export function renderSelftest(report: SelftestReport, format: Format, palette?: Palette): string {
  const drawing = {
    document: report,
    text: () => textPage(page(report), palette),
    markdown: () => markdownPage(page(report)),
    html: () => htmlPage(page(report)),
    suite: () => suite(report),
  };
  return draw(drawing, format);
}

/** `proofs`: the ids of the whole battery. `CUTTER_SELFTEST 107/107 AS_BUILT_AND_PROVEN`, or `… NOT_PROVEN`. */
export function selftestVerdict(found: Found, proofs: readonly string[]): string {
  const points = [...pointsOf(found), ...unseenProofs(found, proofs)];
  const held = points.filter(({ holds }) => holds).length;
  return `CUTTER_SELFTEST ${held}/${points.length} ${held === points.length ? GOOD : "NOT_PROVEN"}`;
}

export function isGood(report: Pick<SelftestReport, "verdict">): boolean {
  return report.verdict.endsWith(` ${GOOD}`);
}

function pointsOf({ checks, results }: Found): readonly Point[] {
  return [...checks, ...results.map(sabotagePoint)];
}

function sabotagePoint({ target, proof, sabotage, got, caught }: SelfcheckResult): Point {
  const expected = proof === "all" ? "PASS" : "red";
  return { name: `${target} ${proof}: ${sabotage}`, holds: caught, expected, got };
}

/** Also where nothing was run at all. */
function unseenProofs({ results }: Found, proofs: readonly string[]): readonly Point[] {
  const unseen = proofs.filter((id) => !results.some(({ proof }) => proof === id));
  const none = { name: "the battery", holds: false, expected: "proofs", got: "none" };
  if (proofs.length === 0) return [none];
  return unseen.map((id) => ({ name: id, holds: false, expected: "seen to fail", got: "nothing was done to it" }));
}

function page(report: SelftestReport): Page {
  return {
    title: "Selftest of the program",
    first: `${report.program}, with the database inside; no other was named, and no network used`,
    about: [
      ["program", `cutter ${report.version} (${report.commit}), ${report.platform}`],
      ["started", `${report.startedAt}, ${report.durationMs} ms`],
      ["left", report.left],
    ],
    sections: [programSection(report), proofSection(report)],
    last: report.verdict,
    outcome: isGood(report) ? "good" : "bad",
  };
}

function programSection({ checks }: SelftestReport): Section {
  return {
    title: "As it was built",
    table: {
      columns: [left("ok"), left("what"), left("found")],
      rows: checks.map(({ name, holds, expected, got }) =>
        holds ? ["ok", name, got] : ["NOT OK", name, `${got}; expected ${expected}`],
      ),
    },
    remarks: [],
    empty: "nothing was checked",
  };
}

/** One line for each proof of each target, and one for each sabotage that was not caught. */
function proofSection({ results, notRun }: SelftestReport): Section {
  const groups = Map.groupBy(results, ({ target, proof }) => `${target} ${proof}`);
  const rows = [...groups].map(([name, of]) => {
    const caught = of.filter((one) => one.caught).length;
    const missed = of.filter((one) => !one.caught).map((one) => `${one.sabotage}: ${one.got}`);
    const what = of[0]?.proof === "all" ? "healthy runs pass" : "sabotages turn it red";
    return [missed.length === 0 ? "ok" : "NOT OK", name, [`${caught} of ${of.length} ${what}`, ...missed].join("; ")];
  });
  const why = "a second session, which the database inside has not; cutter proof selfcheck names them";
  const remark = `${notRun.length} more need ${why}`;
  return {
    title: "Proofs, and whether they can fail",
    table: { columns: [left("ok"), left("proof"), left("found")], rows },
    remarks: notRun.length === 0 ? [] : [remark],
    empty: "not run",
  };
}

function suite(report: SelftestReport): Suite {
  const points = pointsOf(report).map(({ name, holds, expected, got }) => ({
    name,
    durationMs: 0,
    failure: holds ? null : { type: "NOT OK", message: `expected ${expected}, got ${got}`, details: [] },
    facts: [`got = ${got}`],
  }));
  return {
    name: "cutter.selftest",
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: { version: report.version, commit: report.commit, program: report.program },
    points: withVerdict(points, isGood(report) ? 0 : 3, report.verdict),
    verdictLine: report.verdict,
  };
}
