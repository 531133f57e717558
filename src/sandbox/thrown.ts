/**
 * thrown: what was thrown on the way of a sandbox, as a Failure: a bug ends its step, gate or scenario, and no more.
 *
 * A bug crashes elsewhere. Here a server runs and secrets lie on disk: the report, the evidence and the teardown come
 * in any case, and the failure says where it was thrown. Called by the sequence, the ledger of gates, the scenarios and
 * the teardown.
 */
import { boundedText } from "../kernel/evidence/bounded-text.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";

/** What the work answers, or SANDBOX_NOT_PROVEN with what it threw. */
export async function caught<T>(what: string, work: () => T | Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (error) {
    return thrownFailure(what, error);
  }
}

function thrownFailure(what: string, error: unknown): Failure {
  const message = `${what} broke off: ${thrownWords(error)}`;
  const stack = boundedText(error instanceof Error ? (error.stack ?? "") : "", limits.sandboxLogCharacters);
  return new Failure("SANDBOX_NOT_PROVEN", message, {
    hint: "A mistake in cutter itself: please send the evidence of this run. Secrets are taken out of it.",
    facts: { thrown: stack.split("\n").map((frame) => frame.trim()) },
    cause: error,
  });
}

/** `TypeError: x is not a function`, in one line. */
export function thrownWords(error: unknown): string {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return boundedText(words.replaceAll(/\s+/g, " "), limits.evidenceLineCharacters);
}
