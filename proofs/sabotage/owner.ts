/**
 * owner: sabotages that change the database itself: apply some SQL as its owner, and take it back afterwards.
 *
 * Only ever run on the embedded database or a test's own; where the context has no owner's door, the answer is a
 * Failure and the sabotage did not happen.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { ProofContext } from "../context.ts";
import type { Sabotage, Sabotaged } from "../proof.ts";

/** Runs statements through the owner's door of the context. */
export async function asOwner(context: ProofContext, statements: readonly string[]): Promise<Failure | null> {
  if (context.asOwner === null) return new Failure("USAGE", "a sabotage needs a database of its own");
  return context.asOwner(statements);
}

/** A sabotage that is SQL before the battery and SQL after it. */
export function changesDatabase(
  name: string,
  change: { readonly apply: readonly string[]; readonly undo: readonly string[] },
): Sabotage {
  return {
    name,
    targets: ["iu"],
    async apply(context): Promise<Sabotaged | Failure> {
      const applied = await asOwner(context, change.apply);
      if (applied !== null) return applied;
      return { context, undo: () => asOwner(context, change.undo) };
    },
  };
}
