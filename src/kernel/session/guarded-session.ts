/**
 * guarded-session: a logged-in backend as the Session that everybody above sees.
 *
 * One statement at a time, each under a wall clock of ours: on expiry it is cancelled, and where that does not help
 * the session is ended. Lost once, lost for good: everything pending and everything later is answered, nothing is sent
 * again and nothing is reopened. Never throws for what a server or a network does. Made by open.ts.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Channel } from "./channel.ts";
import { describeServerError, type ServerError, serverFacts, statementFailure } from "./database-error.ts";
import { type Driver, loadDriver } from "./driver.ts";
import { forgetSession, rememberSession } from "./registry.ts";
import type { Cell, LoginFacts, Notice, QueryOptions, Reply, Row, Session, TransactionStatus } from "./session.ts";
import {
  copyHint,
  disagreement,
  type Statement,
  wallClockExceeded,
  wallClockLoss,
  whyUnsendable,
} from "./statement.ts";
import { type Course, Wire } from "./wire.ts";

export type SessionParts = {
  readonly label: string;
  readonly login: LoginFacts;
  readonly channel: Channel;
  /** Asks the backend to cancel what it runs; settles when the request has been taken. */
  readonly requestCancel: () => Promise<Failure | null>;
  readonly loginNotices: readonly Notice[];
  readonly wallClockMs: number | undefined;
};

type Running = {
  readonly course: Course;
  readonly answer: PromiseWithResolvers<Reply | Failure>;
  timer: ReturnType<typeof setTimeout>;
  /** Set when the wall clock struck: settles when the request to cancel has. */
  struck: Promise<Failure | null> | null;
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;
const DEFAULT_WALL_CLOCK_MS = limits.statementTimeoutMs + limits.wallClockGraceMs;

export class GuardedSession implements Session {
  readonly label: string;
  readonly login: LoginFacts;
  readonly #channel: Channel;
  readonly #requestCancel: () => Promise<Failure | null>;
  readonly #wire: Wire;
  readonly #wallClockMs: number;
  #driver: Driver | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #running: Running | null = null;
  #cancelling: Promise<Failure | null> | null = null;
  #closing: Promise<void> | null = null;
  #loss: Failure | null = null;

  constructor(parts: SessionParts) {
    this.label = parts.label;
    this.login = parts.login;
    this.#channel = parts.channel;
    this.#requestCancel = parts.requestCancel;
    this.#wallClockMs = parts.wallClockMs ?? DEFAULT_WALL_CLOCK_MS;
    this.#wire = new Wire(parts.channel, {
      failed: (failure) => this.#lose(failure),
      lastWords: (error) => this.#lose(this.#ended(error)),
    });
    for (const notice of parts.loginNotices) this.#wire.keepNotice(notice);
    rememberSession(this);
    void this.#channel.closed.then(() => forgetSession(this));
    this.#channel.handOver({
      receive: (messages) => this.#wire.receive(messages),
      ended: (reason) => this.#mark(reason),
    });
  }

  query(text: string, parameters: readonly Cell[] = [], options: QueryOptions = {}): Promise<Reply | Failure> {
    const wallClockMs = Math.min(options.wallClockMs ?? this.#wallClockMs, LONGEST_TIMER_MS);
    const turn = this.#turn.then(() => this.#run({ text, parameters, wallClockMs }));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  status(): TransactionStatus {
    return this.#wire.status;
  }

  lost(): Failure | null {
    return this.#loss;
  }

  async cancel(): Promise<Failure | null> {
    if (this.#running === null || this.#loss !== null) return null;
    this.#cancelling ??= this.#requestCancel().finally(() => {
      this.#cancelling = null;
    });
    return this.#cancelling;
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  destroy(): void {
    this.#lose(new Failure("SESSION_LOST", `the session ${this.label} was dropped by cutter itself`));
  }

  async #run({ text, parameters, wallClockMs }: Statement): Promise<Reply | Failure> {
    // A request to cancel that is still on its way must not hit this statement.
    await this.#cancelling;
    const unsendable = this.#loss ?? whyUnsendable(text, parameters);
    if (unsendable !== null) return unsendable;
    const driver = this.#driver ?? (await loadDriver(this.#wire));
    this.#driver = driver;
    if (this.#loss !== null) return this.#loss;
    const running: Running = {
      course: this.#wire.begin(),
      answer: Promise.withResolvers(),
      timer: setTimeout(() => this.#strike(running), wallClockMs),
      struck: null,
    };
    this.#running = running;
    driver(text, parameters).then(
      (rows) => this.#settle(running, rows),
      (error: Error) => this.#settle(running, error),
    );
    const outcome = await running.answer.promise;
    clearTimeout(running.timer);
    const struck = await running.struck;
    this.#running = null;
    const notices = this.#wire.takeNotices();
    const answered = outcome instanceof Failure ? outcome : { ...outcome, notices };
    return running.struck === null ? answered : wallClockExceeded({ wallClockMs, outcome: answered, struck });
  }

  /** The driver is done. What the server said counts; the driver's own view only where it disagrees. */
  #settle({ course, answer }: Running, result: readonly Row[] | Error): void {
    if (course.state === "done" && course.error !== null) {
      answer.resolve(statementFailure(course.error, copyHint(course)));
    } else if (course.state === "done" && !(result instanceof Error)) {
      answer.resolve({ rows: result, tag: course.tag, notices: [] });
    } else {
      const disagreed = disagreement(result);
      answer.resolve(disagreed);
      this.#lose(disagreed);
    }
  }

  /** The wall clock: asks the server to cancel, and ends the session where that does not end the statement. */
  #strike(running: Running): void {
    const end = (): void => this.#lose(wallClockLoss(this.label));
    running.struck = this.cancel();
    running.timer = setTimeout(end, limits.wallClockGraceMs);
  }

  async #shut(): Promise<void> {
    const reason = new Failure("SESSION_LOST", `the session ${this.label} was closed`);
    if (this.#running !== null) void this.cancel();
    this.#channel.finish(reason);
    const late = setTimeout(() => this.#channel.abandon(reason), limits.closeTimeoutMs);
    await this.#channel.closed;
    clearTimeout(late);
  }

  #lose(loss: Failure): void {
    this.#mark(loss);
    this.#channel.abandon(loss);
  }

  /** Remembers the loss and answers what is pending; the channel has ended already, or is about to. */
  #mark(loss: Failure): void {
    if (this.#loss !== null) return;
    this.#loss = loss;
    // A statement whose ReadyForQuery was seen has its answer, and the driver is about to give it.
    if (this.#running?.course.state === "running") this.#running.answer.resolve(loss);
  }

  #ended(error: ServerError): Failure {
    const { address } = this.login;
    return new Failure("SESSION_LOST", `${address} ended the session: ${describeServerError(error)}`, {
      facts: { address, transaction_status: this.#wire.status, ...serverFacts(error) },
    });
  }
}
