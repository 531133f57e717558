/**
 * counts-comparison: what moved between two snapshots of counts.
 *
 * Pure. Only exact counts are compared; an estimate or a relation that could not be read is unknown, which is not the
 * same as unchanged: the verdict is then INCONCLUSIVE.
 */

import { compareIdentities } from "../src/kernel/counts/database-identity.ts";
import { unreadableNote } from "../src/kernel/counts/plan.ts";
import type { ComparedRelation, CountsReport } from "../src/report/counts.ts";

type Counted = CountsReport["relations"][number];

export function compareCounts(
  later: CountsReport,
  { with: name, earlier }: { readonly with: string; readonly earlier: CountsReport },
): CountsReport {
  const before = new Map(earlier.relations.map((count) => [key(count), count]));
  const after = new Map(later.relations.map((count) => [key(count), count]));
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const role = earlier.role === later.role ? "same role" : "another role";
  const relations = keys.map((each) => compareOne(before.get(each), after.get(each), role));
  const moved = relations.some((one) => one.change !== "same" && one.change !== "unknown");
  const unknown = relations.some((one) => one.change === "unknown");
  const verdict = moved ? "DIFFERS" : unknown ? "INCONCLUSIVE" : "SAME";
  const database = compareIdentities(later.identity, earlier.identity) === "same" ? "same" : "not known";
  return { ...later, comparison: { with: name, takenAt: earlier.takenAt, database, relations }, verdict };
}

function key(count: Counted): string {
  return JSON.stringify([count.relation, count.filter]);
}

type Roles = "same role" | "another role";

function compareOne(before: Counted | undefined, after: Counted | undefined, roles: Roles): ComparedRelation {
  const known = before ?? after;
  if (known === undefined) throw new Error("a relation that is in neither snapshot");
  const content = contentChange(before, after);
  return {
    relation: known.relation,
    filter: known.filter,
    before: before?.rows ?? null,
    after: after?.rows ?? null,
    content,
    change: content === "changed" ? "changed" : countChange(before, after, roles),
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
  roles: Roles,
): ComparedRelation["change"] {
  if (before === undefined || before.how === "missing") return after?.how === "missing" ? "same" : "new";
  if (after === undefined || after.how === "missing") return "gone";
  if (roles === "same role" && untouchable(before) && untouchable(after)) return "same";
  if (before.how !== "exact" || after.how !== "exact") return "unknown";
  if (before.rows !== after.rows) return "changed";
  // A digest that has nothing to be compared with was asked for in vain.
  return (before.digest === null) === (after.digest === null) ? "same" : "unknown";
}

/** A relation that this role can neither read nor write: no work of its own has changed it, and that is no news. */
function untouchable(count: Counted): boolean {
  return count.how === "unreadable" && count.note === unreadableNote({ writable: false });
}
