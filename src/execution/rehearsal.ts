/**
 * rehearsal: the adapter that does every phase for real, in one transaction that the server refuses to commit.
 *
 * The bodies, and all that stands around them (phase-work.ts), are those of production; only the transaction is
 * another, and approval and backup are stub rows inside it. The session takes each role with SET LOCAL ROLE, so that
 * the rights are those of production too. What it could not rehearse is said. Called by `cutter rehearse`.
 */
import { Failure } from "../kernel/failure.ts";
import {
  type GuardedOptions,
  type GuardedResult,
  type RollbackOnlyTransaction,
  rollbackOnly,
} from "../kernel/rollback-only/guarded.ts";
import type { Session } from "../kernel/session/session.ts";
import type { ExecutionAdapter, Method, Order, PhaseResult } from "./adapter.ts";
import { recordBackup } from "./backup-artifact.ts";
import { cutLegA } from "./cut.ts";
import { enactUnits } from "./enact.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { type PhaseBody, phaseWork } from "./production/phase-work.ts";
import { writeRun } from "./production/register.ts";
import { PHASE_STEPS } from "./production/steps.ts";
import { recordLegB } from "./record.ts";
import { refuseDeferred } from "./rehearsal/deferred.ts";
import { inSavepoint } from "./rehearsal/savepoint.ts";
import { STUB_BACKUP } from "./rehearsal/stubs.ts";
import { factsOfSurroundings, readSurroundings, type Surroundings } from "./rehearsal/surroundings.ts";
import { verifyWritten } from "./verify-written.ts";

export type Rehearsal = ExecutionAdapter & {
  /** A look from inside, as the session's own role; for tests and the report. */
  readonly query: StatementRunner["query"];
  /** Rolls everything back, and answers what was measured. */
  readonly end: () => Promise<GuardedResult<null> | Failure>;
};

export type RehearsalParts = {
  readonly session: Session;
  readonly work: LiveWork;
  /** Takes the run back as the role that would; null where this session cannot become it. */
  readonly compensate: ((transaction: StatementRunner, order: Order) => Promise<PhaseResult | Failure>) | null;
  readonly options?: GuardedOptions;
};

/** Begins the transaction; a Failure where it could not be. The caller ends it. */
export async function openRehearsal(parts: RehearsalParts): Promise<Rehearsal | Failure> {
  const surroundings = await readSurroundings(parts.session);
  if (surroundings instanceof Failure) return surroundings;
  const begun = Promise.withResolvers<RollbackOnlyTransaction>();
  const finished = Promise.withResolvers<null>();
  const ended = rollbackOnly(
    parts.session,
    async (transaction) => {
      begun.resolve(transaction);
      return finished.promise;
    },
    parts.options,
  );
  const transaction = await Promise.race([begun.promise, ended]);
  if (transaction instanceof Failure) return transaction;
  if (!("query" in transaction)) throw new Error("a rehearsal ended before it began");
  return {
    ...methodsOn(transaction, { ...parts, surroundings }),
    query: (text, parameters) => transaction.query(text, parameters),
    end: () => {
      finished.resolve(null);
      return ended;
    },
  };
}

type Rehearsed = Exclude<Method, "compensate">;

type Begun = RehearsalParts & { readonly surroundings: Surroundings };

function methodsOn(transaction: RollbackOnlyTransaction, begun: Begun): ExecutionAdapter {
  const { work, compensate, surroundings } = begun;
  const method = (name: Rehearsed, body: (order: Order) => PhaseBody) => (order: Order) =>
    inSavepoint(transaction, async () => {
      const step = PHASE_STEPS[name];
      if (name === "pre_write_backup") {
        const registered = await asRole(transaction, "cutter_exec", () => writeRun(transaction, work));
        if (registered !== null) return registered;
      }
      const whole = { step, attempt: order.attempt ?? 1, body: body(order) };
      const done = await asRole(transaction, `cutter_${step.role}`, async () => {
        const phase = await phaseWork(transaction, work, whole);
        return phase instanceof Failure ? phase : ((await refuseDeferred(transaction)) ?? phase);
      });
      if (done instanceof Failure) return done;
      // Beside what the phase recorded: on what database all of this was rehearsed.
      const around = name === "pre_write_backup" ? factsOfSurroundings(surroundings) : {};
      return { method: name, outcome: done.outcome, facts: { ...done.facts, ...around } } satisfies PhaseResult;
    });
  return {
    pre_write_backup: method("pre_write_backup", () => (inside) => recordBackup(inside, work.runId, STUB_BACKUP)),
    cut_leg_a: method("cut_leg_a", () => (inside) => cutLegA(inside, work)),
    leg_b_record: method("leg_b_record", () => (inside) => recordLegB(inside, work)),
    write_verify: method(
      "write_verify",
      ({ attempt = 1 }) =>
        (inside) =>
          verifyWritten(inside, work, attempt),
    ),
    lifecycle_enact: method("lifecycle_enact", () => (inside) => enactUnits(inside, work)),
    compensate: (order) =>
      inSavepoint(transaction, async () => {
        if (compensate !== null) return compensate(transaction, order);
        return new Failure("PHASE_REFUSED", "this session cannot become the role that takes a run back");
      }),
  };
}

/** Rights are those of the role while `work` runs; a failure leaves that to the savepoint. */
async function asRole<T>(
  transaction: StatementRunner,
  role: "cutter_exec" | "cutter_verify",
  work: () => Promise<T | Failure>,
): Promise<T | Failure> {
  const taken = await transaction.query(`SET LOCAL ROLE ${role}`);
  if (taken instanceof Failure) return taken;
  const done = await work();
  if (done instanceof Failure) return done;
  const back = await transaction.query("SET LOCAL ROLE NONE");
  return back instanceof Failure ? back : done;
}
