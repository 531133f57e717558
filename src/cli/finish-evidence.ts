/**
 * finish-evidence: keeps the evidence of a run that has ended, and says where, or that it was not kept.
 *
 * A run whose evidence was kept once is left alone; where its process was killed before that, the next verb that comes
 * by does it. Called by the verbs that end a run, after the run was shown or before.
 */
import { Failure } from "../kernel/failure.ts";
import { lacksEvidence, writeRunEvidence } from "../orchestrator/run-evidence.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { tellFailure } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** The exit code where it could not be kept, else null. */
export async function finishEvidence(store: Store, run: RunRecord, terminal: Terminal): Promise<number | null> {
  const lacks = lacksEvidence(store, run);
  const written = lacks === true ? writeRunEvidence(store, run) : lacks;
  if (written instanceof Failure) {
    await terminal.alarm(`evidence was NOT kept: ${written.message}`);
    return tellFailure(written, terminal);
  }
  if (written !== false) await terminal.talk(`evidence: ${written}`);
  return null;
}
