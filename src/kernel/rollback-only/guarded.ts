/**
 * guarded: the rollback-only transaction for our own code that drives statements one by one.
 *
 * `rollbackOnly` is the only door through which a proof or rehearsal writes. The work gets a transaction of a type that
 * cannot commit; the server refuses COMMIT (poison.ts); after every statement the walls are looked at, and anything
 * unexpected ends the session. Foreign SQL never comes here: that is sealed.ts. Walls: proofs.md, section 1.
 */
import guardCheck from "../../../sql/guard/check.sql" with { type: "text" };
import guardSettings from "../../../sql/guard/settings.sql" with { type: "text" };
import { stopwatch } from "../clock.ts";
import { Failure, joinFailure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Cell, QueryOptions, Reply, Session } from "../session/session.ts";
import { measureEffects, type Survey, settleEffects, surveySession, takeBaseline } from "./blast-radius.ts";
import type { Effects } from "./effects.ts";
import { FailedRun } from "./failed-run.ts";
import { type Baseline, type Measured, unmeasured } from "./measured.ts";
import { countNet, type NetAnswers, type NetCountOptions, type NetCounts, settleNetCounts } from "./net-counts.ts";
import { DECLARE_POISON } from "./poison.ts";
import { isRolledBack } from "./rolled-back.ts";

/** A transaction that cannot commit: all that the work is given. */
export type RollbackOnlyTransaction = {
  readonly kind: "rollback-only";
  query(text: string, parameters?: readonly Cell[], options?: QueryOptions): Promise<Reply | Failure>;
};

export type GuardedResult<T> = {
  readonly tier: "guarded";
  readonly value: T;
  readonly effects: Effects;
  readonly backendPid: number;
  /** Statements of the work, each followed by a look at the walls. */
  readonly statements: number;
  /** Rows of the watched relations at the end, from inside; null where not asked for, or where it could not be done. */
  readonly netCounts: NetCounts | null;
  /** Milliseconds that the witness looked, every lock held; null where nobody did. */
  readonly lookedMs: number | null;
};

export type GuardedOptions = {
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  /** How long the transaction may stand still, its locks held, before the server ends it. */
  readonly idleTimeoutMs?: number;
  /** Called when all is set up and nothing of the work was sent yet; a Failure ends it there. */
  readonly beforeWork?: () => Promise<Failure | null>;
  /** Watched relations whose rows are counted inside, where they were touched. */
  readonly netCounts?: NetCountOptions;
  /** Called when all is written and nothing rolled back yet: the moment for the witness. */
  readonly beforeRollback?: (xid: string | null) => Promise<Failure | null>;
};

/**
 * Runs `work` in a transaction that is always rolled back, and answers its value with the measured effects.
 * Failures: what the work answered; GUARD_BROKEN; CONSTRAINT_DEFERRED; SESSION_LOST. In every case nothing stays; a
 * failure after which the session is still good is a FailedRun, and tells what was measured.
 */
export async function rollbackOnly<T>(
  session: Session,
  work: (transaction: RollbackOnlyTransaction) => Promise<T | Failure>,
  options: GuardedOptions = {},
): Promise<GuardedResult<T> | Failure> {
  const begun = await begin(session, options);
  if (begun instanceof Failure) return abandon(session, begun);
  const walls = new Walls(session);
  const outcome = await workAndMeasure(session, walls, { work, begun, options });
  const broken = walls.broken;
  if (broken !== null) return abandon(session, broken);
  const ended = await rollback(session);
  if (ended instanceof Failure) return outcome.failure === null ? ended : joinFailure(outcome.failure, ended);
  const effects = await settleEffects(session, { survey: begun.survey, measured: outcome.measured });
  const { failure } = outcome;
  if (effects instanceof Failure) return failure === null ? effects : joinFailure(failure, effects);
  if (failure !== null) return new FailedRun(failure, effects);
  const { value, net } = outcome;
  const counted = settleNetCounts(net, { options: options.netCounts, effects });
  const { backendPid } = session.login;
  const { lookedMs } = outcome.measured;
  return { tier: "guarded", value, ...counted, backendPid, statements: walls.statements, lookedMs };
}

type Begun = { readonly survey: Survey; readonly baseline: Baseline };

async function begin(session: Session, options: GuardedOptions): Promise<Begun | Failure> {
  const settings = await session.query(guardSettings, [
    `${options.lockTimeoutMs ?? limits.lockTimeoutMs}`,
    `${options.statementTimeoutMs ?? limits.statementTimeoutMs}`,
    `${options.idleTimeoutMs ?? limits.idleInTransactionTimeoutMs}`,
    `${limits.transactionTimeoutMs}`,
    `${limits.clientConnectionCheckMs}`,
  ]);
  if (settings instanceof Failure) return settings;
  const survey = await surveySession(session, { inPlace: "left out", watched: options.netCounts?.requests });
  if (survey instanceof Failure) return survey;
  const begun = await session.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  if (begun instanceof Failure) return begun;
  const poisoned = await session.query(DECLARE_POISON);
  if (poisoned instanceof Failure) return poisoned;
  const baseline = await takeBaseline(session);
  return baseline instanceof Failure ? baseline : { survey, baseline };
}

type Work<T> = {
  readonly work: (transaction: RollbackOnlyTransaction) => Promise<T | Failure>;
  readonly begun: Begun;
  readonly options: GuardedOptions;
};

type Outcome<T> =
  | { readonly failure: null; readonly value: T; readonly measured: Measured; readonly net: NetAnswers }
  | { readonly failure: Failure; readonly measured: Measured };

