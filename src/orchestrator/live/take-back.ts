/**
 * live/take-back: a run is taken back: rehearsed where nobody has approved it, done where somebody has.
 *
 * The plan is the run's own, made again from its files; what the tables held before it is pre.json. Nothing of the run
 * moves before it is armed and nothing says off; then a run that still waits at a gate is stopped first. Called by
 * `cutter revert`.
 */
import type { LiveWork } from "../../execution/live-work.ts";
import { phaseWork } from "../../execution/production/phase-work.ts";
import { REVERT_STEP } from "../../execution/production/steps.ts";
import { productionAdapter, scopeOf } from "../../execution/production.ts";
import type { RevertPlan } from "../../execution/revert/plan.ts";
import { revertRun } from "../../execution/revert/revert.ts";
import { parseApproval } from "../../flow/approval.ts";
import { stopwatch } from "../../kernel/clock.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { arm, disarm } from "../../kernel/kill-switch/arming.ts";
import { readKillSwitch, refusal } from "../../kernel/kill-switch.ts";
import { FailedRun } from "../../kernel/rollback-only/failed-run.ts";
import { rollbackOnly } from "../../kernel/rollback-only/guarded.ts";
import type { Session } from "../../kernel/session/session.ts";
import { nextAttempt } from "../attempts.ts";
import { useApproval } from "../gates.ts";
import { remark } from "../remarks.ts";
import { acquireRunLock } from "../store/run-lock.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { aftermath } from "./aftermath.ts";
import { holdAfter } from "./failed-run.ts";
import { type Connect, settleLive } from "./settle.ts";
import { keepSignatures } from "./signature-files.ts";

export type Rehearsed = {
  readonly failure: Failure | null;
  readonly durationMs: number;
  readonly effects: FailedRun["effects"] | null;
};

/** In a transaction that cannot commit, as the role that would do it; the grants of `work` are stubs. */
export async function rehearseTakingBack(session: Session, work: LiveWork, plan: RevertPlan): Promise<Rehearsed> {
  const elapsed = stopwatch();
  const done = await rollbackOnly(session, (transaction) =>
    phaseWork(transaction, work, { step: REVERT_STEP, attempt: 1, body: (inside) => revertRun(inside, work, plan) }),
  );
  const effects = done instanceof FailedRun ? done.effects : done instanceof Failure ? null : done.effects;
  return { failure: done instanceof Failure ? done : null, durationMs: elapsed(), effects };
}

export type Taking = {
  readonly store: Store;
  readonly run: RunRecord;
  readonly work: Omit<LiveWork, "fence">;
  readonly plan: RevertPlan;
  /** What the grants of `work` were read from. */
  readonly approvals: readonly SignedApproval[];
  readonly connect: Connect;
  /** For the operator, at once: what a COMMIT was answered that counts all the same. */
  readonly tell: (text: string) => Promise<void>;
};

export type SignedApproval = {
  readonly gate: "REVERT" | "HARD_DELETE";
  readonly document: Uint8Array;
  readonly signatures: readonly Uint8Array[];
};

/** The run as it stands then: REVERTED. A Failure says where the run stands, where that has changed. */
export async function takeBack(taking: Taking): Promise<RunRecord | Failure> {
  const { store, run, connect } = taking;
  const lock = await acquireRunLock(store, run.runId);
  if (lock instanceof Failure) return lock;
  const { fence } = lock;
  const work = { ...taking.work, fence };
  try {
    const refused = armRevert(work) ?? refuseOff(store, work);
    if (refused !== null) return refused;
    const settled = await settleLive(run, { store, fence, connect });
    if (settled instanceof Failure || settled.state === "REVERTED") return settled;
    const stopped = stopFirst(store, settled, fence);
    return stopped instanceof Failure ? stopped : await compensate(taking, stopped, work);
  } finally {
    disarm();
    lock.release();
  }
}

/** Before anything of the run moves: a HOLD of another run, DISABLED, an approval that has ended meanwhile. */
function refuseOff(store: Store, { runId, target, cutplan: { cutplanSha256 } }: LiveWork): Failure | null {
  const reading = readKillSwitch({ stateDirectory: store.directory });
  return refusal(reading, scopeOf({ runId, target, cutplanSha256 }, "REVERT"));
}

const REVERTIBLE: readonly string[] = ["STOPPED", "HELD", "CLOSEOUT_REPORTED"];

