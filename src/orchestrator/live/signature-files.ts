/**
 * live/signature-files: the signatures of an approval that was used, kept beside it, with their digests in the chain.
 *
 * `approval-SG1.json.sig`, `approval-SG1.json.2.sig` …: after a crash they are verified again, with the same policy.
 * Written before the approval is consumed. Called by the live conduct and by a revert; checked by run-folder.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ApprovalGate } from "../../flow/approval.ts";
import { sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile, removeQuietly, writePrivateFile } from "../../kernel/private-files/file.ts";
import { type ApprovalPlace, approvalName } from "../gates.ts";
import { runFolder } from "../run-files.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

const SIGNED_NOTE = "approval-signed";

/** In the order of the signatures. */
export function signatureNames(gate: ApprovalGate): readonly string[] {
  return Array.from({ length: limits.approvalAuthorities }, (_, index) => {
    return `${approvalName(gate)}${index === 0 ? "" : `.${index + 1}`}.sig`;
  });
}

export function keepSignatures(order: ApprovalPlace, signatures: readonly Uint8Array[]): Failure | null {
  const { store, run, gate, fence } = order;
  const facts = { gate, sha256: signatures.map(sha256) };
  const noted = store.note(run.runId, { fence, subject: SIGNED_NOTE, facts });
  if (noted instanceof Failure) return noted;
  for (const [index, name] of signatureNames(gate).entries()) {
    const bytes = signatures[index];
    // One more of an earlier attempt at this gate would be a signature of another document.
    if (bytes === undefined) removeQuietly(pathOf(store, run, name));
    else {
      const written = writePrivateFile(pathOf(store, run, name), bytes);
      if (written !== null) return written;
    }
  }
  return null;
}

/** In their order; as many as there are. */
export function keptSignatures({ store, run, gate }: Omit<ApprovalPlace, "fence">): Uint8Array[] | Failure {
  const signatures: Uint8Array[] = [];
  for (const name of signatureNames(gate)) {
    const path = pathOf(store, run, name);
    if (!existsSync(path)) break;
    const bytes = readPrivateFile(path, limits.approvalBytes);
    if (bytes instanceof Failure) return bytes;
    signatures.push(bytes);
  }
  return signatures;
}

/** The digests of those that were kept at this gate, each time that some were, in order. */
export function notedSignatures({
  store,
  run: { runId },
  gate,
}: Omit<ApprovalPlace, "fence">): readonly (readonly string[])[] | Failure {
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  return events
    .filter(({ data }) => data.subject === SIGNED_NOTE && (data.facts as Facts).gate === gate)
    .map(({ data }) => (data.facts as Facts).sha256 as readonly string[]);
}

function pathOf(store: Store, run: RunRecord, name: string): string {
  return join(runFolder({ stateDirectory: store.directory, ...run }), name);
}
