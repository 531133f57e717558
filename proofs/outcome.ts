/**
 * outcome: the results of a battery → the one failure that says why it is not proven, or null where it is.
 *
 * It gives the exit code, the error line and the field `failure` of the document. The first proof that did not pass
 * decides, but a leak goes before everything. What it means for the data is said by PROOF-6, never assumed. Pure.
 */
import { Failure } from "../src/kernel/failure.ts";
import { FAILURES, type FailureCode } from "../src/kernel/failure-table.ts";
import { type FailureDocument, failureDocument, type ProofResult } from "../src/report/battery.ts";

export type Outcome = { readonly failure: FailureDocument | null; readonly exit: number };

/** `attempts`: how often the write was tried. */
export function outcomeOf(proofs: readonly ProofResult[], attempts: number): Outcome {
  const look = proofs.find((proof) => proof.id === "PROOF-6");
  const leaked = look?.verdict === "FAIL" && look.mismatches.length > 0 ? look : undefined;
  const deciding = leaked ?? proofs.find((proof) => proof.verdict !== "PASS");
  if (deciding === undefined && proofs.length > 0) return { failure: null, exit: 0 };
  const reason = deciding?.failure ?? failureDocument(notProven(deciding));
  const data = attempts === 0 ? whenNotTried(reason) : (whenNotSeen(look) ?? reason.data);
  return { failure: { ...reason, data }, exit: FAILURES[reason.code as FailureCode].exit };
}

function notProven(proof: ProofResult | undefined): Failure {
  if (proof === undefined) return new Failure("NOT_PROVEN", "no proof ran");
  const [first, ...more] = proof.mismatches;
  const what = first === undefined ? proof.summary : `${first.what}: expected ${first.expected}, seen ${first.seen}`;
  const others = more.length === 0 ? "" : `, and ${more.length} more`;
  return new Failure("NOT_PROVEN", `${proof.id}, ${proof.claim}: ${what}${others}`);
}

function whenNotTried(reason: FailureDocument): string {
  return reason.code === "NOT_PROVEN" ? "The write was not tried; nothing was written." : reason.data;
}

const PERHAPS_ITS_OWN =
  "The proof was rolled back, but rows moved meanwhile, and they may be its own: it may reach outside the transaction.";

/** Null where the witness saw that nothing stayed. */
function whenNotSeen(look: ProofResult | undefined): string | null {
  if (look?.verdict === "PASS") return null;
  if (look?.verdict === "INCONCLUSIVE" && look.facts.not_taken_again !== undefined) return PERHAPS_ITS_OWN;
  if (look?.verdict === "INCONCLUSIVE")
    return "The proof was rolled back and no row of it was found; others were writing.";
  if (look?.verdict === "FAIL" && look.mismatches.length > 0) return "Something may have stayed: PROOF-6 says what.";
  return "No COMMIT was sent, so the server rolls back; the witness could not look whether it did.";
}
