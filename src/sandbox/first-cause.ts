/**
 * first-cause: which of several reasons is told first, of a sandbox that did not come to its good end.
 *
 * What happened first led to the others: a scenario that failed, on a full disk for instance, comes before each gate
 * that then finds too little of what it was to leave. The other stands in the facts, and each red gate in the report.
 * Pure. Called by run.ts.
 */
import { Failure, joinFailure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";

/** `stopped`: why the sequence ended before its end; null where it did not. */
export function firstCause(stopped: Failure | null, scenarios: readonly Judged[]): Failure | null {
  const red = scenarios.find(({ verdict }) => verdict !== "PASS" && verdict !== "NOT RUN");
  return stopped === null || red === undefined ? stopped : joinFailure(refusal(red), stopped);
}

export function refusal({ id, claim, verdict, summary }: Judged): Failure {
  return new Failure("SANDBOX_NOT_PROVEN", `${id} is ${verdict} (${claim}): ${summary}`, { facts: { what: id } });
}
