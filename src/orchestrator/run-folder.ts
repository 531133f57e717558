/**
 * run-folder: whether the folder of a run holds what the run wrote into it, to the byte, and nothing else.
 *
 * The files that a resume reads, the approvals that a dry run wrote for itself, and those that were used at a gate.
 * Reads only. Called by verify-run.ts, and by run.ts for what a run goes on with.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { APPROVAL_GATES, type ApprovalGate, parseApproval } from "../flow/approval.ts";
import { authorityOf, GATES, type Gate, isClosed, PHASES, waitsAt } from "../flow/phase.ts";
import { sha256 } from "../kernel/digest.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { checkPrivateDirectory } from "../kernel/private-files/directory.ts";
import { readPrivateFile } from "../kernel/private-files/file.ts";
import { altered } from "./altered.ts";
import { approvalName, pendingName } from "./gates.ts";
import { notedSignatures, signatureNames } from "./live/signature-files.ts";
import { settingsDigest } from "./prepare.ts";
import { REHEARSAL_FILE, REHEARSAL_PENDING, REHEARSED_NOTE } from "./rehearsal-file.ts";
import { RUN_FILES, readRunFiles, runFolder } from "./run-files.ts";
import { smokeApprovalName, smokeApprovalText } from "./smoke-approvals.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** What a writer that was killed may leave beside the file that it wrote. */
const LEFT_BY_A_KILL = /^\..+\.[0-9a-f]{8}\.partial$/;

/** The names of what was compared; EVIDENCE_ALTERED names what is not as it was written. */
export function verifyRunFiles(store: Store, run: RunRecord): readonly string[] | Failure {
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  const open = checkPrivateDirectory(folder);
  if (open !== null) return open.facts.errno === "ENOENT" ? altered("missing", run.runId, "is missing") : open;
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const files = readRunFiles({ stateDirectory: store.directory, ...run }, settingsDigest(phases));
  if (files instanceof Failure) return files;
  const present = readdirSync(folder).sort();
  const checked: string[] = [...RUN_FILES];
  for (const gate of GATES) {
    const wrong = verifySmoke({ store, run, phases }, { folder, present, gate });
    if (wrong !== null) return wrong;
    checked.push(...[smokeApprovalName(gate)].filter((name) => present.includes(name)));
  }
  for (const gate of APPROVAL_GATES) {
    const wrong = verifyUsed({ store, run, phases }, { folder, present, gate });
    if (wrong !== null) return wrong;
    checked.push(...[approvalName(gate), pendingName(gate)].filter((name) => present.includes(name)));
  }
  const signed = verifySignatures(store, run, { folder, present });
  if (signed instanceof Failure) return signed;
  checked.push(...signed);
  const rehearsed = verifyRehearsal(store, run, { folder, present });
  if (rehearsed !== null) return rehearsed;
  checked.push(...[REHEARSAL_FILE, REHEARSAL_PENDING].filter((name) => present.includes(name)));
  const extra = present.find((name) => name !== "evidence" && !checked.includes(name) && !LEFT_BY_A_KILL.test(name));
  return extra === undefined ? checked : altered("extra", extra, `lies in ${folder} and was not written by the run`);
}

type Place<At extends ApprovalGate = ApprovalGate> = {
  readonly folder: string;
  readonly present: readonly string[];
  readonly gate: At;
};

type Behind = { readonly store: Store; readonly run: RunRecord; readonly phases: readonly PhaseRecord[] };

/** There from the moment that the run first waits. */
function verifySmoke({ run, phases }: Behind, { folder, present, gate }: Place<Gate>): Failure | null {
  const name = smokeApprovalName(gate);
  if (!present.includes(name)) {
    const waited = run.mode === "dryrun" && (waitsAt(run.state) !== null || isBehind(phases, "SG1"));
    return waited ? altered("missing", name, "is missing") : null;
  }
  const bytes = readPrivateFile(join(folder, name), limits.approvalBytes);
  if (bytes instanceof Failure) return bytes;
  const isOwn = run.cutplanSha256 !== null && sha256(bytes) === sha256(smokeApprovalText(run, gate));
  return isOwn ? null : altered("changed", name, "was changed since it was written");
}

