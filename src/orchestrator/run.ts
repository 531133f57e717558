/**
 * run: what happens next in a run. The only file that decides; everything it asks is a function of what it is given.
 *
 * Goes from where the run stands to its next gate or its end, one phase at a time, each recorded before and after. At a
 * gate nothing is open: no transaction, no connection. A closed run is answered from the store alone. Called by the
 * verbs that resume a run and by the dry run.
 */
import { type ExecutionAdapter, METHODS, type Method } from "../execution/adapter.ts";
import { authorityOf, type Gate, isClosed, nextStep, type Phase, type RunState, waitsAt } from "../flow/phase.ts";
import { isStopCode, type StopCode } from "../flow/stop-code.ts";
import { crashPoint } from "../kernel/crash-point.ts";
import { canonicalJson } from "../kernel/digest.ts";
import { type Facts, Failure, joinFailure } from "../kernel/failure.ts";
import { unfailing } from "../kernel/observer.ts";
import { nextAttempt } from "./attempts.ts";
import { type Conduct, DRY_RUN_CONDUCT } from "./conduct.ts";
import { type Prepared, type Preparing, planAgain, prepareRun } from "./prepare.ts";
import { recordPlan, stopsInPlanning } from "./record-plan.ts";
import { isRejected, REJECTED } from "./rejection.ts";
import { refuseAlteredApprovals } from "./run-folder.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import { acquireRunLock } from "./store/run-lock.ts";
import type { RunRecord } from "./store/run-record.ts";

export type RunParts = Preparing & {
  /** The approval that was presented, as its exact bytes; null: none. */
  readonly approval: Uint8Array | null;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  /** The last phase: looks once more; what it answers is recorded. */
  readonly closeOut: (run: RunRecord, adapter: ExecutionAdapter) => Promise<Facts | Failure>;
  /** What the run's mode adds; absent: a dry run's. */
  readonly conduct?: Conduct;
  /** The run as it was when the approval was chosen; absent: as it is now. */
  readonly seen?: RunRecord;
  /** Called as each phase begins and when it is done, for progress. */
  readonly progress?: (phase: Phase, what: "begins" | "done") => void;
};

export type Standing = {
  readonly run: RunRecord;
  /** Phases that were done now. */
  readonly did: readonly Phase[];
  /** Why the run does not go on by itself; null where it has ended, or there is nothing to write. */
  readonly stop: Failure | null;
};

/** Goes on with a run. With a Failure (a lock, a file, a refused approval) it stands as before. */
export async function resumeRun(runId: string, parts: RunParts): Promise<Standing | Failure> {
  const { store } = parts;
  const run = parts.seen ?? store.run(runId);
  if (run instanceof Failure) return run;
  if (run === null) return new Failure("RUN_UNKNOWN", `the run store has no run ${runId}`);
  const phases = store.phases(runId);
  if (phases instanceof Failure) return phases;
  const rest: Standing = { run, did: [], stop: stopOf(run) };
  if (rests(run, phases)) return rest;
  if (waitsAt(run.state) !== null && parts.approval === null && run.openPhase === null) return rest;
  const lock = await acquireRunLock(store, runId);
  if (lock instanceof Failure) return lock;
  try {
    // Between the look above and the lock another process may have had the run, and then nothing fits any more.
    const now = store.run(runId);
    if (now instanceof Failure) return now;
    const isAsSeen = now !== null && standOf(now) === standOf(run);
    if (!isAsSeen || lock.fence !== run.fence + 1) return advancedMeanwhile(runId);
    return await new Walk(parts, lock.fence).goOn(run);
  } finally {
    parts.conduct?.end();
    lock.release();
  }
}

/** A run that was read while its owner worked has the fence of the owner, and stands elsewhere once that is done. */
function standOf({ state, openPhase }: RunRecord): string {
  return canonicalJson({ state, openPhase });
}

function advancedMeanwhile(runId: string): Failure {
  return new Failure("STOP_LOCKED", `run ${runId} was advanced by another process meanwhile`, {
    hint: `cutter show ${runId} says where it stands now.`,
    facts: { run_id: runId },
  });
}

/** Closed, stopped, held, or with nothing to write: no lock is taken and no connection made. */
function rests(run: RunRecord, phases: readonly PhaseRecord[]): boolean {
  const { state } = run;
  if (isClosed(state) || state === "STOPPED" || state === "HELD") return true;
  return state === "PLANNED" && run.openPhase === null && !stopsInPlanning(run, phases);
}

function stopOf(run: RunRecord): Failure | null {
  const { stopCode, stopMessage, runId } = run;
  const details = isRejected(run) ? REJECTED : {};
  return stopCode === null ? null : new Failure(stopCode, `run ${runId}: ${stopMessage}`, details);
}

/** The first phase behind a gate was begun and cut off: the run stands at the gate, whose approval it has used. */
function hasPassed(from: RunRecord, run: RunRecord): boolean {
  return from.openPhase !== null && from.state === run.state;
}

