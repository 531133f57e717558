/**
 * html/plan: a document's units as a page: the tree that an approver reads, on whatever is at hand.
 *
 * `PlanReport` in, one HTML document out. The tree is never shortened: it is what is approved. So this page has no
 * bound, and goes into no evidence folder. Pure. Called by `cutter plan --format html`.
 */
import type { PlannedUnit, PlanReport } from "../plan.ts";
import { left, right } from "../table.ts";
import { type HtmlPage, wholeHtmlDocument } from "./document.ts";
import { element, type Ink, type Markup, said, words } from "./element.ts";
import { htmlTable } from "./table.ts";

export function planHtml(report: PlanReport): string {
  return wholeHtmlDocument((ink) => page(report, ink));
}

const TONE = { accepted: "good", refused: "bad", "nothing to write": "wait" } as const;

function page(report: PlanReport, ink: Ink): HtmlPage {
  const { document_id: id, guard, units, profile } = report;
  const counted = Object.entries(report.counts).map(([kind, count]) => [kind, `${count}`]);
  const kinds = { columns: [left("kind"), right("units")], rows: counted };
  return {
    ...{ kind: "Plan", title: `${id}, from ${report.file}`, tone: TONE[guard.verdict] },
    verdictLine: `${report.unit_count} units in ${report.bytes} bytes: ${guard.verdict} against ${guard.against}`,
    meaning: [],
    about: [
      ["document", id],
      ["file", `${report.file} (${report.media_type})`],
      ["source sha256", report.source_sha256],
      ["manifest sha256", report.manifest_sha256],
      ["profile", `${profile.name}, version ${profile.version}: ${profile.about}`],
      ["chosen", profile.why],
    ],
    next: [],
    sections: [
      ...problems(report, ink),
      { id: "kinds", title: "Units of each kind", body: [htmlTable("Units of each kind", kinds, ink)] },
      { id: "tree", title: "The tree", body: [tree(units, ink)] },
    ],
    program: "cutter",
  };
}

function problems({ guard }: PlanReport, ink: Ink): HtmlPage["sections"] {
  if (guard.problems.length === 0) return [];
  const rows = guard.problems.map(({ canonical_address: address, field, problem, choices }) => {
    return [address, field, problem, choices.join(", ")];
  });
  const table = { columns: [left("unit"), left("field"), left("problem"), left("choose")], rows };
  return [{ id: "problems", title: "What the write contract refuses", body: [htmlTable("Problems", table, ink)] }];
}

/** Below each unit the deeper ones that follow it, up to the next one that is not. */
function tree(units: readonly PlannedUnit[], ink: Ink): Markup {
  const items: Markup[] = [];
  for (let at = 0, end = 0; at < units.length; at = end) {
    const unit = units[at] as PlannedUnit;
    end = at + 1;
    while ((units[end]?.depth ?? 0) > unit.depth) end += 1;
    const below = end === at + 1 ? [] : [tree(units.slice(at + 1, end), ink)];
    items.push(element("li", {}, [line(unit, ink), ...below]));
  }
  return element("ul", { class: "tree" }, items);
}

function line({ label, heading, title, address, byte_start: start, byte_end: end }: PlannedUnit, ink: Ink): Markup {
  const named = label === null ? title : heading === null ? label : `${label}  ${heading}`;
  const range = element("span", { class: "small" }, [words(` [${start}, ${end})`)]);
  return element("span", { title: address }, [said(named, ink), range]);
}