/** Whoever signed that it is taken back has said that it goes no further, whatever becomes of the taking back. */
function stopFirst(store: Store, run: RunRecord, fence: number): RunRecord | Failure {
  if (REVERTIBLE.includes(run.state)) return run;
  const message = "it is taken back, so it goes no further";
  return store.move(run.runId, { from: run.state, to: "STOPPED", fence, stopCode: "STOP_INTERRUPTED", message });
}

async function compensate(taking: Taking, run: RunRecord, work: LiveWork): Promise<RunRecord | Failure> {
  const { store, plan, connect } = taking;
  const { runId } = run;
  const attempt = nextAttempt(store, runId, "compensate");
  if (attempt instanceof Failure) return standing(attempt, run);
  const refused = consume(taking, run, work.fence);
  if (refused !== null) return standing(refused, run);
  const end = { phase: "compensate", attempt, fence: work.fence } as const;
  const begun = store.beginPhase(runId, end);
  if (begun instanceof Failure) return standing(begun, run);
  const adapter = productionAdapter({
    connect,
    killSwitch: () => readKillSwitch({ stateDirectory: store.directory }),
    live: {
      ...{ work, compensate: plan, backUp: unasked, refuseBackup: unasked, lookAfter: unasked },
      async remark(text) {
        remark(store, work, text);
        await taking.tell(text);
      },
    },
  });
  const done = await adapter.compensate({ runId, attempt });
  if (!(done instanceof Failure)) {
    return store.finishPhase(runId, { ...end, outcome: "done", payload: done.facts, to: "REVERTED" });
  }
  return failed(taking, begun, { end, failure: standing(done, begun) });
}

/** What the failure says of the rows is true; the run itself does not stand where it stood. */
function standing(failure: Failure, { state }: RunRecord): Failure {
  const { code, message, hint, facts, cause } = failure;
  return new Failure(code, message, { hint, facts, cause, data: `${failure.data} The run is ${state}.` });
}

type Failed = {
  readonly end: { readonly phase: "compensate"; readonly attempt: number; readonly fence: number };
  readonly failure: Failure;
};

/** As after any phase: left open where nobody knows, else void; and HOLD, but where nothing was begun. */
async function failed(taking: Taking, run: RunRecord, { end, failure }: Failed): Promise<Failure> {
  const { store, connect } = taking;
  const { runId, state } = run;
  const { fence } = end;
  const how = aftermath(failure);
  if (how === "left open" && failure.exitCode > 128) return failure;
  const { message } = failure;
  const stop = { stopCode: how === "left open" ? "STOP_OUTCOME_UNKNOWN" : "STOP_PHASE_FAILED", message } as const;
  // A run that has closed out has left nothing half done: that its rows stay is no failure of the run.
  const isHold = how !== "as before" && state !== "CLOSEOUT_REPORTED";
  const recorded =
    how === "left open"
      ? store.stop(runId, { state, fence, ...stop })
      : store.finishPhase(runId, { ...end, outcome: "void", payload: null, ...(isHold ? stop : {}) });
  if (recorded instanceof Failure) return joinFailure(failure, recorded);
  disarm();
  const held = isHold ? await holdAfter({ store, run, fence, connect, failure }) : null;
  return joinFailure(failure, held ?? undefined);
}

async function unasked(): Promise<never> {
  throw new Error("a revert makes no backup and closes nothing out");
}

/** In the run's folder and chain too; what authorises once is the ledger's row, in the transaction itself. */
function consume({ store, approvals }: Taking, run: RunRecord, fence: number): Failure | null {
  for (const { gate, document, signatures } of approvals) {
    const place = { store, run, gate, fence };
    const approval = parseApproval(document);
    if (approval instanceof Failure) return approval;
    const kept = keepSignatures(place, signatures);
    if (kept !== null) return kept;
    const used = useApproval(place, approval, document);
    if (used instanceof Failure) return used;
  }
  return null;
}

function armRevert({ runId, target, cutplan, grants }: LiveWork): Failure | null {
  const grant = grants.REVERT;
  if (grant === undefined) return new Failure("STOP_APPROVAL_REQUIRED", `REVERT was not given for run ${runId}`);
  const scope = scopeOf({ runId, target, cutplanSha256: cutplan.cutplanSha256 }, "REVERT");
  const ends = [grant, grants.HARD_DELETE].flatMap((one) => (one === undefined ? [] : [one.expiresAt]));
  return arm({ ...scope, expiresAt: ends.sort()[0] ?? grant.expiresAt });
}
