/**
 * interrupts: what a signal handler of a PostgreSQL backend does, done from another thread.
 *
 * A backend in WebAssembly gets no signals and answers nobody while it works; but it looks at these flags wherever a
 * server would (CHECK_FOR_INTERRUPTS). So a statement can be cancelled and a backend ended without a word between the
 * threads. Used by the stream (embedded.ts) and the worker. Source: PostgreSQL, src/backend/tcop/postgres.c, die() and
 * StatementCancelHandler().
 */

/** The engine's memory, and the addresses of PostgreSQL's variables in it, named as there. */
export type Interrupts = {
  readonly memory: SharedArrayBuffer;
  readonly interruptPending: number;
  readonly queryCancelPending: number;
  readonly procDiePending: number;
  /** Address of a pointer. What it points at starts with the flag `is_set`. */
  readonly myLatch: number;
};

/** As SIGINT: the statement that runs ends with SQLSTATE 57014. */
export function cancelStatement(interrupts: Interrupts): void {
  raise(interrupts, interrupts.queryCancelPending);
}

/** As SIGTERM: the backend ends where it next looks, whatever handlers the SQL has. */
export function endBackend(interrupts: Interrupts): void {
  raise(interrupts, interrupts.procDiePending);
}

/** Forgets a cancel that came too late for the statement it was meant for. */
export function forgetCancel({ memory, queryCancelPending }: Interrupts): void {
  Atomics.store(new Int32Array(memory), index(queryCancelPending), 0);
}

function raise({ memory, interruptPending, myLatch }: Interrupts, flag: number): void {
  const words = new Int32Array(memory);
  Atomics.store(words, index(flag), 1);
  Atomics.store(words, index(interruptPending), 1);
  // Wakes a backend that waits (pg_sleep), as the handler's SetLatch does.
  const latch = index(Atomics.load(words, index(myLatch)));
  if (latch > 0 && latch < words.length && Number.isInteger(latch)) Atomics.store(words, latch, 1);
}

function index(address: number): number {
  return address / Int32Array.BYTES_PER_ELEMENT;
}
