/**
 * store/take-run: a process takes a run: the fence rises, and every former owner's writes are refused from then on.
 *
 * Never without the run's lock. Called by run-lock.ts through the store.
 */
import { hostname } from "node:os";
import type { Failure } from "../../kernel/failure.ts";
import { changeRun } from "./change.ts";
import type { Connection } from "./connection.ts";
import type { RunRecord } from "./run-record.ts";

export function takeRun(connection: Connection, runId: string): RunRecord | Failure {
  return changeRun(connection, runId, (run) => {
    const fence = run.fence + 1;
    return { next: { fence }, kind: "lock-acquired", data: { fence, pid: process.pid, host: hostname() } };
  });
}
