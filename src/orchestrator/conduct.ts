/**
 * conduct: what a mode adds to the way of a run: how a gate is passed, an open phase is settled, a failure ends.
 *
 * run.ts decides what happens next and asks the conduct how it is done in this mode; there are two, this one for dry
 * runs and live/conduct.ts. Chosen once, with the adapter.
 */
import type { Failure } from "../kernel/failure.ts";
import { settleOpen } from "./attempts.ts";
import { type GateOrder, passGate, refuseAuthority } from "./gates.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/**
 * `stopped`: the phase failed, and the run with it. `as before`: nothing of it was begun, so that the run stands where
 * it stood and may be resumed. `left open`: what became of it is not known, and the next resume has to find out.
 */
export type Aftermath = "stopped" | "as before" | "left open";

export type Conduct = {
  /** The run as a signed no leaves it; null where what was presented is none. Asks no database. */
  readonly reject: (order: GateOrder, approval: Uint8Array) => Promise<RunRecord | Failure | null>;
  /** The run with its approval consumed, and armed where that is needed. */
  readonly pass: (order: GateOrder, approval: Uint8Array) => Promise<RunRecord | Failure>;
  /** null where the authority that was given at this gate still holds for a phase behind it. */
  readonly authorise: (order: GateOrder) => Promise<Failure | null>;
  /** The run without an open phase. */
  readonly settle: (store: Store, run: RunRecord, fence: number) => Promise<RunRecord | Failure>;
  readonly aftermath: (failure: Failure) => Aftermath;
  /** Called when a run was stopped by a failed phase; what it answers stands beside that. */
  readonly stopped: (run: RunRecord, failure: Failure, fence: number) => Promise<Failure | null>;
  /** Called when a run that stands where it stood was refused, with what refused it. */
  readonly refused: (run: RunRecord, failure: Failure, fence: number) => Promise<Failure | null>;
  /** Called whatever happened, when the process is done with the run. */
  readonly end: () => void;
};

/** In memory nothing is left of a phase that never ended, and nothing needs to be armed. */
export const DRY_RUN_CONDUCT: Conduct = {
  reject: async () => null,
  pass: async (order, approval) => passGate(order, approval),
  authorise: async (order) => refuseAuthority(order),
  settle: async (store, run, fence) => settleOpen(store, run, fence),
  aftermath: () => "stopped",
  stopped: async () => null,
  refused: async () => null,
  end: () => {},
};
