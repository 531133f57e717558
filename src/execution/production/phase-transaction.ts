/**
 * phase-transaction: one phase in one transaction that commits: exactly once, or not at all, or nobody knows.
 *
 * The only place of the program that sends COMMIT to a database that is not its own. The commit counts by a strict
 * reading of the server's answer; anything else is resolved by asking the server (resolve.ts), never guessed. A phase
 * that fails is rolled back as a whole. Called by the production adapter, behind its gate.
 */
import { crashPoint } from "../../kernel/crash-point.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { isRolledBack } from "../../kernel/rollback-only/rolled-back.ts";
import type { Cell, QueryOptions, Reply, Session } from "../../kernel/session/session.ts";
import { noticesOf } from "../../kernel/session/statement.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { LiveWork } from "../live-work.ts";
import { preparePhaseSession } from "./phase-session.ts";
import { type PhaseWatch, watchPhase } from "./phase-watch.ts";
import {
  type LedgerRole,
  type PhaseBody,
  type PhaseDone,
  type PhaseStep,
  payloadDigest,
  phaseWork,
} from "./phase-work.ts";
import { resolveAttempt } from "./resolve.ts";

export type PhaseParts = {
  /** A new session of a role of the ledger; never more than two of one role are open. */
  readonly connect: (role: LedgerRole) => Promise<Session | Failure>;
  /** Asked while the phase runs, and again just before COMMIT: null where execution is still on. */
  readonly refusal: () => Failure | null;
  /** Told what the answer to a COMMIT was, where it is the ledger alone that says that it was carried out. */
  readonly remark: (text: string) => Promise<void>;
};

type Order = {
  readonly work: LiveWork;
  readonly step: PhaseStep;
  readonly attempt: number;
  readonly body: PhaseBody;
};

/** Failures: what refused it or failed, rolled back; STOP_OUTCOME_UNKNOWN. */
export async function phaseTransaction(order: Order, parts: PhaseParts): Promise<PhaseDone | Failure> {
  const { work, step } = order;
  const opened = await parts.connect(step.role);
  if (opened instanceof Failure) return opened;
  const { target, cutplan } = work;
  const session = await preparePhaseSession(opened, { target, documentId: cutplan.documentId });
  if (session instanceof Failure) return session;
  try {
    return await transact(session, order, parts);
  } finally {
    await session.close();
  }
}

async function transact(session: Session, order: Order, parts: PhaseParts): Promise<PhaseDone | Failure> {
  const { work, step, attempt, body } = order;
  const isolation = step.role === "verify" ? "REPEATABLE READ" : "READ COMMITTED";
  const begun = await session.query(`BEGIN ISOLATION LEVEL ${isolation} READ WRITE`);
  if (begun instanceof Failure) return begun;
  crashPoint("phase-transaction-begun");
  const watch = watchPhase(session, parts.refusal);
  const transaction = new CommittingTransaction(session, watch);
  const done = await phaseWork(transaction, work, { step, attempt, body }).finally(watch.stop);
  if (done instanceof Failure) return rollBack(session, watch.refused() ?? session.lost() ?? done);
  const refused = watch.refused() ?? transaction.broken ?? refuseBackend(session, done) ?? parts.refusal();
  if (refused !== null) return rollBack(session, refused);
  crashPoint("phase-before-commit");
  const reply = await session.query("COMMIT", [], { wallClockMs: limits.commitTimeoutMs });
  crashPoint("phase-committed");
  if (isCommitted(reply, session)) return done;
  session.destroy();
  const cause = reply instanceof Failure ? reply : unexpectedCommit(reply, session);
  return resolved(order, parts, { done, cause });
}

