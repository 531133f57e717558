/**
 * data-sentence: what happened to the data, of a sandbox that did not come to its good end: by what was measured.
 *
 * The table of codes says what the program writes to. Whether production is as it was is a gate's to say, and whether
 * anything is left the teardown's: the sentence never says more than they found. Pure. Called by run.ts.
 */
import { Failure, type FailureCode } from "../kernel/failure.ts";
import { FAILURES } from "../kernel/failure-table.ts";
import type { Judged } from "../report/battery.ts";

export type Ended = {
  readonly gates: readonly Judged[];
  /** How many things were on record; none where it did not get that far. */
  readonly made: number;
  /** What could not be removed. */
  readonly left: readonly string[];
  readonly isKept: boolean;
};

/** Codes of a sandbox that was being made or used, whose own sentence in the table is about any end of one. */
const ANY_END: ReadonlySet<FailureCode> = new Set([
  "SANDBOX_DUMP_BROKEN",
  "SANDBOX_RESTORE_FAILED",
  "SANDBOX_PRIVILEGES_DIFFER",
  "SANDBOX_SERVER_FAILED",
  "SANDBOX_NOT_PROVEN",
  "SANDBOX_PARTIAL",
  "INTERRUPTED",
  "TERMINATED",
  "HUNG_UP",
]);

export function withDataSentence(failure: Failure, ended: Ended): Failure {
  const { code, message, hint, data, facts, cause } = failure;
  // One that says more than the table does was there when it happened.
  const isOwn = data !== FAILURES[code].data && redOf(ended) === undefined;
  if (isOwn || !ANY_END.has(code)) return failure;
  return new Failure(code, message, { hint, facts, cause, data: sentenceOf(ended) });
}

function sentenceOf(ended: Ended): string {
  const { made, left, isKept } = ended;
  if (made === 0 && !isKept) return "No server was started, and no database was touched.";
  const red = redOf(ended);
  const program = "his program wrote to the throwaway database alone";
  const written =
    red === undefined ? `T${program}` : `That production is as it was is not shown, read ${red.id}: but t${program}`;
  if (left.length > 0) return `${written}; what is left of that, cutter sandbox sweep removes.`;
  return isKept ? `${written}, which is kept.` : `${written}, and that is removed.`;
}

function redOf({ gates, left }: Ended): Judged | undefined {
  return gates.find(({ id, verdict }) => isAboutProduction(id, left) && verdict !== "PASS" && verdict !== "NOT RUN");
}

/** The last gate is red for what is left, too. */
function isAboutProduction(id: string, left: readonly string[]): boolean {
  return id === "G-17" || (id === "G-25" && left.length === 0);
}
