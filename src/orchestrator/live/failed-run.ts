/**
 * live/failed-run: what follows an unrecovered failure of a live run: HOLD, and a last look.
 *
 * The run is stopped already and nothing is armed any more. HOLD outlives the process: no command that writes goes on
 * until a person has cleared it. The first reason stays: a HOLD that stands is never overwritten. Called through the
 * live conduct.
 */
import { join } from "node:path";
import { timestamp } from "../../kernel/clock.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { writeNewPrivateFile } from "../../kernel/private-files/file.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { snapshotAfter } from "./snapshots.ts";

type Failed = Parameters<typeof snapshotAfter>[0] & { readonly failure: Failure };

/** null where HOLD stands and post.json is written; else what could not be done, which is told and changes nothing. */
export async function holdAfter({ store, run, fence, look, failure }: Failed): Promise<Failure | null> {
  const held = setHold(store, run, failure);
  const seen = await snapshotAfter({ store, run, fence, look });
  if (held === null) return null;
  return seen === null ? held : joinFailure(held, seen);
}

/** The first line is what every refusal shows. */
function setHold(store: Store, run: RunRecord, { code, message }: Failure): Failure | null {
  const locks = openPrivateDirectory(join(store.directory, "locks"));
  if (locks instanceof Failure) return locks;
  const reason = `run ${run.runId}: ${code}: ${message}`.replaceAll("\n", " ");
  const written = writeNewPrivateFile(join(locks, "HOLD"), `${reason}\nset ${timestamp()} by cutter\n`);
  return written?.code === "FILE_EXISTS" ? null : written;
}
