/**
 * ledger-phases: what the ledger says of a run's phases: the database's own word, asked before a run goes on.
 *
 * Reads only. Called when a live run is resumed; where it differs from the run store, the ledger wins.
 */
import readPhases from "../../../sql/execution/read-phases.sql" with { type: "text" };
import readRun from "../../../sql/execution/read-run.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { StatementRunner } from "../leg-a.ts";
import { type Ending, endingOf } from "./resolve.ts";

export type LedgerPhase = { readonly phase: string; readonly attempt: number; readonly ending: Ending };

/** null where the ledger has no such run, so that none of its phases can ever have been committed. */
export async function ledgerPhases(
  transaction: StatementRunner,
  runId: string,
): Promise<readonly LedgerPhase[] | null | Failure> {
  const run = await transaction.query(readRun, [runId]);
  if (run instanceof Failure) return run;
  if (run.rows.length === 0) return null;
  const reply = await transaction.query(readPhases, [runId]);
  if (reply instanceof Failure) return reply;
  const phases: LedgerPhase[] = [];
  for (const row of reply.rows) {
    const ending = endingOf(row);
    if (ending instanceof Failure) return ending;
    phases.push({ phase: row.phase ?? "", attempt: Number(row.attempt), ending });
  }
  return phases;
}
