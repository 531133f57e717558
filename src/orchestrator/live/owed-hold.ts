/**
 * live/owed-hold: whether a run failed in a way after which HOLD has to stand, and it is not known that it ever did.
 *
 * Read from the run's chain alone: the failure is an event of its own, and HOLD a note that follows it. Decides nothing
 * and writes nothing. Called by failed-run.ts.
 */
import { isClosed } from "../../flow/phase.ts";
import { Failure } from "../../kernel/failure.ts";
import type { StoreEvent } from "../store/event.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

export const HOLD_NOTE = "hold";

export type OwedHold = { readonly code: string; readonly reason: string };

/** null where none is owed. */
export function owesHold(store: Store, run: RunRecord): OwedHold | null | Failure {
  if (run.mode !== "live" || isClosed(run.state)) return null;
  const events = store.events(run.runId);
  if (events instanceof Failure) return events;
  const failed = events.findLast(isUnrecovered);
  if (failed === undefined) return null;
  const wasHeld = events.some(({ sequence, kind, data }) => {
    return sequence > failed.sequence && kind === "noted" && data.subject === HOLD_NOTE;
  });
  if (wasHeld) return null;
  return { code: String(failed.data.stop_code), reason: String(failed.data.message) };
}

/** A phase that failed, or one of which nobody knows what became of it. */
function isUnrecovered({ kind, data }: StoreEvent): boolean {
  if (kind === "phase-finished") return typeof data.stop_code === "string";
  return kind === "stopped" && data.stop_code === "STOP_OUTCOME_UNKNOWN";
}
