/**
 * stream: one session's stream to an engine, as if a socket led to a server.
 *
 * Every answer is counted against what was asked (batches.ts): an engine that crashed "answers" too, and is dead then.
 * What becomes of the engine when the stream ends is its opener's: `over` ends it, or makes it ready for the next.
 * Opened by embedded.ts and lasting.ts; used by kernel/session only.
 */
import { Duplex } from "node:stream";
import { Failure } from "../failure.ts";
import { AnswerJudge, type Batch, BatchReader, type Requests } from "./batches.ts";
import { cancelStatement } from "./interrupts.ts";
import type { EngineThread } from "./thread.ts";

/** How the stream ended: in peace, or with an engine that is not usable, and why. */
export type Over = (dead: string | null) => Promise<void>;

export class EmbeddedStream extends Duplex {
  readonly #thread: EngineThread;
  readonly #over: Over;
  readonly #reader = new BatchReader();
  readonly #judge = new AnswerJudge();
  #dead: string | null = null;

  constructor(thread: EngineThread, over: Over) {
    super({ allowHalfOpen: false });
    this.#thread = thread;
    this.#over = over;
    thread.onDeath = (reason) => this.#die(reason);
  }

  /** What a CancelRequest is to a server: the statement that runs, if any, ends with SQLSTATE 57014. */
  cancel(): void {
    if (this.#thread.isBusy && !this.destroyed) cancelStatement(this.#thread.interrupts);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    const taken = this.#reader.push(chunk);
    if (taken instanceof Failure) this.#die(taken.message);
    else this.#ask(taken);
    written();
  }

  override _final(finished: () => void): void {
    this.push(null);
    finished();
  }

  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    void this.#over(this.#dead).then(() => destroyed(error));
  }

  #ask({ batches, terminate }: Requests): void {
    for (const batch of batches) void this.#thread.ask(batch.bytes).then((answer) => this.#pass(batch, answer));
    if (terminate === "yes") this.end();
  }

  #pass(batch: Batch, answer: Buffer): void {
    if (this.destroyed) return;
    const dead = this.#judge.whyDead(batch, answer);
    if (dead === null) this.push(answer);
    else this.#die(dead);
  }

  #die(reason: string): void {
    if (this.destroyed) return;
    this.#dead = reason;
    const failure = unusable(reason);
    this.destroy(new Error(failure.message, { cause: failure }));
  }
}

export function unusable(reason: string): Failure {
  return new Failure("EMBEDDED_FAILED", `the embedded database is no longer usable: ${reason}`);
}