/** There once it was used, and only then: before that it has its pending name. */
function verifyUsed({ store, run, phases }: Behind, { folder, present, gate }: Place): Failure | null {
  const name = approvalName(gate);
  const needed = isBehind(phases, gate);
  if (!present.includes(name)) return needed ? altered("missing", name, "is missing") : null;
  const bytes = readPrivateFile(join(folder, name), limits.approvalBytes);
  if (bytes instanceof Failure) return bytes;
  const approval = parseApproval(bytes);
  const used = approval instanceof Failure ? null : store.approval(approval.approval_id);
  if (used instanceof Failure) return used;
  const isOwn = used?.runId === run.runId && used.gate === gate && used.documentSha256 === sha256(bytes);
  if (isOwn) return null;
  return needed ? altered("changed", name, "is not the approval that the run has used") : olderStore(name);
}

/** What a run leaves only when it is further on than the store says. */
function olderStore(name: string): Failure {
  return altered("extra", name, "lies there, and the run store has not come so far: an older cutter.db was put back");
}

/** The names of the signatures that lie there; each was noted when it was kept, and none of the last is missing. */
function verifySignatures(
  store: Store,
  run: RunRecord,
  { folder, present }: Omit<Place, "gate">,
): readonly string[] | Failure {
  const checked: string[] = [];
  for (const gate of APPROVAL_GATES) {
    const noted = notedSignatures({ store, run, gate });
    if (noted instanceof Failure) return noted;
    const missing = new Set(present.includes(approvalName(gate)) ? noted.at(-1) : []);
    for (const name of signatureNames(gate).filter((one) => present.includes(one))) {
      const bytes = readPrivateFile(join(folder, name), limits.approvalBytes);
      if (bytes instanceof Failure) return bytes;
      const digest = sha256(bytes);
      const isNoted = noted.some((digests) => digests.includes(digest));
      if (!isNoted) return altered("changed", name, "is not a signature that the run has kept");
      missing.delete(digest);
      checked.push(name);
    }
    if (missing.size > 0) return altered("missing", `a signature of ${approvalName(gate)}`, "is missing");
  }
  return checked;
}

/** The last rehearsal, whose digest is in the chain. One that a kill left without its file is no alteration. */
function verifyRehearsal(store: Store, { runId }: RunRecord, { folder, present }: Omit<Place, "gate">): Failure | null {
  if (!present.includes(REHEARSAL_FILE)) return null;
  const events = store.events(runId);
  if (events instanceof Failure) return events;
  const noted = events.filter(({ data }) => data.subject === REHEARSED_NOTE).map(({ data }) => data.facts as Facts);
  const bytes = readPrivateFile(join(folder, REHEARSAL_FILE), limits.rehearsalBytes);
  if (bytes instanceof Failure) return bytes;
  const digest = sha256(bytes);
  if (noted.some((facts) => facts.sha256 === digest)) return null;
  return altered("changed", REHEARSAL_FILE, "is not one that a rehearsal of this run wrote");
}

/** EVIDENCE_ALTERED where what the run left at its gates and its end is not what the store says, either way. */
export function refuseAlteredApprovals(store: Store, run: RunRecord): Failure | null {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  const present = APPROVAL_GATES.map(approvalName).filter((name) => existsSync(join(folder, name)));
  for (const gate of APPROVAL_GATES) {
    const wrong = verifyUsed({ store, run, phases }, { folder, present, gate });
    if (wrong !== null) return inResume(wrong);
  }
  return !isClosed(run.state) && existsSync(join(folder, "evidence")) ? olderStore("evidence") : null;
}

function inResume({ code, message, hint, facts, cause }: Failure): Failure {
  const data = "No connection was made and no gate was passed; the run did not go on.";
  return new Failure(code, message, { hint, data, facts, cause });
}

/** Whether an attempt of a phase is recorded that needed what this gate gives. */
function isBehind(phases: readonly PhaseRecord[], gate: ApprovalGate): boolean {
  const reverted = phases.find(({ phase, outcome }) => phase === "compensate" && outcome === "done");
  if (gate === "REVERT") return reverted !== undefined;
  if (gate === "HARD_DELETE") return (reverted?.payload as Facts | undefined)?.how === "hard";
  return phases.some(({ phase }) => PHASES.some((known) => known === phase && authorityOf(known) === gate));
}
