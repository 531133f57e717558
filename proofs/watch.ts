/**
 * watch: the relations that a target without a contract of its own has watched: those named first, then all of the
 * user's.
 *
 * Bounded by --max-relations. Called by the sql, spec and generic targets.
 */
import type { CountRequest } from "../src/kernel/counts/count.ts";
import { userRelations } from "../src/kernel/counts/user-relations.ts";
import { Failure } from "../src/kernel/failure.ts";
import type { ProofContext } from "./context.ts";

export type WatchFlags = { readonly watch: readonly string[]; readonly "max-relations": number };

export async function watchAll(context: ProofContext, flags: WatchFlags): Promise<readonly CountRequest[] | Failure> {
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const found = await userRelations(witness.session, flags["max-relations"]);
  if (found instanceof Failure) return found;
  const names = [...new Set([...flags.watch, ...found.names])].slice(0, flags["max-relations"]);
  return names.map((relation) => ({ relation, filter: null }));
}
