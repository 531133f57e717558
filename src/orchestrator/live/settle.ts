/**
 * live/settle: what became of a phase that was begun and never ended, asked of the ledger; and whether the ledger and
 * the run store tell the same of all the others.
 *
 * Where they differ the database wins, and the run does not go on: a store or a database that was put back shows here.
 * Writes nothing but the tombstone of the open attempt. Called through the live conduct.
 */
import { type LedgerPhase, ledgerPhases } from "../../execution/production/ledger-phases.ts";
import { preparePhaseSession } from "../../execution/production/phase-session.ts";
import type { LedgerRole } from "../../execution/production/phase-work.ts";
import { type Ending, resolveAttempt } from "../../execution/production/resolve.ts";
import { PHASE_STEPS, REVERT_STEP } from "../../execution/production/steps.ts";
import { STEPS } from "../../flow/phase.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";

export type Connect = (role: LedgerRole) => Promise<Session | Failure>;

type Settling = { readonly store: Store; readonly fence: number; readonly connect: Connect };

/** STOP_OUTCOME_UNKNOWN, STOP_TARGET_CHANGED with every difference, and what the server answers. */
export async function settleLive(run: RunRecord, settling: Settling): Promise<RunRecord | Failure> {
  const { store } = settling;
  if (run.openPhase === null && !hasWritten(store, run)) return run;
  const settled = await settleOpenPhase(run, settling);
  if (settled instanceof Failure) return settled;
  const differs = await compareWithLedger(settled, settling);
  return differs ?? settled;
}

function hasWritten(store: Store, run: RunRecord): boolean {
  const phases = store.phases(run.runId);
  return phases instanceof Failure || phases.some(({ phase }) => isLedgered(phase));
}

async function settleOpenPhase(run: RunRecord, settling: Settling): Promise<RunRecord | Failure> {
  const { openPhase, runId } = run;
  if (openPhase === null) return run;
  const { phase, attempt } = openPhase;
  const ending = await endingOfOpen(run, settling);
  if (ending instanceof Failure) return ending;
  const end = { phase, attempt, fence: settling.fence };
  if (ending.outcome === "void") return settling.store.finishPhase(runId, { ...end, outcome: "void", payload: null });
  const { outcome, facts: payload } = ending;
  if (outcome === "mismatch") {
    const message = `${phase}: what was written is not what was planned`;
    const stop = { to: "STOPPED", stopCode: "STOP_VERIFY_MISMATCH", message } as const;
    return settling.store.finishPhase(runId, { ...end, outcome, payload, ...stop });
  }
  const after = STEPS.find(({ name }) => name === phase)?.after ?? "REVERTED";
  return settling.store.finishPhase(runId, { ...end, outcome, payload, to: after });
}

/** Without the run's row nothing of it was ever committed, and no tombstone is needed. */
async function endingOfOpen(run: RunRecord, { connect }: Settling): Promise<Ending | Failure> {
  const { openPhase, runId, target } = run;
  if (openPhase === null) throw new Error(`run ${runId} has no open phase`);
  const { phase, attempt } = openPhase;
  const known = await readLedger(run, connect);
  if (known instanceof Failure) return known;
  if (known === null) return { outcome: "void" };
  const role = phase === "write_verify" ? "verify" : phase === "compensate" ? "revert" : "exec";
  const question = { runId, phase, attempt, target: target as TargetIdentity };
  return resolveAttempt(question, () => connect(role));
}

async function readLedger(run: RunRecord, connect: Connect): Promise<readonly LedgerPhase[] | null | Failure> {
  const opened = await connect("exec");
  if (opened instanceof Failure) return opened;
  const order = { target: run.target as TargetIdentity, documentId: run.documentId };
  const session = await preparePhaseSession(opened, order);
  if (session instanceof Failure) return session;
  const phases = await ledgerPhases(session, run.runId);
  await session.close();
  return phases;
}

async function compareWithLedger(run: RunRecord, { store, connect }: Settling): Promise<Failure | null> {
  const kept = store.phases(run.runId);
  if (kept instanceof Failure) return kept;
  const written = kept.filter(({ phase, outcome }) => isLedgered(phase) && outcome !== "void");
  const ledger = await readLedger(run, connect);
  if (ledger instanceof Failure) return ledger;
  const ours = new Map(written.map((one) => [`${one.phase} ${one.attempt}`, `${one.outcome} ${one.payloadSha256}`]));
  const theirs = new Map((ledger ?? []).filter(wrote).map((one) => [`${one.phase} ${one.attempt}`, wordsOf(one)]));
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
  const differences = keys
    .filter((key) => ours.get(key) !== theirs.get(key))
    .map(
      (key) => `attempt ${key}: the run store has ${ours.get(key) ?? "none"}, the ledger ${theirs.get(key) ?? "none"}`,
    );
  if (differences.length === 0) return null;
  return new Failure("STOP_TARGET_CHANGED", `the ledger does not tell what this run did: ${differences.join("; ")}`, {
    facts: { differences },
    hint: "The run store or the database was put back, or another host has the run. Look at both; the ledger is right.",
  });
}

function wrote({ phase, ending }: LedgerPhase): boolean {
  return isLedgered(phase) && ending.outcome !== "void";
}

/** Planning phases are in the ledger too, put there with the run. */
function isLedgered(phase: string): boolean {
  return phase in PHASE_STEPS || phase === REVERT_STEP.phase;
}

function wordsOf({ ending }: LedgerPhase): string {
  return ending.outcome === "void" ? "void" : `${ending.outcome} ${ending.payloadSha256}`;
}
