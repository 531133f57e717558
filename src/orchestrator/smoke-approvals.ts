/**
 * smoke-approvals: the approvals that a dry run writes for itself, in the run's folder, one for each gate.
 *
 * They let the way through the gates be walked, by the dry run or by a person with `cutter resume`. Labelled
 * CUTTER-DRYRUN-SMOKE; flow/approval.ts refuses them in every other mode. Called by the dry run and by the verbs.
 */
import { join } from "node:path";
import { smokeApproval } from "../flow/approval.ts";
import { GATES, type Gate, waitsAt } from "../flow/phase.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile, writePrivateFile } from "../kernel/private-files/file.ts";
import { standOf } from "./gates.ts";
import { missingFile, runFolder } from "./run-files.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** Of a run that has its plan. Written again they are the same. */
export function writeSmokeApprovals(store: Store, run: RunRecord): Failure | null {
  for (const gate of GATES) {
    const failure = writePrivateFile(fileOf(store, run, gate), smokeApprovalText(run, gate));
    if (failure !== null) return failure;
  }
  return null;
}

/** What the file of a gate holds, to the byte: it follows from the run alone. */
export function smokeApprovalText(run: RunRecord, gate: Gate): string {
  const approval = smokeApproval(standOf({ run, gate, now: run.createdAt }), limits.smokeApprovalMs);
  return `${JSON.stringify(approval, null, 2)}\n`;
}

/** The bytes for the gate at which a dry run waits; null where it waits at none, or is no dry run. */
export function readSmokeApproval(store: Store, run: RunRecord): Uint8Array | null | Failure {
  const gate = waitsAt(run.state);
  if (gate === null || run.mode !== "dryrun") return null;
  const bytes = readPrivateFile(fileOf(store, run, gate), limits.approvalBytes);
  return bytes instanceof Failure ? (missingFile(bytes) ?? bytes) : bytes;
}

export function smokeApprovalName(gate: Gate): string {
  return `smoke-${gate}.json`;
}

function fileOf(store: Store, run: RunRecord, gate: Gate): string {
  return join(runFolder({ stateDirectory: store.directory, ...run }), smokeApprovalName(gate));
}
