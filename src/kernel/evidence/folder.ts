/**
 * evidence/folder: writes the evidence folder of a run: all of it in one step, or nothing.
 *
 * `runs/<run_id>/evidence/` under the state directory, 0700 and 0600, each file redacted, with SHA256SUMS of all and,
 * where there is one, a signature over that. It is written beside its place, synced, and renamed; an existing one is
 * never touched. Called by the commands at the end of a run; verify.ts reads it back.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { crashPoint } from "../crash-point.ts";
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import { openPrivateDirectory } from "../private-files/directory.ts";
import { errnoOf, failedCall } from "../private-files/errno.ts";
import { removeQuietly, syncDirectory, writeSynced } from "../private-files/file.ts";
import { redact } from "./redaction.ts";
import { isRunId } from "./run-id.ts";
import { ATTESTATION_FILE, isFileName, renderSums, SIGNATURE_FILE, SIGNER_FILE, SUMS_FILE } from "./sums.ts";

export type EvidenceRequest = {
  readonly stateDirectory: string;
  readonly runId: string;
  /** The run that it belongs to, in whose folder its own lies. */
  readonly sessionId?: string | null;
  /** Name (`facts.json`) to content. */
  readonly files: Readonly<Record<string, string>>;
  /** Over their SHA256SUMS (seal.ts); null or absent where none is owed. */
  readonly signature?: string | null;
};

/** The text of the SHA256SUMS that a folder with these files has. */
export function evidenceSums(files: EvidenceRequest["files"]): string {
  return renderSums(new Map(Object.entries(files).map(([name, content]) => [name, sha256(asWritten(name, content))])));
}

/** SHA-256 of the SHA256SUMS that a folder with these files has. */
export function evidenceDigest(files: EvidenceRequest["files"]): string {
  return sha256(evidenceSums(files));
}

/**
 * A seal is made of what is redacted already, and holds to the byte: by chance it could hold what looks like a secret,
 * as the public half of a key does, which stands in the file of the private one too.
 */
export function asWritten(name: string, content: string): string {
  return name === ATTESTATION_FILE || name === SIGNER_FILE ? content : redact(content);
}

/** The absolute path of the folder. FILE_NOT_PRIVATE, FILE_WRITE_FAILED: then nothing of it is there. */
export function writeEvidence(request: EvidenceRequest): string | Failure {
  const foreign = [request.sessionId ?? request.runId, request.runId].find((id) => !isRunId(id));
  if (foreign !== undefined) throw new Error(`not a run id: ${foreign}`);
  const run = openRunDirectory(request);
  if (run instanceof Failure) return run;
  const folder = join(run, "evidence");
  const partial = join(run, `.evidence.${randomBytes(4).toString("hex")}.partial`);
  try {
    fs.mkdirSync(partial, { mode: 0o700 });
    writeAll(partial, request);
    crashPoint("evidence-written-aside");
    // rename(2) replaces an empty directory, but never one that holds something.
    fs.renameSync(partial, folder);
    crashPoint("evidence-in-place");
    syncDirectory(run);
    return folder;
  } catch (error) {
    removeQuietly(partial);
    const facts = { path: folder, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write ${folder}`, error), { facts, cause: error });
  }
}

/**
 * Sees before a run that its evidence can be kept: the directory of runs is there, private, and may be written.
 * FILE_NOT_PRIVATE, FILE_WRITE_FAILED; else the path. What fills up later is writeEvidence's to tell.
 */
export function openEvidencePlace(stateDirectory: string): string | Failure {
  const runs = openRuns(stateDirectory);
  if (runs instanceof Failure) return runs;
  try {
    fs.rmdirSync(fs.mkdtempSync(join(runs, ".writable.")));
    return runs;
  } catch (error) {
    const facts = { path: runs, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write into ${runs}`, error), { facts, cause: error });
  }
}

/** Each directory on the way is checked by itself: a wrong one anywhere would let another person in. */
function openRunDirectory({ stateDirectory, runId, sessionId = null }: EvidenceRequest): string | Failure {
  const runs = openRuns(stateDirectory);
  if (runs instanceof Failure) return runs;
  const place = sessionId === null ? runs : openPrivateDirectory(join(runs, sessionId));
  return place instanceof Failure ? place : openPrivateDirectory(join(place, runId));
}

function openRuns(stateDirectory: string): string | Failure {
  const state = openPrivateDirectory(stateDirectory);
  return state instanceof Failure ? state : openPrivateDirectory(join(state, "runs"));
}

function writeAll(directory: string, { files, signature = null }: EvidenceRequest): void {
  if ((signature === null) === Object.hasOwn(files, SIGNER_FILE))
    throw new Error("a signature and its signer go together");
  for (const [name, content] of Object.entries(files)) {
    const isReserved = name === SUMS_FILE || name === SIGNATURE_FILE;
    if (!isFileName(name) || isReserved) throw new Error(`not a name for an evidence file: ${name}`);
    writeSynced(join(directory, name), asWritten(name, content));
  }
  writeSynced(join(directory, SUMS_FILE), evidenceSums(files));
  if (signature !== null) writeSynced(join(directory, SIGNATURE_FILE), signature);
  syncDirectory(directory);
}
