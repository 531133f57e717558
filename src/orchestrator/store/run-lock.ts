/**
 * store/run-lock: one process advances a run; the kernel gives the lock back when that process dies, however it dies.
 *
 * A file per run, empty for ever, on which SQLite holds its exclusive fcntl lock: nothing is written, so nothing can be
 * stale, and no process number is compared. The lock keeps others waiting; what keeps a former owner from writing is
 * the fence, which rises here. Never open a file of locks/ in the process that holds one: that drops the lock.
 */
import type { Database } from "bun:sqlite";
import { crashPoint } from "../../kernel/crash-point.ts";
import { isRunId } from "../../kernel/evidence/run-id.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openLockFile } from "./lock-file.ts";
import { lockHolder } from "./lock-holder.ts";
import { sqliteFailure } from "./sqlite-failure.ts";
import type { Store } from "./store.ts";

export type RunLock = {
  readonly runId: string;
  /** Goes with every write. */
  readonly fence: number;
  /** Gives the run to whoever comes next; a second call does nothing. */
  readonly release: () => void;
};

/** Against the collector: a connection that nobody refers to is closed, and its lock is gone. */
const held = new Set<Database>();

/**
 * The lock of a run that the store has, with the run's new fence. STOP_LOCKED with `facts.pid`, null where it cannot be
 * told; RUN_UNKNOWN; FILE_NOT_PRIVATE; FILE_WRITE_FAILED.
 */
export async function acquireRunLock(store: Store, runId: string): Promise<RunLock | Failure> {
  if (!isRunId(runId)) throw new Error(`not a run id: ${runId}`);
  const known = store.run(runId);
  if (known instanceof Failure) return known;
  if (known === null) return new Failure("RUN_UNKNOWN", `the run store has no run ${runId}`);
  const path = openLockFile(store.directory, runId);
  if (path instanceof Failure) return path;
  const lock = await lockFile(path, runId);
  if (lock instanceof Failure) return lock;
  crashPoint("run-lock-taken");
  const release = () => {
    if (held.delete(lock)) lock.close(true);
  };
  const run = store.takeRun(runId);
  if (run instanceof Failure) {
    release();
    return run;
  }
  return { runId, fence: run.fence, release };
}

async function lockFile(path: string, runId: string): Promise<Database | Failure> {
  const sqlite = await import("bun:sqlite");
  let database: Database | null = null;
  try {
    database = new sqlite.Database(path, { readwrite: true, create: false });
    database.run(`PRAGMA busy_timeout = ${limits.runLockWaitMs}`);
    // The journal would be a file beside it. (OFF is ignored: SQLite answers with the mode that it had.)
    database.run("PRAGMA journal_mode = MEMORY");
    // Not locking_mode = EXCLUSIVE: each of two that wait would keep what the other waits for, and neither get it.
    database.run("BEGIN EXCLUSIVE");
    held.add(database);
    return database;
  } catch (error) {
    const failure = sqliteFailure(path, error);
    database?.close(true);
    return failure.code === "STORE_BUSY" ? lockedBy(path, runId, failure) : failure;
  }
}

function lockedBy(path: string, runId: string, cause: Failure): Failure {
  const holder = lockHolder(path);
  const who = holder === null ? "another process" : `process ${holder.pid}`;
  const stopped = holder?.is === "stopped" ? ", which is stopped (SIGSTOP) and keeps it until it goes on or ends" : "";
  return new Failure("STOP_LOCKED", `run ${runId} is held by ${who}${stopped}`, {
    facts: { run_id: runId, pid: holder?.pid ?? null, holder: holder?.is ?? "unknown" },
    cause,
  });
}
