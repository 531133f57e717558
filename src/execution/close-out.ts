/**
 * close-out: the body of the closeout: what the ledger and the tables hold of a run, compared with what it planned.
 *
 * Works in whatever transaction it is given, and writes nothing itself. Others may have written since: their rows are
 * no matter of this run; its own have to be as many as planned, or the run is not reported as closed. Called by the
 * production adapter.
 */
import { type Facts, Failure } from "../kernel/failure.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { countTables } from "./revert/counts.ts";

/** PHASE_REFUSED with every table that does not hold what the run has written. */
export async function closeOutRun(transaction: StatementRunner, work: LiveWork): Promise<Facts | Failure> {
  const counted = await countTables(transaction, work.runId);
  if (counted instanceof Failure) return counted;
  const own = new Map(counted.map((table) => [table.relation, table.own]));
  const problems = [...plannedRows(work)].flatMap(([relation, { least, most }]) => {
    const rows = own.get(relation) ?? Number.NaN;
    if (rows >= least && rows <= most) return [];
    const planned = least === most ? `${least}` : `${least} to ${most}`;
    return [`${relation}: ${planned} rows of this run planned, ${rows} found`];
  });
  if (problems.length === 0) return Object.fromEntries(own);
  return new Failure("PHASE_REFUSED", `the run has not left what it planned: ${problems.join("; ")}`, {
    facts: { problems },
    hint: "Its units are enacted. Look at who wrote or deleted rows of this run since.",
  });
}

type Range = { readonly least: number; readonly most: number };

/** A revision of a withdrawn unit leaves one more row in the log. */
function plannedRows({ cutplan: { rows }, manifest }: LiveWork): ReadonlyMap<string, Range> {
  const created = rows.filter(({ action }) => action === "create").length;
  const revised = rows.length - created;
  const exactly = (count: number): Range => ({ least: count, most: count });
  return new Map([
    ["public.information_unit", exactly(created)],
    ["public.unit_version", exactly(rows.length)],
    ["public.iu_lifecycle_log", { least: rows.length, most: rows.length + revised }],
    ["cutter_governance.cut_change_set", exactly(1)],
    ["cutter_governance.cut_change_set_affected_row", exactly(rows.length)],
    ["cutter_governance.manifest_unit_block", { least: 0, most: manifest.units.length }],
    ["cutter_governance.dot_pair_signature", exactly(2)],
    ["cutter_governance.approval_grant", exactly(2)],
  ]);
}
