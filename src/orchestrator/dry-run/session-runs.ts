/**
 * dry-run/session-runs: the runs that a dry run began, as the run store has them, whatever became of them.
 *
 * Also those that a gate could not take to its end, as far as they came. Called for the report and for the evidence.
 */
import { Failure } from "../../kernel/failure.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { DryRunContext } from "./context.ts";

/** Oldest first; none where the store was not needed, or could not be opened, which G4 tells. */
export async function sessionRuns({
  record,
  order,
  store: open,
}: DryRunContext): Promise<readonly RunRecord[] | Failure> {
  if (record.work === null) return [];
  const store = await open();
  return store instanceof Failure ? [] : store.runs({ sessionId: order.sessionId });
}
