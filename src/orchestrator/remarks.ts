/**
 * remarks: what happened beside the phases of a run and changes nothing of it, told wherever the run is shown.
 *
 * A sentence in the run's chain. Never a reason for anything: what decides is recorded as a phase, a move or a stop.
 * Called by the live path; read by the report of a run.
 */
import { boundedText } from "../kernel/evidence/bounded-text.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import type { Store } from "./store/store.ts";

const REMARK_NOTE = "remark";

/** A store that cannot take it cannot take the end of the phase either, and that is answered. */
export function remark(store: Store, { runId, fence }: Owned, text: string): void {
  store.note(runId, { fence, subject: REMARK_NOTE, facts: { text: boundedText(text) } });
}

type Owned = { readonly runId: string; readonly fence: number };

/** In order. */
export function remarksOf(store: Store, runId: string): readonly string[] | Failure {
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  return events
    .filter(({ kind, data }) => kind === "noted" && data.subject === REMARK_NOTE)
    .map(({ data }) => String((data.facts as Facts).text));
}