/** One process on its way through a run, with the fence that its lock gave it. */
class Walk {
  readonly #parts: RunParts;
  readonly #fence: number;
  readonly #conduct: Conduct;
  readonly #tell: (phase: Phase, what: "begins" | "done") => void;
  readonly #did: Phase[] = [];
  #approval: Uint8Array | null;
  #prepared: Prepared | null = null;

  constructor(parts: RunParts, fence: number) {
    this.#parts = parts;
    this.#fence = fence;
    this.#conduct = parts.conduct ?? DRY_RUN_CONDUCT;
    this.#tell = unfailing(parts.progress);
    this.#approval = parts.approval;
  }

  /** With a Failure nothing was done; else what was done stands, whatever kept the run from going on. */
  async goOn(from: RunRecord): Promise<Standing | Failure> {
    const standing = await this.#walk(from);
    const stop = standing instanceof Failure ? standing : standing.stop;
    if (stop === null || stop.code === "STOP_APPROVAL_REQUIRED" || this.#did.length === 0) return standing;
    const run = this.#parts.store.run(from.runId);
    if (run instanceof Failure || run === null) return standing;
    return { run, did: this.#did, stop: afterDone(stop, this.#did) };
  }

  async #walk(from: RunRecord): Promise<Standing | Failure> {
    const planned = this.#finishPlanning(from);
    if (planned instanceof Failure) return planned;
    let run = planned;
    // A gate is passed only by who has seen what waits behind it.
    if (run !== from) return { run, did: this.#did, stop: stopOf(run) };
    const settled = await this.#conduct.settle(this.#parts.store, run, this.#fence);
    if (settled instanceof Failure) return this.#refuse(run, settled);
    // An approval is for the gate at which the run was seen to wait, and for no later one.
    if (waitsAt(settled.state) !== waitsAt(run.state)) this.#approval = null;
    run = settled;
    if (run.state === "STOPPED") return this.#stoppedBySettling(run);
    for (let step = nextStep(run.state); step !== null; step = nextStep(run.state)) {
      if (step.kind === "gate") {
        const arrived = this.#arrive(run, step.after, step.name);
        if (arrived instanceof Failure) return arrived;
        run = arrived;
        continue;
      }
      if (waitsAt(run.state) !== null && this.#approval === null && !hasPassed(from, run)) break;
      const ready = await this.#makeReady(run, step.name);
      if (ready instanceof Failure) return this.#refuse(run, ready);
      if (ready.state === "STOPPED") return { run: ready, did: this.#did, stop: stopOf(ready) };
      this.#tell(step.name, "begins");
      const done = await this.#perform(ready, step.name, step.after);
      if (done instanceof Failure) return done;
      run = done;
      if (done.state !== step.after) break;
      this.#did.push(step.name);
      this.#tell(step.name, "done");
    }
    return { run, did: this.#did, stop: stopOf(run) };
  }

  /** A run whose process ended before its first gate: what is missing of its plan, from what its survey saw. */
  #finishPlanning(run: RunRecord): RunRecord | Failure {
    const { store } = this.#parts;
    const phases = store.phases(run.runId);
    if (phases instanceof Failure) return phases;
    if (!stopsInPlanning(run, phases)) return run;
    const again = planAgain(run, { store, phases });
    if (again instanceof Failure) return again;
    const recorded = recordPlan({ store, run, fence: this.#fence, planned: again.planned });
    if (recorded instanceof Failure) return recorded;
    if (run.state === "SURVEYED") this.#did.push("manifest");
    if (run.state !== "PLANNED") this.#did.push("cutplan");
    return recorded;
  }

  #arrive(run: RunRecord, to: RunState, gate: Gate): RunRecord | Failure {
    const message = `${gate}: the run waits for approval`;
    const move = { from: run.state, to, fence: this.#fence, stopCode: "STOP_APPROVAL_REQUIRED", message } as const;
    return this.#parts.store.move(run.runId, move);
  }

  /** Everything that must hold before a phase; the run as it then stands. */
  async #makeReady(run: RunRecord, phase: Phase): Promise<RunRecord | Failure> {
    const altered = this.#prepared === null ? refuseAlteredApprovals(this.#parts.store, run) : null;
    if (altered !== null) return altered;
    const gate = authorityOf(phase);
    const order = { store: this.#parts.store, run, fence: this.#fence, now: this.#parts.now() };
    const approval = waitsAt(run.state) === null ? null : this.#approval;
    // A no asks no database: that it is another one now may be why it was said.
    const no = gate === null || approval === null ? null : await this.#conduct.reject({ ...order, gate }, approval);
    if (no !== null) return no;
    const prepared = this.#prepared ?? (await prepareRun(run, this.#fence, this.#parts));
    if (prepared instanceof Failure) return prepared;
    this.#prepared = prepared;
    if (gate === null) return run;
    if (approval === null) return (await this.#conduct.authorise({ ...order, gate })) ?? run;
    this.#approval = null;
    return this.#conduct.pass({ ...order, gate }, approval);
  }

  async #perform(run: RunRecord, phase: Phase, after: RunState): Promise<RunRecord | Failure> {
    const { store } = this.#parts;
    const { runId } = run;
    const attempt = nextAttempt(store, runId, phase);
    if (attempt instanceof Failure) return attempt;
    const begun = store.beginPhase(runId, { phase, attempt, fence: this.#fence });
    if (begun instanceof Failure) return begun;
    const result = await this.#work(begun, phase, attempt);
    const end = { phase, attempt, fence: this.#fence };
    if (result instanceof Failure) return this.#fail(begun, end, result);
    const { outcome, facts: payload } = result;
    if (outcome === "done") return store.finishPhase(runId, { ...end, outcome, payload, to: after });
    const failure = new Failure("STOP_VERIFY_MISMATCH", `${phase}: what was written is not what was planned`);
    const stop = { to: "STOPPED", stopCode: "STOP_VERIFY_MISMATCH", message: failure.message } as const;
    return this.#stopped(store.finishPhase(runId, { ...end, outcome, payload, ...stop }), failure);
  }

  /** A phase that did not come to its end, recorded as the mode has it. */
  async #fail(run: RunRecord, end: PhaseEnd, failure: Failure): Promise<RunRecord | Failure> {
    const { store } = this.#parts;
    const aftermath = this.#conduct.aftermath(failure);
    if (aftermath === "left open") return this.#leaveOpen(run, failure);
    const isVoid = { ...end, outcome: "void", payload: null } as const;
    if (aftermath === "as before") {
      const recorded = store.finishPhase(run.runId, isVoid);
      return recorded instanceof Failure ? joinFailure(failure, recorded) : this.#refuse(recorded, failure);
    }
    const stopCode: StopCode = isStopCode(failure.code) ? failure.code : "STOP_PHASE_FAILED";
    const message = `${end.phase}: ${failure.code}: ${failure.message}`;
    return this.#stopped(store.finishPhase(run.runId, { ...isVoid, to: "STOPPED", stopCode, message }), failure);
  }

  /** Nobody knows what became of it: the run stands with its open phase, and HOLD is set but for a signal. */
  async #leaveOpen(run: RunRecord, failure: Failure): Promise<Failure> {
    if (failure.exitCode > 128) return failure;
    const { store } = this.#parts;
    const stop = { stopCode: "STOP_OUTCOME_UNKNOWN", message: failure.message } as const;
    const recorded = store.stop(run.runId, { state: run.state, fence: this.#fence, ...stop });
    const held = await this.#conduct.stopped(run, failure, this.#fence);
    const also = recorded instanceof Failure ? recorded : held;
    return joinFailure(failure, also ?? undefined);
  }

  /** Where HOLD could not be set the phase's failure is told all the same, and that beside it. */
  async #stopped(run: RunRecord | Failure, failure: Failure): Promise<RunRecord | Failure> {
    if (run instanceof Failure) return joinFailure(failure, run);
    crashPoint("run-stopped");
    const held = await this.#conduct.stopped(run, failure, this.#fence);
    return held === null ? run : joinFailure(failure, held);
  }

  /** A phase whose process was killed turns out to be a mismatch: what would have followed then follows now. */
  async #stoppedBySettling(run: RunRecord): Promise<Standing | Failure> {
    const stop = stopOf(run);
    if (stop === null) throw new Error(`run ${run.runId} is stopped and says not why`);
    const stopped = await this.#stopped(run, stop);
    return stopped instanceof Failure ? stopped : { run: stopped, did: this.#did, stop };
  }

  async #work(run: RunRecord, phase: Phase, attempt: number): Promise<Result | Failure> {
    const adapter = this.#prepared?.adapter;
    if (adapter === undefined) throw new Error(`${phase} has no adapter`);
    if (phase === "closeout") {
      const facts = await this.#parts.closeOut(run, adapter);
      return facts instanceof Failure ? facts : { outcome: "done", facts };
    }
    const method = METHODS.find((name): name is Method => name === phase);
    if (method === undefined) throw new Error(`${phase} is no phase of an adapter`);
    return adapter[method]({ runId: run.runId, attempt });
  }

  /** The run stays where it is and says why; what is no stop code (a file, a database) is answered alone. */
  async #refuse(run: RunRecord, failure: Failure): Promise<Failure> {
    const also = await this.#conduct.refused(run, failure, this.#fence);
    if (also !== null) return joinFailure(failure, also);
    if (!isStopCode(failure.code)) return failure;
    const { store } = this.#parts;
    const recorded = store.stop(run.runId, {
      ...{ state: run.state, fence: this.#fence },
      ...{ stopCode: failure.code, message: failure.message },
    });
    return recorded instanceof Failure ? recorded : failure;
  }
}

/** What a failure says of the data is said of what failed. */
function afterDone({ code, message, hint, data, facts, cause }: Failure, did: readonly Phase[]): Failure {
  const whole = `What was done before it stands: ${did.join(", ")}. Of what failed: ${data}`;
  return new Failure(code, message, { hint, data: whole, facts: { ...facts, done: did }, cause });
}

type PhaseEnd = { readonly phase: Phase; readonly attempt: number; readonly fence: number };

type Result = { readonly outcome: "done" | "mismatch"; readonly facts: Facts };
