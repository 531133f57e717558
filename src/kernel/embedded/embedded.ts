/**
 * embedded: the stream to the PostgreSQL that this program carries, as if a socket led to a server.
 *
 * Each opening starts a fresh copy of the reference database in a thread of its own, and the copy ends with the stream.
 * Only one may be open: a second one would be another database, in which a witness sees nothing of the first. Loads
 * nothing of the engine before it is asked. The user is the superuser; nothing of the startup packet is applied; no
 * timeout of the server's fires, so the session's wall clock cancels or destroys; COPY FROM STDIN, COPY … PROGRAM and
 * a full stack end the instance; pg_terminate_backend reaches nobody. Called by kernel/session only.
 */
import { Duplex } from "node:stream";
import { sleep } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { AnswerJudge, type Batch, BatchReader, type Requests } from "./batches.ts";
import { engineMissing } from "./carried.ts";
import { cancelStatement, endBackend, type Interrupts } from "./interrupts.ts";
import type { WorkerReport } from "./worker.ts";

/** One thread, from its start until it has really ended, which may be later than it was told to. */
type EngineThread = { readonly worker: Worker; readonly ended: Promise<void>; state: "in use" | "ending" };

let engine: EngineThread | null = null;

export async function openEmbeddedStream(): Promise<EmbeddedStream | Failure> {
  const missing = engineMissing();
  if (missing !== null) return missing;
  if (engine?.state === "ending") await Promise.race([engine.ended, sleep(limits.closeTimeoutMs)]);
  if (engine !== null) {
    return new Failure("EMBEDDED_FAILED", "the embedded database is open already, and it has one session", {
      hint: "Close the first session; where its statement cannot be ended, run the command again.",
    });
  }
  const thread = startThread();
  const ready = await firstReport(thread.worker);
  if (ready.kind === "ready") return new EmbeddedStream(thread, ready.interrupts);
  endThread(thread);
  return ready.kind === "failed" ? startFailure(ready.reason) : startFailure("the engine answered before it was ready");
}

class EmbeddedStream extends Duplex {
  readonly #thread: EngineThread;
  readonly #interrupts: Interrupts;
  readonly #reader = new BatchReader();
  readonly #judge = new AnswerJudge();
  /** What the engine has not answered yet. */
  readonly #asked: Batch[] = [];

  constructor(thread: EngineThread, interrupts: Interrupts) {
    super({ allowHalfOpen: false });
    this.#thread = thread;
    this.#interrupts = interrupts;
    thread.worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => this.#hear(data);
    thread.worker.onerror = ({ message }) => this.#die(message);
    void thread.ended.then(() => this.#die("its thread ended"));
  }

  /** What a CancelRequest is to a server: the statement that runs, if any, ends with SQLSTATE 57014. */
  cancel(): void {
    if (this.#asked.length > 0 && !this.destroyed) cancelStatement(this.#interrupts);
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

  /** Done when the thread has ended, or cannot be waited for any longer. */
  override _destroy(error: Error | null, destroyed: (error?: Error | null) => void): void {
    // A statement that runs would not notice the end of its thread (see shared-memory.ts); it does notice this.
    if (this.#asked.length > 0) endBackend(this.#interrupts);
    endThread(this.#thread);
    void Promise.race([this.#thread.ended, sleep(limits.closeTimeoutMs)]).then(() => destroyed(error));
  }

  #ask({ batches, terminate }: Requests): void {
    for (const batch of batches) {
      this.#asked.push(batch);
      this.#thread.worker.postMessage(batch.bytes);
    }
    if (terminate === "yes") this.end();
  }

  #hear(report: WorkerReport): void {
    if (this.destroyed) return;
    if (report.kind === "failed") this.#die(report.reason);
    if (report.kind === "answer") this.#pass(report.bytes);
  }

  #pass(bytes: Uint8Array): void {
    const batch = this.#asked.shift();
    if (batch === undefined) throw new Error("the engine answered what nobody had asked");
    const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const dead = this.#judge.whyDead(batch, answer);
    if (dead === null) this.push(answer);
    else this.#die(dead);
  }

  #die(reason: string): void {
    if (this.destroyed) return;
    const failure = new Failure("EMBEDDED_FAILED", `the embedded database is no longer usable: ${reason}`);
    this.destroy(new Error(failure.message, { cause: failure }));
  }
}

/** No environment goes in: it may hold passwords, and the engine needs nothing of it. */
function startThread(): EngineThread {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "embedded database", env: {} });
  const ended = new Promise<void>((resolve) => worker.addEventListener("close", () => resolve()));
  const thread: EngineThread = { worker, ended, state: "in use" };
  engine = thread;
  void ended.then(() => {
    engine = null;
  });
  return thread;
}

function endThread(thread: EngineThread): void {
  thread.state = "ending";
  thread.worker.terminate();
}

function firstReport(worker: Worker): Promise<WorkerReport> {
  return new Promise((resolve) => {
    const fail = (reason: string): void => resolve({ kind: "failed", reason });
    const late = setTimeout(() => fail("it does not start in time"), limits.embeddedStartTimeoutMs);
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => {
      clearTimeout(late);
      resolve(data);
    };
    worker.onerror = ({ message }) => {
      clearTimeout(late);
      fail(message);
    };
  });
}

function startFailure(reason: string): Failure {
  return new Failure("EMBEDDED_FAILED", `the embedded database does not start: ${reason}`, {
    hint: "Run the command again. From source, first run: bun scripts/snapshot.ts",
  });
}
