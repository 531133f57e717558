/**
 * rehearsal-file: what came of the last rehearsal of a run, beside the run, with its digest in the run's chain.
 *
 * A file that no note vouches for is none. Written by `cutter rehearse`, read by what shows a run to an approver.
 */
import { join } from "node:path";
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { renamePrivateFile, writePrivateFile } from "../kernel/private-files/file.ts";
import type { RehearsalReport } from "../report/rehearsal.ts";
import { runFolder } from "./run-files.ts";
import { acquireRunLock } from "./store/run-lock.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

export const REHEARSAL_FILE = "rehearsal.json";

/** Before its note, and where its process was killed right behind that. */
export const REHEARSAL_PENDING = "rehearsal.pending.json";

/** The subject of the note that has the file's digest. */
export const REHEARSED_NOTE = "rehearsed";

/** A later rehearsal takes the place of an earlier one. STOP_LOCKED, FILE_WRITE_FAILED. */
export async function keepRehearsal(store: Store, run: RunRecord, report: RehearsalReport): Promise<null | Failure> {
  const lock = await acquireRunLock(store, run.runId);
  if (lock instanceof Failure) return lock;
  try {
    const text = `${canonicalJson(report)}\n`;
    const { verdict } = report;
    const facts = { sha256: sha256(text), verdict, cutplan_sha256: report.cutplanSha256 };
    const folder = runFolder({ stateDirectory: store.directory, ...run });
    // The earlier one stays what it is until the note is there; killed after it, the pending file is the last.
    const pending = writePrivateFile(join(folder, REHEARSAL_PENDING), text);
    if (pending !== null) return pending;
    const noted = store.note(run.runId, { fence: lock.fence, subject: REHEARSED_NOTE, facts });
    if (noted instanceof Failure) return noted;
    return renamePrivateFile(join(folder, REHEARSAL_PENDING), join(folder, REHEARSAL_FILE));
  } finally {
    lock.release();
  }
}
