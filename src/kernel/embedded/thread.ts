/**
 * thread: the thread in which one engine lives: begun, asked batch by batch in order, and ended.
 *
 * An engine that failed answers nothing more, and says once why. Ending it is not the same as its having ended: a
 * statement that runs does not notice (see shared-memory.ts), so it is interrupted too. Knows nothing of sessions.
 * Called by embedded.ts, lasting.ts and the stream.
 */
import { sleep } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { endBackend, type Interrupts } from "./interrupts.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

type Answered = (bytes: Buffer) => void;

export class EngineThread {
  readonly interrupts: Interrupts;
  /** Done when it has really ended, which may be later than it was told to. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting: Answered[] = [];
  #dead: string | null = null;
  #told: (reason: string) => void = () => {};

  constructor({ worker, ended }: Begun, interrupts: Interrupts) {
    this.#worker = worker;
    this.interrupts = interrupts;
    this.ended = ended;
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => this.#hear(data);
    worker.onerror = ({ message }) => this.#die(message);
    void ended.then(() => this.#die("its thread ended"));
  }

  /** Why it answers nothing more; null while it may. */
  get dead(): string | null {
    return this.#dead;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** Told once, when it answers nothing more; whoever listened before is told nothing. */
  set onDeath(told: (reason: string) => void) {
    this.#told = told;
    if (this.#dead !== null) told(this.#dead);
  }

  /** What the backend answers to this batch, in the order of asking. Never answered once it is dead. */
  ask(batch: Uint8Array): Promise<Buffer> {
    return new Promise((resolve) => {
      if (this.#dead !== null) return;
      this.#waiting.push(resolve);
      this.#worker.postMessage(batch);
    });
  }

  /** Done when it has ended, or cannot be waited for any longer. */
  async end(): Promise<"ended" | "still running"> {
    if (this.isBusy) endBackend(this.interrupts);
    this.#die("it was ended");
    this.#worker.terminate();
    const late = sleep(limits.closeTimeoutMs).then(() => "still running" as const);
    return Promise.race([this.ended.then(() => "ended" as const), late]);
  }

  #hear(report: WorkerReport): void {
    if (this.#dead !== null) return;
    if (report.kind === "failed") this.#die(report.reason);
    if (report.kind !== "answer") return;
    const answered = this.#waiting.shift();
    if (answered === undefined) throw new Error("the engine answered what nobody had asked");
    const { bytes } = report;
    answered(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  #die(reason: string): void {
    if (this.#dead !== null) return;
    this.#dead = reason;
    this.#told(reason);
  }
}

type Begun = { readonly worker: Worker; readonly ended: Promise<void> };

/** `began`: told of its end at once, since a start that fails leaves a thread that has yet to end. */
export async function startThread(
  order: WorkerOrder,
  began: (ended: Promise<void>) => void = () => {},
): Promise<EngineThread | Failure> {
  // No environment goes in: it may hold passwords, and the engine needs nothing of it.
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "embedded database", env: {} });
  const ended = new Promise<void>((resolve) => worker.addEventListener("close", () => resolve()));
  began(ended);
  worker.postMessage(order);
  const ready = await firstReport(worker, START_TIMEOUTS_MS[order]);
  if (ready.kind === "ready") return new EngineThread({ worker, ended }, ready.interrupts);
  worker.terminate();
  return startFailure(ready.kind === "failed" ? ready.reason : "the engine answered before it was ready");
}

const START_TIMEOUTS_MS = { snapshot: limits.embeddedStartTimeoutMs, initdb: limits.embeddedInitdbTimeoutMs };

function firstReport(worker: Worker, timeoutMs: number): Promise<WorkerReport> {
  return new Promise((resolve) => {
    const fail = (reason: string): void => resolve({ kind: "failed", reason });
    const late = setTimeout(() => fail("it does not start in time"), timeoutMs);
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
