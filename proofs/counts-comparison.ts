/**
 * counts-comparison: what moved between two snapshots of counts.
 *
 * Pure. Only exact counts are compared; an estimate or a relation that could not be read is unknown, which is not the
 * same as unchanged: the verdict is then INCONCLUSIVE.
 */
import type { ComparedRelation, CountsReport } from "../src/report/counts.ts";

type Counted = CountsReport["relations"][number];

export function compareCounts(
  later: CountsReport,
  { with: name, earlier }: { readonly with: string; readonly earlier: CountsReport },
): CountsReport {
  const before = new Map(earlier.relations.map((count) => [key(count), count]));
  const after = new Map(later.relations.map((count) => [key(count), count]));
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const relations = keys.map((each) => compareOne(before.get(each), after.get(each)));
  const moved = relations.some((one) => one.change !== "same" && one.change !== "unknown");
  const unknown = relations.some((one) => one.change === "unknown");
  const verdict = moved ? "DIFFERS" : unknown ? "INCONCLUSIVE" : "SAME";
  return { ...later, comparison: { with: name, takenAt: earlier.takenAt, relations }, verdict };
}

function key(count: Counted): string {
  return JSON.stringify([count.relation, count.filter]);
}

function compareOne(before: Counted | undefined, after: Counted | undefined): ComparedRelation {
  const known = before ?? after;
  if (known === undefined) throw new Error("a relation that is in neither snapshot");
  const content = contentChange(before, after);
  return {
    relation: known.relation,
    filter: known.filter,
    before: before?.rows ?? null,
    after: after?.rows ?? null,
    content,
    change: countChange(before, after, content),
  };
}

function contentChange(before: Counted | undefined, after: Counted | undefined): ComparedRelation["content"] {
  const [first, second] = [before?.digest ?? null, after?.digest ?? null];
  if (first === null || second === null) return "not compared";
  return first === second ? "same" : "changed";
}

function countChange(
  before: Counted | undefined,
  after: Counted | undefined,
  content: ComparedRelation["content"],
): ComparedRelation["change"] {
  if (before === undefined || before.how === "missing") return after?.how === "missing" ? "same" : "new";
  if (after === undefined || after.how === "missing") return "gone";
  // Both unreadable for the same role: untouched by construction, and no news.
  if (before.how === "unreadable" && after.how === "unreadable") return "same";
  if (before.how !== "exact" || after.how !== "exact") return "unknown";
  return before.rows === after.rows && content !== "changed" ? "same" : "changed";
}
