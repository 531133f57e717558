/**
 * altered: the one answer to what is not as it was written: a file that was changed, is missing, or lies there beside.
 *
 * Called by whoever looks at what runs left behind.
 */
import { Failure } from "../kernel/failure.ts";

/** `what` and `name` are as in the verification of an evidence folder. */
export function altered(what: "missing" | "changed" | "extra", name: string, sentence: string): Failure {
  return new Failure("EVIDENCE_ALTERED", `${name} ${sentence}`, { facts: { what, name } });
}
