/**
 * verify-run: recomputes all that a run left behind, and names the first thing that does not fit.
 *
 * The chain of the store first, since all else is compared with it; then each folder: what lies in it and what not,
 * the digests of its evidence, its events there and in the store. Reads only. Called by `cutter verify`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isClosed } from "../flow/phase.ts";
import { keepsItsOwn } from "../kernel/evidence/run-id.ts";
import { type VerifiedEvidence, verifyEvidence } from "../kernel/evidence/verify.ts";
import { isSealed } from "../kernel/evidence/verify-seals.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readPrivateFile } from "../kernel/private-files/file.ts";
import { altered } from "./altered.ts";
import { refuseForged } from "./kept-evidence.ts";
import { verifySnapshots } from "./live/snapshots.ts";
import { runFolder } from "./run-files.ts";
import { verifyRunFiles } from "./run-folder.ts";
import { renderEventLines, verifyEventLines } from "./store/event-lines.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

export type Verified = {
  /** What was recomputed and fits, one line each. */
  readonly checked: readonly string[];
  /** Folders of evidence whose files are as SHA256SUMS has them; whether their seals hold is still to be asked. */
  readonly folders: readonly { readonly id: string; readonly directory: string; readonly evidence: VerifiedEvidence }[];
};

type Found = { readonly checked: string[]; readonly folders: Verified["folders"][number][] };

/** EVIDENCE_ALTERED names what does not fit; RUN_UNKNOWN where nothing of that name is there. */
export function verifyRun(store: Store, id: string): Verified | Failure {
  const chain = store.verifyChain();
  if (chain instanceof Failure) return chain;
  const first = [`run store: ${chain.events} events and ${chain.evidence} notes of evidence, both chains intact`];
  const run = store.run(id);
  if (run instanceof Failure) return run;
  const found: Found = { checked: first, folders: [] };
  const wrong = run === null ? verifySession(store, id, found) : verifyMember(store, run, found);
  return wrong ?? found;
}

/** A dry run or a proof: a folder with its own evidence, and with the runs that it began. */
function verifySession(store: Store, id: string, found: Found): Failure | null {
  const members = store.runs({ sessionId: id });
  if (members instanceof Failure) return members;
  const folder = join(store.directory, "runs", id);
  const isThere = existsSync(folder);
  if (!isThere && members.length > 0) return altered("missing", id, "is missing: the folder of the dry run is gone");
  if (!isThere) return new Failure("RUN_UNKNOWN", `there is nothing of ${id} in ${store.directory}`);
  if (id.startsWith("ictr-")) return altered("extra", id, "is a folder of a run that the run store does not have");
  const own = members.map(({ runId }) => `${runId}.${EVENTS}`);
  const evidence = verifyEvidenceOf(store, { folder, id, own }, found);
  if (evidence !== null) return evidence;
  const known = ["evidence", ...members.map(({ runId }) => runId)];
  const extra = readdirSync(folder)
    .sort()
    .find((name) => !known.includes(name));
  if (extra !== undefined) return altered("extra", extra, `lies in ${folder} and is not of this dry run`);
  for (const member of members) {
    const wrong = verifyMember(store, member, found);
    if (wrong !== null) return wrong;
  }
  return null;
}

function verifyMember(store: Store, run: RunRecord, found: Found): Failure | null {
  const { checked } = found;
  const files = verifyRunFiles(store, run);
  if (files instanceof Failure) return files;
  checked.push(`${run.runId}: ${files.join(", ")} as they were written`);
  const snapshots = verifySnapshots(store, run);
  if (snapshots instanceof Failure) return snapshots;
  if (snapshots.length > 0) checked.push(`${run.runId}: ${snapshots.join(", ")} of its snapshots as they were taken`);
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  if (isClosed(run.state)) return verifyEvidenceOf(store, { folder, id: run.runId, own: [EVENTS] }, found);
  if (existsSync(join(folder, "evidence"))) {
    const older = "an older cutter.db was put back, or it was forged";
    return altered("extra", "evidence", `lies in ${folder}, and the run stands at ${run.state}: ${older}`);
  }
  checked.push(`${run.runId}: no evidence yet, since it stands at ${run.state}`);
  return null;
}

/** `own`: the files of events that have to be there. */
type Place = { readonly folder: string; readonly id: string; readonly own: readonly string[] };

function verifyEvidenceOf(store: Store, { folder, id, own }: Place, { checked, folders }: Found): Failure | null {
  const evidence = join(folder, "evidence");
  if (!existsSync(evidence)) {
    const why = "is missing: its process ended before it was written, or it was removed";
    return altered("missing", `the evidence of ${id}`, why);
  }
  const verified = verifyEvidence(evidence);
  const forged = keepsItsOwn(id) ? null : refuseForged(store, id, evidence);
  // Where the list itself is another one, a file that does not fit it may be sound.
  if (verified instanceof Failure) return forged ?? verified;
  const lacking = own.find((name) => !verified.files.includes(name));
  if (lacking !== undefined) return altered("missing", lacking, `is not in the evidence of ${id}`);
  for (const name of verified.files.filter((file) => file.endsWith(EVENTS))) {
    const bytes = readPrivateFile(join(evidence, name), limits.evidenceFileBytes);
    if (bytes instanceof Failure) return bytes;
    const text = new TextDecoder().decode(bytes);
    const ofRun = name === EVENTS ? id : name.slice(0, -EVENTS.length - 1);
    const events = compareEvents(store, { name, text, runId: ofRun });
    if (events instanceof Failure) return events;
    checked.push(`${id}: ${name}, ${events} events, chain intact, as the run store has them`);
  }
  if (forged !== null) return forged;
  checked.push(`${id}: ${verified.files.length} files as SHA256SUMS has them, ${vouchedFor(id, verified)}`);
  folders.push({ id, directory: evidence, evidence: verified });
  return null;
}

/** A proof and a sandbox ask no run store, so that they run anywhere. */
function vouchedFor(id: string, { digests }: VerifiedEvidence): string {
  if (!keepsItsOwn(id)) return "and that as the run store noted it";
  return isSealed(digests)
    ? "for which its seals vouch, as far as their keys are known"
    : "for which nothing outside of the folder vouches";
}

/** The end of the name, behind the run's in the evidence of a dry run. */
const EVENTS = "events.jsonl";

type Lines = { readonly name: string; readonly text: string; readonly runId: string };

/** How many they are. What the run did after they were written is in the store alone. */
function compareEvents(store: Store, { name, text, runId }: Lines): number | Failure {
  const lines = verifyEventLines(text);
  if (lines instanceof Failure) return new Failure(lines.code, `${name}: ${lines.message}`, { facts: lines.facts });
  if (lines.runId !== runId) return altered("changed", name, `is of run ${lines.runId}, not of ${runId}`);
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  const same = renderEventLines(events.slice(0, lines.events)) === text;
  return same ? lines.events : altered("changed", name, "is not what the run store holds");
}
