/**
 * live/failed-run: what follows an unrecovered failure of a live run: HOLD, and a last look.
 *
 * The run is stopped already and nothing is armed any more. HOLD outlives the process: no command that writes goes on
 * until a person has cleared it. The first reason stays: a HOLD that stands is never overwritten. Called through the
 * live conduct.
 */
import { timestamp } from "../../kernel/clock.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { setHold } from "../hold.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { snapshotAfter, type Taking } from "./snapshots.ts";

type Failed = Taking & { readonly failure: Failure };

/** null where HOLD stands and post.json is written; else what could not be done, which is told and changes nothing. */
export async function holdAfter({ store, run, fence, connect, failure }: Failed): Promise<Failure | null> {
  const held = holdFor(store, run, failure);
  const seen = await snapshotAfter({ store, run, fence, connect });
  if (held === null) return null;
  return seen === null ? held : joinFailure(held, seen);
}

function holdFor(store: Store, { runId }: RunRecord, { code, message: reason }: Failure): Failure | null {
  const held = setHold(store.directory, { runId, code, reason, who: "cutter", at: timestamp() });
  return held instanceof Failure ? held : null;
}
