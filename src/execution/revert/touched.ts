/**
 * revert/touched: which rows a revert updated and deleted, in every table, as the server counted them; and whether that
 * is what a revert does.
 *
 * A foreign key of somebody else's table may cascade, and a trigger may do anything: what is not predicted refuses the
 * whole, whatever table it is in. Rows that were only added elsewhere (an audit trail) are no loss and no refusal.
 * Called by revert.ts, before and after.
 */
import touchedRows from "../../../sql/execution/revert/touched-rows.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { ChangeSet } from "../change-set.ts";
import type { StatementRunner } from "../leg-a.ts";
import { listOf } from "./guard.ts";
import type { RevertPlan } from "./plan.ts";

type Rows = { readonly updated: number; readonly deleted: number };

/** By table; those of the transaction so far. */
export type Touched = ReadonlyMap<string, Rows>;

const NONE: Rows = { updated: 0, deleted: 0 };

/** PHASE_REFUSED where the server does not count, so that nothing could be told. */
export async function readTouched(transaction: StatementRunner): Promise<Touched | Failure> {
  const reply = await transaction.query(touchedRows);
  if (reply instanceof Failure) return reply;
  const touched = new Map<string, Rows>();
  for (const { relation, updated, deleted } of reply.rows) {
    touched.set(relation ?? "", { updated: Number(updated), deleted: Number(deleted) });
  }
  const counts = touched.get("track_counts")?.updated === 1;
  touched.delete("track_counts");
  if (counts) return touched;
  return new Failure("PHASE_REFUSED", "the server does not count the rows that a transaction changes (track_counts)", {
    hint: "ALTER ROLE … SET track_counts = on for the role that reverts; what cascades could not be seen without.",
  });
}

/** What a revert of these units updates and deletes. */
export function predictTouched({ how }: Pick<RevertPlan, "how">, { rowCount }: ChangeSet): Touched {
  const changeSet = ["cutter_governance.cut_change_set", { updated: 1, deleted: 0 }] as const;
  const deleted = { updated: 0, deleted: rowCount };
  if (how === "hard") {
    return new Map([changeSet, ["public.information_unit", deleted], ["public.unit_version", deleted]]);
  }
  return new Map([changeSet, ["public.information_unit", { updated: rowCount, deleted: 0 }]]);
}

type Comparison = { readonly first: Touched; readonly last: Touched; readonly predicted: Touched };

/** PHASE_REFUSED with every table in which more or less was changed than predicted. */
export function refuseTouched({ first, last, predicted }: Comparison): Failure | null {
  const problems = [...new Set([...last.keys(), ...predicted.keys()])].flatMap((relation) => {
    const [before, after] = [first.get(relation) ?? NONE, last.get(relation) ?? NONE];
    const seen = { updated: after.updated - before.updated, deleted: after.deleted - before.deleted };
    const expected = predicted.get(relation) ?? NONE;
    if (seen.updated === expected.updated && seen.deleted === expected.deleted) return [];
    return [`${relation}: ${wordsOf(seen)}, predicted ${wordsOf(expected)}`];
  });
  if (problems.length === 0) return null;
  const message = `the revert changes rows that are not its own: ${listOf(problems)}`;
  return new Failure("PHASE_REFUSED", message, {
    facts: { problems },
    hint: "A foreign key that cascades or a trigger reaches them. Look at what refers to these units before they go.",
  });
}

function wordsOf({ updated, deleted }: Rows): string {
  return `${updated} updated and ${deleted} deleted`;
}
