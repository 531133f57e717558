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
import { type Facts, Failure } from "../kernel/failure.ts";
import { passGate, refuseAuthority } from "./gates.ts";
import { type Prepared, type Preparing, prepareRun } from "./prepare.ts";
import { acquireRunLock } from "./store/run-lock.ts";
import type { RunRecord } from "./store/run-record.ts";

export type RunParts = Preparing & {
  /** The approval that was presented, as its exact bytes; null: none. */
  readonly approval: Uint8Array | null;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  /** The last phase: looks once more; what it answers is recorded. */
  readonly closeOut: (run: RunRecord, adapter: ExecutionAdapter) => Promise<Facts | Failure>;
  /** Called as each phase ends, for progress. */
  readonly progress?: (phase: Phase) => void;
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
  const run = parts.store.run(runId);
  if (run instanceof Failure) return run;
  if (run === null) return new Failure("RUN_UNKNOWN", `the run store has no run ${runId}`);
  if (rests(run)) return { run, did: [], stop: stopOf(run) };
  if (waitsAt(run.state) !== null && parts.approval === null) return { run, did: [], stop: stopOf(run) };
  const lock = await acquireRunLock(parts.store, runId);
  if (lock instanceof Failure) return lock;
  try {
    return await new Walk(parts, lock.fence).goOn(run);
  } finally {
    lock.release();
  }
}

/** Closed, stopped, held, or with nothing to write: no lock is taken and no connection made. */
function rests({ state, openPhase, stopCode }: RunRecord): boolean {
  if (isClosed(state) || state === "STOPPED" || state === "HELD") return true;
  return state === "PLANNED" && openPhase === null && stopCode === null;
}

function stopOf({ stopCode, stopMessage, runId }: RunRecord): Failure | null {
  return stopCode === null ? null : new Failure(stopCode, `run ${runId}: ${stopMessage}`);
}

/** One process on its way through a run, with the fence that its lock gave it. */
class Walk {
  readonly #parts: RunParts;
  readonly #fence: number;
  readonly #did: Phase[] = [];
  #approval: Uint8Array | null;
  #prepared: Prepared | null = null;

  constructor(parts: RunParts, fence: number) {
    this.#parts = parts;
    this.#fence = fence;
    this.#approval = parts.approval;
  }

  async goOn(from: RunRecord): Promise<Standing | Failure> {
    let run = from;
    for (let step = nextStep(run.state); step !== null; step = nextStep(run.state)) {
      if (step.kind === "gate") {
        const arrived = this.#arrive(run, step.after, step.name);
        if (arrived instanceof Failure) return arrived;
        run = arrived;
        continue;
      }
      if (waitsAt(run.state) !== null && this.#approval === null) break;
      const ready = await this.#makeReady(run, step.name);
      if (ready instanceof Failure) return this.#refuse(run, ready);
      const done = await this.#perform(ready, step.name, step.after);
      if (done instanceof Failure) return done;
      run = done;
      if (done.state !== step.after) break;
      this.#did.push(step.name);
      this.#parts.progress?.(step.name);
    }
    return { run, did: this.#did, stop: stopOf(run) };
  }

  #arrive(run: RunRecord, to: RunState, gate: Gate): RunRecord | Failure {
    const message = `${gate}: the run waits for approval`;
    const move = { from: run.state, to, fence: this.#fence, stopCode: "STOP_APPROVAL_REQUIRED", message } as const;
    return this.#parts.store.move(run.runId, move);
  }

  /** Everything that must hold before a phase; the run as it then stands. */
  async #makeReady(run: RunRecord, phase: Phase): Promise<RunRecord | Failure> {
    const settled = this.#settleOpen(run);
    if (settled instanceof Failure) return settled;
    this.#prepared ??= null;
    const prepared = this.#prepared ?? (await prepareRun(settled, this.#parts));
    if (prepared instanceof Failure) return prepared;
    this.#prepared = prepared;
    const gate = authorityOf(phase);
    if (gate === null) return settled;
    const order = { store: this.#parts.store, run: settled, gate, fence: this.#fence, now: this.#parts.now() };
    if (waitsAt(settled.state) === null) return refuseAuthority(order) ?? settled;
    const approval = this.#approval;
    if (approval === null) throw new Error("a gate was passed without an approval");
    this.#approval = null;
    return passGate(order, approval);
  }

  /** A phase that was begun and never ended. In memory nothing of it is left; live, the database will say. */
  #settleOpen(run: RunRecord): RunRecord | Failure {
    const { openPhase: open, runId } = run;
    if (open === null) return run;
    return this.#parts.store.finishPhase(runId, { ...open, outcome: "void", payload: null, fence: this.#fence });
  }

  async #perform(run: RunRecord, phase: Phase, after: RunState): Promise<RunRecord | Failure> {
    const { store } = this.#parts;
    const { runId } = run;
    const attempt = this.#nextAttempt(run, phase);
    if (attempt instanceof Failure) return attempt;
    const begun = store.beginPhase(runId, { phase, attempt, fence: this.#fence });
    if (begun instanceof Failure) return begun;
    const result = await this.#work(begun, phase, attempt);
    const end = { phase, attempt, fence: this.#fence };
    if (result instanceof Failure) {
      const stopCode: StopCode = isStopCode(result.code) ? result.code : "STOP_PHASE_FAILED";
      const message = `${phase}: ${result.code}: ${result.message}`;
      return store.finishPhase(runId, { ...end, outcome: "void", payload: null, to: "STOPPED", stopCode, message });
    }
    const { outcome, facts: payload } = result;
    if (outcome === "done") return store.finishPhase(runId, { ...end, outcome, payload, to: after });
    const message = `${phase}: what was written is not what was planned`;
    return store.finishPhase(runId, {
      ...{ ...end, outcome, payload, message },
      ...{ to: "STOPPED", stopCode: "STOP_VERIFY_MISMATCH" },
    });
  }

  #nextAttempt({ runId }: RunRecord, phase: Phase): number | Failure {
    const phases = this.#parts.store.phases(runId);
    if (phases instanceof Failure) return phases;
    return 1 + Math.max(0, ...phases.filter((one) => one.phase === phase).map((one) => one.attempt));
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
  #refuse(run: RunRecord, failure: Failure): Failure {
    if (!isStopCode(failure.code)) return failure;
    const { store } = this.#parts;
    const recorded = store.stop(run.runId, {
      ...{ state: run.state, fence: this.#fence },
      ...{ stopCode: failure.code, message: failure.message },
    });
    return recorded instanceof Failure ? recorded : failure;
  }
}

type Result = { readonly outcome: "done" | "mismatch"; readonly facts: Facts };
