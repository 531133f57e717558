/**
 * failed-run: a transaction that ran, failed, and was rolled back: a Failure that still tells what it did.
 *
 * What a rollback does not undo, a failed run left too. So wherever the transaction was begun and the session is still
 * good, the failure carries Effects, in which what was not seen is called so (UNKNOWN_XID, EVERY_OTHER_RELATION) and
 * never 0 or none. Made by sealed.ts and guarded.ts; proofs/ reads it for the report.
 */
import { Failure, type FailureDetails } from "../failure.ts";
import { type Effects, UNKNOWN_XID } from "./effects.ts";

export class FailedRun extends Failure {
  readonly effects: Effects;

  /** `failure` with what it left: the same code, words and facts, and `xid` and `sequences_moved` among these. */
  constructor(failure: Failure, effects: Effects) {
    const { hint, data, cause } = failure;
    super(failure.code, failure.message, { hint, data, cause, facts: { ...failure.facts, ...left(effects) } });
    this.effects = effects;
  }

  /** null: none was assigned, or it is not known whether one was (`effects.xid` tells which). */
  get xid(): string | null {
    return this.effects.xid === UNKNOWN_XID ? null : this.effects.xid;
  }
}

/** What is known of a run's effects, whether it failed or not; null where it did not run or the session was lost. */
export function knownEffects(run: Failure | { readonly effects: Effects }): Effects | null {
  return run instanceof Failure && !(run instanceof FailedRun) ? null : run.effects;
}

function left({ xid, sequences, advisoryLocks }: Effects): NonNullable<FailureDetails["facts"]> {
  return {
    ...(xid === null || xid === UNKNOWN_XID ? {} : { xid }),
    ...(sequences.length > 0 ? { sequences_moved: sequences } : {}),
    ...(advisoryLocks.length > 0 ? { advisory_locks_left: advisoryLocks } : {}),
  };
}
