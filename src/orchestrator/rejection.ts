/**
 * rejection: what a signed no means for its run: the words that are recorded, and how a run is known by them.
 *
 * A rejection has the code of an approval that does not hold, and so has a phase whose approval the ledger does not
 * know; but it ends the run, and nobody has to look for a rule. Pure. Called by the conduct of live runs, which records
 * it, and by whoever tells of the run later.
 */
import type { RunRecord } from "./store/run-record.ts";

type Rejected = { readonly authorities: readonly string[]; readonly gate: string; readonly reason: string };

export function rejectionMessage({ authorities, gate, reason }: Rejected): string {
  return `${authorities.join(" and ")} rejected ${gate}: ${reason || "no reason was given"}`;
}

/** A message of a phase begins with its name and a colon. */
const MESSAGE = /^[^:]+ rejected (?:SG1|SG2): /;

export function isRejected({ state, stopCode, stopMessage }: RunRecord): boolean {
  return state === "STOPPED" && stopCode === "STOP_APPROVAL_INVALID" && MESSAGE.test(stopMessage ?? "");
}

/** For a Failure and for a list of what may be done. */
export const REJECTED = {
  data: "The rejection ended the run: what its earlier phases did stands, and it writes nothing more.",
  hint: "Mend what was rejected and begin another run, with cutter cut; this one cannot be approved any more.",
} as const;
