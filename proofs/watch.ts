/**
 * watch: the relations that a target without a contract of its own has watched: those named first, then all of the
 * user's.
 *
 * Bounded by --max-relations; how many were left out stands in the record. Called by the sql, spec and generic targets.
 */

import { describe } from "../src/kernel/counts/relation.ts";
import type { CountRequest } from "../src/kernel/counts/request.ts";
import { userRelations } from "../src/kernel/counts/user-relations.ts";
import { Failure } from "../src/kernel/failure.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { ProofContext } from "./context.ts";

export type WatchFlags = { readonly watch: readonly string[]; readonly "max-relations": number };

/** Failure: OBJECT_MISSING where a relation was named that is not there; unwatched would look like unmoved. */
export async function watchAll(context: ProofContext, flags: WatchFlags): Promise<readonly CountRequest[] | Failure> {
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const named = await resolveNames(witness.session, flags.watch);
  if (named instanceof Failure) return named;
  const found = await userRelations(witness.session, flags["max-relations"]);
  if (found instanceof Failure) return found;
  const names = [...new Set([...named, ...found.names])].slice(0, Math.max(flags["max-relations"], named.length));
  const watched = new Set(names);
  context.record.unwatched = found.total - found.names.filter((name) => watched.has(name)).length;
  return names.map((relation) => ({ relation, filter: null }));
}

/** Those named alone, for a target that knows what else to watch. */
export async function watchNamed(
  context: ProofContext,
  names: readonly string[],
): Promise<readonly CountRequest[] | Failure> {
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const named = await resolveNames(witness.session, names);
  return named instanceof Failure ? named : named.map((relation) => ({ relation, filter: null }));
}

/** As the catalog writes them, so that none is watched twice. */
async function resolveNames(session: Session, names: readonly string[]): Promise<readonly string[] | Failure> {
  if (names.length === 0) return [];
  const described = await describe(session, names);
  if (described instanceof Failure) return described;
  const missing = described.find((facts) => facts.relation === null);
  if (missing !== undefined) {
    const hint =
      "Compare the name that --watch or [[watch]] gives with the catalog: schema.table, quoted where needed.";
    const data = "The write was not tried; nothing was written.";
    return new Failure("OBJECT_MISSING", `there is no relation ${missing.wanted} to watch`, { hint, data });
  }
  return described.flatMap((facts) => (facts.relation === null ? [] : [facts.relation]));
}
