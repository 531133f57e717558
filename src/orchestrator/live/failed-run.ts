/**
 * live/failed-run: what follows an unrecovered failure of a live run: HOLD, and a last look.
 *
 * The run is stopped already and nothing is armed any more. HOLD outlives the process: no command that writes goes on
 * until a person has cleared it. The first reason stays: a HOLD that stands is never overwritten. That HOLD stood for
 * this run is noted in its chain; where the note is missing (the process was killed, or another run's HOLD stood)
 * `holdUnheld` sets it later. Called through the live conduct, by a revert, and before anything live goes on.
 */
import { timestamp } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { readHoldFile, setHold } from "../hold.ts";
import { remark } from "../remarks.ts";
import { acquireRunLock } from "../store/run-lock.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { HOLD_NOTE, owesHold } from "./owed-hold.ts";
import { snapshotAfter, type Taking } from "./snapshots.ts";

type Failed = Taking & { readonly failure: Failure };

/** null where HOLD stands; else why it does not. A last look that was not to be had is noted, and changes nothing. */
export async function holdAfter({ store, run, fence, connect, failure }: Failed): Promise<Failure | null> {
  const held = holdFor(store, run, { fence, code: failure.code, reason: failure.message });
  const seen = await snapshotAfter({ store, run, fence, connect });
  if (seen === null) return held;
  remark(store, { runId: run.runId, fence }, `no last look after the failure: ${seen.code}: ${seen.message}`);
  return held;
}

/** Sets what is owed for runs whose process was killed between its failure and HOLD. Asks no database. */
export async function holdUnheld(store: Store): Promise<Failure | null> {
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  for (const run of runs) {
    const owed = owesHold(store, run);
    if (owed instanceof Failure) return owed;
    if (owed === null) continue;
    const lock = await acquireRunLock(store, run.runId);
    // Whoever has it is about to set HOLD.
    if (lock instanceof Failure && lock.code === "STOP_LOCKED") continue;
    if (lock instanceof Failure) return lock;
    const held = holdFor(store, run, { fence: lock.fence, ...owed });
    lock.release();
    if (held !== null) return held;
  }
  return null;
}

type Reason = { readonly fence: number; readonly code: string; readonly reason: string };

function holdFor(store: Store, { runId }: RunRecord, { fence, code, reason }: Reason): Failure | null {
  const held = setHold(store.directory, { runId, code, reason, who: "cutter", at: timestamp() });
  if (held instanceof Failure) return held;
  const standing = readHoldFile(store.directory);
  if (standing instanceof Failure) return standing;
  // Another run's HOLD will be cleared with that run in mind; this one's is then still owed.
  if (standing === null || "unknown" in standing || standing.runId !== runId) return null;
  const noted = store.note(runId, { fence, subject: HOLD_NOTE, facts: { code, at: standing.at } });
  return noted instanceof Failure ? noted : null;
}
