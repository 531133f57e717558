/**
 * html/row-counts: what the phases of a run say of rows: before and after in the database, the run's own, the plan's.
 *
 * The facts of a phase are free in form, so each is looked at and left out where it is not what is drawn here; all of
 * them stand among the facts of their phase anyway. Pure.
 */
import type { Fact } from "../../kernel/failure.ts";
import type { RunReport } from "../run-document.ts";
import { left, right, type Table } from "../table.ts";
import { barChart } from "./chart.ts";
import type { HtmlSection } from "./document.ts";
import { element, type Ink, words } from "./element.ts";
import { htmlTable } from "./table.ts";

type Phases = RunReport["phases"];
type Counts = { readonly [relation: string]: number };

/** From the last look of a live run; of a simulated one what the simulator held in the end. */
export function closeoutSections(phases: Phases, ink: Ink): readonly HtmlSection[] {
  const facts = phases.findLast(({ phase, outcome }) => phase === "closeout" && outcome === "done")?.facts ?? {};
  const counts = countsOf(facts.counts);
  if (counts === null) return [];
  const [moved, own] = [countsOf(facts.since_pre), countsOf(facts.own)];
  const bars = Object.entries(own ?? {}).map(([label, inserted]) => ({ label, inserted, updated: 0, deleted: 0 }));
  const radius = { id: "radius", title: "Blast radius", body: barChart("Rows that this run wrote", bars, ink) };
  const isSimulated = facts.simulated === true;
  const title = isSimulated ? "Rows of the simulated database" : "Rows before and after";
  const table = isSimulated || moved === null ? plain(counts) : compared(counts, { moved, own: own ?? {} });
  return [{ id: "rows", title, body: [htmlTable(title, table, ink)] }, ...(bars.length === 0 ? [] : [radius])];
}

function plain(counts: Counts): Table {
  const rows = Object.entries(counts).map(([relation, count]) => [relation, `${count}`]);
  return { columns: [left("relation"), right("rows")], rows };
}

type Moved = { readonly moved: Counts; readonly own: Counts };

function compared(counts: Counts, { moved, own }: Moved): Table {
  const rows = Object.entries(counts).map(([relation, after]) => {
    const by = moved[relation];
    if (by === undefined) return [relation, "", `${after}`, "", ""];
    return [
      relation,
      `${after - by}`,
      `${after}`,
      signed(by),
      own[relation] === undefined ? "" : signed(own[relation]),
    ];
  });
  const columns = [left("relation"), right("before"), right("after"), right("change"), right("by this run")];
  return { columns, rows };
}

function signed(count: number): string {
  return count > 0 ? `+${count}` : `${count}`.replace("-", "−");
}

const ACTIONS = ["create", "revise", "unchanged", "immutable", "missing"] as const;

/** Units by what is done with them. */
export function planSection(phases: Phases, ink: Ink): readonly HtmlSection[] {
  const facts = phases.findLast(({ phase, outcome }) => phase === "cutplan" && outcome === "done")?.facts ?? {};
  const rows = ACTIONS.flatMap((action) => {
    const count = facts[action];
    return typeof count === "number" ? [[action, `${count}`, MEANINGS[action]]] : [];
  });
  if (rows.length === 0) return [];
  const table = { columns: [left("units"), right("count"), left("meaning")], rows };
  const verdict =
    typeof facts.verdict === "string"
      ? [element("p", { class: "note lead" }, [words(`The write contract says: ${facts.verdict}.`)])]
      : [];
  return [{ id: "plan", title: "The plan", body: [...verdict, htmlTable("The plan", table, ink)] }];
}

const MEANINGS: Readonly<Record<(typeof ACTIONS)[number], string>> = {
  create: "written as new drafts",
  revise: "written as a new version",
  unchanged: "left as they are: the same text is there",
  immutable: "refused: enacted with another text",
  missing: "never touched: in the database, not in the document",
};

/** null where it is no list of numbers by name. */
function countsOf(fact: Fact | undefined): Counts | null {
  if (fact === null || typeof fact !== "object" || Array.isArray(fact)) return null;
  const entries = Object.entries(fact);
  return entries.length > 0 && entries.every(([, count]) => typeof count === "number") ? (fact as Counts) : null;
}
