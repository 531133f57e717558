/**
 * rehearsal/savepoint: a part of a transaction that stays whole or leaves nothing, without ending the transaction.
 *
 * What a phase's own transaction is to production, a savepoint is to a rehearsal.
 */
import { Failure, joinFailure } from "../../kernel/failure.ts";
import type { StatementRunner } from "../leg-a.ts";

export async function inSavepoint<T>(
  transaction: StatementRunner,
  work: () => Promise<T | Failure>,
): Promise<T | Failure> {
  const marked = await transaction.query("SAVEPOINT cutter_phase");
  if (marked instanceof Failure) return marked;
  const done = await work();
  if (done instanceof Failure) {
    const back = await takeBack(transaction);
    return back === null ? done : joinFailure(done, back);
  }
  const released = await transaction.query("RELEASE SAVEPOINT cutter_phase");
  return released instanceof Failure ? released : done;
}

/** As inSavepoint, but what was done is taken back in every case. */
export async function tryOut<T>(transaction: StatementRunner, work: () => Promise<T | Failure>): Promise<T | Failure> {
  const marked = await transaction.query("SAVEPOINT cutter_trial");
  if (marked instanceof Failure) return marked;
  const done = await work();
  const back = await takeBack(transaction, "cutter_trial");
  if (back === null) return done;
  return done instanceof Failure ? joinFailure(done, back) : back;
}

async function takeBack(transaction: StatementRunner, name = "cutter_phase"): Promise<Failure | null> {
  const back = await transaction.query(`ROLLBACK TO SAVEPOINT ${name}`);
  if (back instanceof Failure) return back;
  const released = await transaction.query(`RELEASE SAVEPOINT ${name}`);
  return released instanceof Failure ? released : null;
}
