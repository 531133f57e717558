/**
 * finish-evidence: keeps the evidence of a run that has ended, and says where, or that it was not kept.
 *
 * A run whose evidence was kept once is left alone; where its process was killed before that, the next verb that comes
 * by does it. Called by the verbs that end a run, after the run was shown or before.
 */
import { isClosed } from "../flow/phase.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { NO_SEALS, readSealKeys, type SealKeys } from "../kernel/evidence/seal-keys.ts";
import { Failure } from "../kernel/failure.ts";
import { lacksEvidence, writeRunEvidence } from "../orchestrator/run-evidence.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Globals } from "./command/command.ts";
import { tellFailure } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** Read before the run goes on; of one that has ended with its evidence nothing is asked. */
export async function evidenceKeys(store: Store, run: RunRecord, globals: Globals): Promise<SealKeys | Failure> {
  if (isClosed(run.state) && lacksEvidence(store, run) === false) return NO_SEALS;
  const configuration = await readConfiguration(globals.config, process.env);
  return configuration instanceof Failure ? configuration : readSealKeys(configuration, process.env);
}

/** The exit code where it could not be kept, else null. */
export async function finishEvidence(
  store: Store,
  run: RunRecord,
  { keys, terminal }: { readonly keys: SealKeys; readonly terminal: Terminal },
): Promise<number | null> {
  const lacks = lacksEvidence(store, run);
  const written = lacks === true ? await writeRunEvidence(store, run, keys) : lacks;
  if (written instanceof Failure) {
    await terminal.alarm(`evidence was NOT kept: ${written.message}`);
    return tellFailure(written, terminal);
  }
  if (written !== false) await terminal.talk(`evidence: ${written}`);
  return null;
}