/** What the server answered to the insert of the phase's row is from the backend that we logged in to. */
function refuseBackend(session: Session, { backendPid, xid }: PhaseDone): Failure | null {
  if (backendPid === session.login.backendPid && xid !== "" && session.status() === "T") return null;
  return new Failure("GUARD_BROKEN", "the row of the phase was not written by the session that began it", {
    facts: { backend_pid: backendPid, login_pid: session.login.backendPid, xid, status: session.status() },
    data: "The transaction was not committed.",
  });
}

/** COMMIT of a failed transaction answers ROLLBACK; a commit that others have not confirmed answers with a warning. */
export function isCommitted(reply: Reply | Failure, session: Pick<Session, "status" | "lost">): boolean {
  if (reply instanceof Failure || session.lost() !== null) return false;
  return reply.tag === "COMMIT" && reply.notices.length === 0 && session.status() === "I";
}

/** With what the server remarked on it: that a standby has not confirmed, for one. */
export function unexpectedCommit(reply: Reply, session: Pick<Session, "status">): Failure {
  const { tag } = reply;
  const said = noticesOf(reply);
  const remarked = said.length === 0 ? "" : ` and a warning: ${said.join("; ")}`;
  return new Failure("GUARD_BROKEN", `COMMIT was answered by ${tag}${remarked}`, {
    facts: { tag, notices: said, status: session.status() },
  });
}

type Lost = { readonly done: PhaseDone; readonly cause: Failure };

async function resolved(order: Order, parts: PhaseParts, { done, cause }: Lost): Promise<PhaseDone | Failure> {
  const { work, step, attempt } = order;
  const asked = { runId: work.runId, phase: step.phase, attempt, target: work.target };
  const ending = await resolveAttempt(asked, () => parts.connect(step.role));
  if (ending instanceof Failure) return joinFailure(ending, cause);
  if (ending.outcome !== "void") {
    if (ending.payloadSha256 !== payloadDigest(done.facts)) return foreign(asked);
    const answer = `the answer to its COMMIT was ${cause.code}: ${cause.message}`;
    await parts.remark(`${step.phase} is committed, as the ledger says; ${answer}`);
    return done;
  }
  const message = `${step.phase}: COMMIT was not carried out: ${cause.message}`;
  return new Failure(cause.code, message, { facts: { ...cause.facts, resolved: "void" }, cause, data: NEVER });
}

function foreign({ phase, attempt }: { readonly phase: string; readonly attempt: number }): Failure {
  return new Failure("STOP_OUTCOME_UNKNOWN", `attempt ${attempt} of ${phase} was committed by another process`);
}

const NEVER = "The transaction was rolled back, and a tombstone in the ledger keeps it from ever being committed.";

async function rollBack(session: Session, failure: Failure): Promise<Failure> {
  if (session.lost() !== null) return failure;
  const reply = await session.query("ROLLBACK");
  if (!(reply instanceof Failure) && isRolledBack(reply, session.status())) return failure;
  session.destroy();
  return reply instanceof Failure ? joinFailure(failure, reply) : failure;
}

/** All that a body is given: statements of one transaction, each looked at; the first thing that is wrong is kept. */
class CommittingTransaction implements StatementRunner {
  readonly #session: Session;
  readonly #watch: PhaseWatch;
  broken: Failure | null = null;

  constructor(session: Session, watch: PhaseWatch) {
    this.#session = session;
    this.#watch = watch;
  }

  async query(text: string, parameters?: readonly Cell[], options?: QueryOptions): Promise<Reply | Failure> {
    this.broken ??= this.#watch.refused();
    if (this.broken !== null) return this.broken;
    const reply = await this.#session.query(text, parameters, options);
    const lost = this.#session.lost();
    if (lost !== null) this.broken = lost;
    else if (reply instanceof Failure) this.broken = reply;
    else if (this.#session.status() !== "T") {
      this.broken = new Failure("GUARD_BROKEN", "the server left the transaction of the phase", {
        facts: { status: this.#session.status() },
        data: "What was committed is not known before the ledger is asked: cutter resume does.",
      });
    }
    return this.broken ?? reply;
  }
}
