/**
 * live/kept-backup: whether the backup that a run rests on is still there, to the byte, and still what it was made for.
 *
 * Asked before leg A writes: the ledger's row says that a backup was made, not that anybody still has it. One that
 * another process made may be days old, so what the tables hold now is compared with its counts. Called behind the gate
 * of leg A, and by `cutter verify`.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { digestFile } from "../../execution/backup/decrypted.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { altered } from "../altered.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import type { Connect } from "./settle.ts";
import { lookAt } from "./snapshots.ts";

export type BackupPlace = {
  readonly store: Store;
  readonly run: RunRecord;
  /** The directory of backups. */
  readonly directory: string;
};

/** `made`: whether this process made it, a moment ago; else the tables are counted again. STOP_BACKUP_REFUSED. */
export async function refuseBackup(
  place: BackupPlace,
  { made, connect }: { readonly made: "now" | "before"; readonly connect: Connect },
): Promise<null | Failure> {
  const backup = lastBackup(place);
  if (backup instanceof Failure) return backup;
  if (backup === null) return refused(`the run store has no backup of run ${place.run.runId}`);
  const wrong = await whyNotThere(place.directory, backup);
  if (wrong !== null) return refused(wrong);
  if (made === "now") return null;
  const seen = await lookAt(place.run, connect);
  if (seen instanceof Failure) return seen;
  const counts = backup.snapshot_counts as Facts;
  // The ledger's own rows have come since; the lifecycle tables are in both, or there is no snapshot.
  const moved = Object.keys(seen.counts).filter((relation) => {
    return relation.startsWith("public.") && counts[relation] !== seen.counts[relation];
  });
  if (moved.length === 0) return null;
  const words = moved.map((relation) => `${relation} had ${counts[relation]} rows and has ${seen.counts[relation]}`);
  return refused(`others have written since the backup was made: ${words.join(", ")}`);
}

/** A sentence; EVIDENCE_ALTERED where an open run's is missing, or any is not as it was made. */
export async function verifyBackup(place: BackupPlace): Promise<string | null | Failure> {
  const backup = lastBackup(place);
  if (backup instanceof Failure || backup === null) return backup;
  const { runId, state } = place.run;
  const name = String(backup.file_name);
  const isThere = fs.existsSync(join(place.directory, name));
  const isNeeded = state === "BACKED_UP";
  if (!isThere && !isNeeded) return `${runId}: its backup ${name} is not in ${place.directory}, and was not compared`;
  const wrong = await whyNotThere(place.directory, backup);
  if (wrong !== null) return altered(isThere ? "changed" : "missing", name, `of run ${runId}: ${wrong}`);
  return `${runId}: its backup ${name} has the digest that it was made with`;
}

/** What the run store has of the last that was made and read back; null where none was. */
function lastBackup({ store, run }: BackupPlace): Facts | null | Failure {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const done = phases.findLast(({ phase, outcome }) => phase === "pre_write_backup" && outcome === "done");
  return run.mode !== "live" || done === undefined ? null : (done.payload as Facts);
}

async function whyNotThere(directory: string, { file_name: name, cipher_sha256: made }: Facts): Promise<string | null> {
  const path = join(directory, String(name));
  const status = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isFile()) return `its backup ${path} is not there, or not a regular file`;
  const digest = await digestFile(path);
  if (digest instanceof Failure) return digest.message;
  return digest === made ? null : `its backup ${path} is not the file that was made`;
}

function refused(why: string): Failure {
  return new Failure("STOP_BACKUP_REFUSED", why, {
    hint: "Without a backup of what is there nothing is written. Begin the cut anew: cutter cut DOCUMENT --live.",
  });
}
