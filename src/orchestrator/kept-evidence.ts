/**
 * kept-evidence: writes an evidence folder so that the run store vouches for it: noted before, kept when it is there.
 *
 * A process that was killed in between left a digest without a folder, or a folder with the noted digest: both are
 * brought to their end by whoever renders the same again. A folder that the store did not note is not taken for ours.
 * Called for runs and for dry runs; proofs have no run store, which `cutter verify` says of them.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../kernel/digest.ts";
import type { TestResult } from "../kernel/evidence/attestation.ts";
import { type EvidenceRequest, evidenceDigest } from "../kernel/evidence/folder.ts";
import { sealedFiles, writeSigned } from "../kernel/evidence/seal.ts";
import type { SealKeys } from "../kernel/evidence/seal-keys.ts";
import { SUMS_FILE } from "../kernel/evidence/sums.ts";
import { verifyEvidence } from "../kernel/evidence/verify.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile } from "../kernel/private-files/file.ts";
import { altered } from "./altered.ts";
import type { Store } from "./store/store.ts";

export type EvidenceOrder = Omit<EvidenceRequest, "stateDirectory" | "signature"> & {
  readonly result: TestResult;
  readonly keys: SealKeys;
};

/** The path of the folder. EVIDENCE_ALTERED, FILE_WRITE_FAILED, FILE_NOT_PRIVATE, and what the store answers. */
export async function keepEvidence(store: Store, order: EvidenceOrder): Promise<string | Failure> {
  const { runId, sessionId = null, keys } = order;
  const files = sealedFiles(order.files, order.result, keys);
  const sumsSha256 = evidenceDigest(files);
  const noted = store.noteEvidence({ folder: runId, step: "noted", sumsSha256 });
  if (noted instanceof Failure) return noted;
  const place = join(store.directory, "runs", ...(sessionId === null ? [] : [sessionId]), runId, "evidence");
  const written = existsSync(place)
    ? asNoted(place, runId, sumsSha256)
    : await writeSigned({ stateDirectory: store.directory, runId, sessionId, files }, keys);
  if (written instanceof Failure) return written;
  const kept = store.noteEvidence({ folder: runId, step: "kept", sumsSha256 });
  return kept instanceof Failure ? kept : written;
}

function asNoted(place: string, id: string, sumsSha256: string): string | Failure {
  const there = verifyEvidence(place);
  if (there instanceof Failure) return there;
  return there.digest === sumsSha256 ? place : altered("changed", `the evidence of ${id}`, FORGED);
}

const FORGED = "is not what the run store noted before it was written";

/** null where SHA256SUMS of the folder is what the store noted, or cannot be read: `verifyEvidence` says that. */
export function refuseForged(store: Store, id: string, directory: string): Failure | null {
  const known = store.evidence(id);
  if (known instanceof Failure) return known;
  if (known === null) return altered("extra", `the evidence of ${id}`, "is not known to the run store");
  const sums = readPrivateFile(join(directory, SUMS_FILE), limits.evidenceFileBytes);
  if (sums instanceof Failure || sha256(sums) === known.sumsSha256) return null;
  return altered("changed", SUMS_FILE, `of ${id} ${FORGED}`);
}
