/**
 * verify-run: recomputes all that a run left behind, and names the first thing that does not fit.
 *
 * The digests of its evidence folder, its chain of events there and in the store, the files that a resume would read.
 * Reads only. Called by `cutter verify`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { verifyEvidence } from "../kernel/evidence/verify.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile } from "../kernel/private-files/file.ts";
import { settingsDigest } from "./prepare.ts";
import { readRunFiles, runFolder } from "./run-files.ts";
import { verifyEventLines } from "./store/event-lines.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** What was recomputed and fits, one line each. */
export type Verified = { readonly checked: readonly string[] };

/** EVIDENCE_ALTERED names what does not fit; RUN_UNKNOWN where nothing of that name is there. */
export function verifyRun(store: Store, id: string): Verified | Failure {
  const run = store.run(id);
  if (run instanceof Failure) return run;
  const members = run === null ? sessionRuns(store, id) : [run];
  if (members instanceof Failure) return members;
  const folder = run === null ? join(store.directory, "runs", id) : runFolder(placeOf(store, run));
  if (!existsSync(folder)) return new Failure("RUN_UNKNOWN", `there is nothing of ${id} in ${store.directory}`);
  const checked: string[] = [];
  const own = verifyFolder(folder, id, checked);
  if (own !== null) return own;
  for (const member of members) {
    const wrong = verifyMember(store, member, checked);
    if (wrong !== null) return wrong;
  }
  const chain = store.verifyChain();
  if (chain instanceof Failure) return chain;
  checked.push(`run store: ${chain.events} events, chain intact`);
  return { checked };
}

function sessionRuns(store: Store, id: string): readonly RunRecord[] | Failure {
  return store.runs({ sessionId: id });
}

function placeOf(store: Store, { runId, sessionId }: RunRecord) {
  return { stateDirectory: store.directory, runId, sessionId };
}

/** The evidence of a folder, where there is any: a run that has not ended has none yet. */
function verifyFolder(folder: string, id: string, checked: string[]): Failure | null {
  const evidence = join(folder, "evidence");
  if (!existsSync(evidence)) {
    checked.push(`${id}: no evidence yet, since it has not ended`);
    return null;
  }
  const verified = verifyEvidence(evidence);
  if (verified instanceof Failure) return verified;
  checked.push(`${id}: ${verified.files.length} files as SHA256SUMS has them`);
  for (const name of readdirSync(evidence).filter((file) => file.endsWith("events.jsonl"))) {
    const bytes = readPrivateFile(join(evidence, name), limits.evidenceFileBytes);
    if (bytes instanceof Failure) return bytes;
    const lines = verifyEventLines(new TextDecoder().decode(bytes));
    if (lines instanceof Failure) return lines;
    checked.push(`${id}: ${name}, ${lines.events} events, chain intact`);
  }
  return null;
}

function verifyMember(store: Store, run: RunRecord, checked: string[]): Failure | null {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const files = readRunFiles(placeOf(store, run), settingsDigest(phases));
  if (files instanceof Failure) return files;
  checked.push(`${run.runId}: source, survey and settings as they were written`);
  return run.sessionId === null ? null : verifyFolder(runFolder(placeOf(store, run)), run.runId, checked);
}
