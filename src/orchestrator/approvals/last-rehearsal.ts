/**
 * approvals/last-rehearsal: what came of the last rehearsal of a run, for whoever is to approve it.
 *
 * Only the file whose digest the run's chain has counts; an older one that lies there again is none. Reads only.
 */
import { join } from "node:path";
import * as v from "valibot";
import { sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile } from "../../kernel/private-files/file.ts";
import type { RehearsalReport } from "../../report/rehearsal.ts";
import { rehearsalSchema } from "../../report/rehearsal-schema.ts";
import { REHEARSAL_FILE, REHEARSAL_PENDING, REHEARSED_NOTE } from "../rehearsal-file.ts";
import { runFolder } from "../run-files.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

/** null where the run was not rehearsed; EVIDENCE_ALTERED for a file that the last rehearsal did not write. */
export function lastRehearsal(store: Store, run: RunRecord): RehearsalReport | null | Failure {
  const events = store.events(run.runId);
  if (events instanceof Failure) return events;
  const noted = events.findLast(({ data }) => data.subject === REHEARSED_NOTE)?.data.facts as Facts | undefined;
  const kept = readKept(store, run, REHEARSAL_FILE);
  if (kept instanceof Failure) return kept;
  const pending = readKept(store, run, REHEARSAL_PENDING);
  if (pending instanceof Failure) return pending;
  const bytes = [kept, pending].find((one) => one !== null && sha256(one) === noted?.sha256) ?? null;
  if (kept === null && bytes === null) return null;
  const parsed = bytes === null ? null : v.safeParse(rehearsalSchema, JSON.parse(new TextDecoder().decode(bytes)));
  if (parsed?.success && parsed.output.cutplanSha256 === run.cutplanSha256) return parsed.output;
  return new Failure("EVIDENCE_ALTERED", `${REHEARSAL_FILE} is not what the last rehearsal of this run wrote`, {
    hint: `Rehearse it again: cutter rehearse ${run.runId}.`,
    facts: { what: "changed", name: REHEARSAL_FILE },
  });
}

function readKept(store: Store, run: RunRecord, name: string): Uint8Array | null | Failure {
  const path = join(runFolder({ stateDirectory: store.directory, ...run }), name);
  const bytes = readPrivateFile(path, limits.rehearsalBytes);
  return bytes instanceof Failure && bytes.facts.errno === "ENOENT" ? null : bytes;
}
