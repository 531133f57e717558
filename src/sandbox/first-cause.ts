/**
 * first-cause: of all that went wrong in a sandbox, what is told: what was wrong first.
 *
 * A scenario that failed stops nothing, so that a gate behind it is what ended the sequence, and is red for the same
 * reason or for none of its own: the scenario is told, and the gate beside it. A step that failed tells itself. But
 * that production was touched, or not shown not to be, comes before all. Pure. Called by run.ts.
 */
import { Failure, joinFailure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";

type Red = { readonly scenarios: readonly Judged[]; readonly gates: readonly Judged[] };

/** null where nothing ended the sequence: what is red else is told by its verdict. */
export function firstCause(ended: Failure | null, { scenarios, gates }: Red): Failure | null {
  if (ended?.facts.gate === undefined) return ended;
  const touched = gates.find(({ id, verdict }) => id === "G-17" && verdict === "FAIL");
  const first = touched ?? scenarios.find(({ verdict }) => verdict !== "PASS" && verdict !== "NOT RUN");
  return first === undefined || first.id === ended.facts.gate ? ended : joinFailure(refusal(first), ended);
}

/** In the words of what was seen; of what broke off, in its own. */
export function refusal({ id, claim, verdict, summary, mismatches }: Judged): Failure {
  const seen = mismatches.map(({ what, expected, seen: found }) => `${what}: expected ${expected}, seen ${found}`);
  const why = seen.length === 0 ? summary : seen.join("; ");
  return new Failure("SANDBOX_NOT_PROVEN", `${id} is ${verdict} (${claim}): ${why}`, { facts: { what: id } });
}
