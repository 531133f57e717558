/**
 * revert/counts: what the tables hold inside the transaction of a revert, and whether that is what was predicted.
 *
 * Two claims. Over the revert each table changes by exactly what the revert does; and what is not this run's own is
 * what pre.json counted before it. `--scope change-set` makes neither over all rows: there the units themselves are
 * counted (settle.ts). Called by revert.ts.
 */
import ownRows from "../../../sql/execution/revert/own-rows.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { RevertCounts, RevertPlan } from "./plan.ts";

export type TableCount = { readonly relation: string; readonly total: number; readonly own: number };

export async function countTables(
  transaction: StatementRunner,
  runId: string,
): Promise<readonly TableCount[] | Failure> {
  const reply = await transaction.query(ownRows, [runId]);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(({ relation, total, own }) => {
    return { relation: relation ?? "", total: Number(total), own: Number(own) };
  });
}

type Counted = {
  readonly first: readonly TableCount[];
  readonly last: readonly TableCount[];
  /** By how much each table has to differ; 0 where it is not named. */
  readonly deltas: RevertCounts;
};

/** PHASE_REFUSED with every table that is not as predicted; null under `change-set`, which compares no totals. */
export function refuseCounts({ scope, before }: RevertPlan, { first, last, deltas }: Counted): Failure | null {
  if (scope === "change-set") return null;
  const problems = last.flatMap(({ relation, total, own }) => {
    const start = first.find((one) => one.relation === relation)?.total ?? Number.NaN;
    const expected = start + (deltas[relation] ?? 0);
    const moved = total === expected ? [] : [`${relation}: ${expected} rows predicted, ${total} found`];
    const known = before[relation];
    if (known === undefined) return [...moved, `${relation}: pre.json has no count of it`];
    if (total - own === known) return moved;
    return [...moved, `${relation}: ${known} rows before the run, ${total - own} now besides its own`];
  });
  if (problems.length === 0) return null;
  return new Failure("PHASE_REFUSED", `the tables are not as predicted: ${problems.join("; ")}`, {
    facts: { problems },
    hint: "Others have written since the run began. Look at what; --scope change-set compares this run's rows only.",
  });
}