async function workAndMeasure<T>(
  session: Session,
  walls: Walls,
  { work, begun, options }: Work<T>,
): Promise<Outcome<T>> {
  const { baseline } = begun;
  const refused = (await options.beforeWork?.()) ?? null;
  const transaction: RollbackOnlyTransaction = {
    kind: "rollback-only",
    query: (text, parameters, query) => walls.query(text, parameters, query),
  };
  const value = refused ?? (await work(transaction));
  if (value instanceof Failure) return failedOutcome(session, walls, { failure: value, baseline });
  const constraints = walls.broken ?? (await checkDeferredConstraints(session));
  if (constraints instanceof Failure) return failedOutcome(session, walls, { failure: constraints, baseline });
  const measured = await measureEffects(session, baseline);
  if (measured instanceof Failure) return { failure: measured, measured: unmeasured(walls.xid, CUT_OFF) };
  const net = await countWatched(session, { begun, options, measured });
  if (net instanceof Failure) return { failure: net, measured };
  const elapsed = stopwatch();
  const watched = await options.beforeRollback?.(walls.xid);
  const held = heldOn(measured, options.beforeRollback === undefined ? null : elapsed());
  if (watched instanceof Failure) return { failure: watched, measured: held };
  return { failure: null, value, measured: held, net };
}

async function countWatched(
  session: Session,
  ran: { readonly begun: Begun; readonly options: GuardedOptions; readonly measured: Measured },
): Promise<NetAnswers | Failure> {
  const { begun, measured } = ran;
  const { netCounts, statementTimeoutMs: timeoutMs = limits.statementTimeoutMs } = ran.options;
  if (netCounts === undefined) return { net: [], failed: null };
  const { before, after } = measured;
  return countNet(session, { options: netCounts, watched: begun.survey.watched, before, after, timeoutMs });
}

/** Locks are held while the witness looks, too. */
function heldOn(measured: Measured, lookedMs: number | null): Measured {
  const locks = measured.locks.map((lock) => ({
    ...lock,
    heldMs: lock.heldMs === null ? null : lock.heldMs + Math.ceil(lookedMs ?? 0),
  }));
  return { ...measured, locks, lookedMs };
}

const CUT_OFF =
  "a statement failed: what was touched until then is not known, and sequences that moved meanwhile may have been" +
  " moved by others";

/** Measures what was done until then, where the transaction still answers. */
async function failedOutcome(
  session: Session,
  walls: Walls,
  { failure, baseline }: { readonly failure: Failure; readonly baseline: Baseline },
): Promise<{ readonly failure: Failure; readonly measured: Measured }> {
  const open = walls.broken === null && session.lost() === null && session.status() === "T";
  const measured = open ? await measureEffects(session, baseline) : null;
  if (measured === null || measured instanceof Failure) return { failure, measured: unmeasured(walls.xid, CUT_OFF) };
  return { failure, measured };
}

/** In a savepoint, so that a constraint that fails leaves a transaction in which the effects can still be measured. */
async function checkDeferredConstraints(session: Session): Promise<null | Failure> {
  const marked = await session.query("SAVEPOINT cutter_constraints");
  if (marked instanceof Failure) return marked;
  const checked = await session.query("SET CONSTRAINTS ALL IMMEDIATE");
  if (checked instanceof Failure) {
    const back = await session.query("ROLLBACK TO SAVEPOINT cutter_constraints");
    if (back instanceof Failure) return back;
    return new Failure("CONSTRAINT_DEFERRED", `COMMIT would have failed: ${checked.message}`, { facts: checked.facts });
  }
  const released = await session.query("RELEASE SAVEPOINT cutter_constraints");
  return released instanceof Failure ? released : null;
}

async function rollback(session: Session): Promise<null | Failure> {
  const reply = await session.query("ROLLBACK");
  if (reply instanceof Failure) return abandon(session, reply);
  if (isRolledBack(reply, session.status())) return null;
  return abandon(session, broken("the ROLLBACK was not answered as one", { tag: reply.tag, status: session.status() }));
}

/** The session is not to be trusted any more: drop it, and the server rolls back. */
function abandon(session: Session, failure: Failure): Failure {
  session.destroy();
  return failure;
}

function broken(what: string, facts: Failure["facts"]): Failure {
  return new Failure("GUARD_BROKEN", `rollback-only transaction: ${what}`, { facts });
}

/** Looks at the walls after every statement of the work. The first that does not stand is kept. */
class Walls {
  readonly #session: Session;
  xid: string | null = null;
  statements = 0;
  broken: Failure | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  async query(text: string, parameters?: readonly Cell[], options?: QueryOptions): Promise<Reply | Failure> {
    if (this.broken !== null) return this.broken;
    this.statements += 1;
    const reply = await this.#session.query(text, parameters, options);
    const lost = this.#session.lost();
    if (lost !== null) return this.#break(lost);
    const status = this.#session.status();
    if (reply instanceof Failure && status === "E") return reply;
    if (status !== "T") return this.#break(broken("the server left the transaction", { status, statement: text }));
    const looked = await this.#look(text);
    return looked instanceof Failure ? looked : reply;
  }

  async #look(statement: string): Promise<null | Failure> {
    const reply = await this.#session.query(guardCheck);
    if (reply instanceof Failure) return this.#break(reply);
    const row = reply.rows[0];
    const xid = row?.xid ?? null;
    const facts = { statement, pid: row?.pid ?? null, poisoned: row?.poisoned ?? null, xid, xid_before: this.xid };
    if (Number(row?.pid) !== this.#session.login.backendPid)
      return this.#break(broken("another backend answered", facts));
    if (row?.poisoned !== "t") return this.#break(broken("the cursor that makes COMMIT fail is gone", facts));
    if (this.xid !== null && xid !== this.xid) return this.#break(broken("the transaction id changed", facts));
    this.xid = xid;
    return null;
  }

  #break(failure: Failure): Failure {
    this.broken ??= failure;
    return failure;
  }
}
