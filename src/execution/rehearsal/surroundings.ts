/**
 * rehearsal/surroundings: on which database a rehearsal was done, and what stood around it: so that somebody can say
 * later whether it still shows what a live run would do.
 *
 * Read in a transaction of its own before the rehearsal's, so that a change in between is seen as one. Writes nothing.
 * Kept in the facts of the first phase; compared by `cutter doctor`.
 */
import surroundingsQuery from "../../../sql/execution/surroundings.sql" with { type: "text" };
import type { TargetIdentity } from "../../flow/survey.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { type Facts, Failure, joinFailure } from "../../kernel/failure.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import type { Session } from "../../kernel/session/session.ts";

export type Surroundings = {
  readonly target: TargetIdentity;
  /** e.g. `trigger t of public.information_unit` to a digest of what it is. */
  readonly objects: Readonly<Record<string, string>>;
};

const BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/** The server prints names relative to the one, and values as the others say. */
const PIN = `SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
  pg_catalog.set_config('TimeZone', 'UTC', true), pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
  pg_catalog.set_config('IntervalStyle', 'postgres', true), pg_catalog.set_config('extra_float_digits', '1', true),
  pg_catalog.set_config('bytea_output', 'hex', true)`;

/** Needs a session outside of any transaction. */
export async function readSurroundings(session: Session): Promise<Surroundings | Failure> {
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  const begun = await session.query(BEGIN);
  if (begun instanceof Failure) return begun;
  const pinned = await session.query(PIN);
  const seen = pinned instanceof Failure ? pinned : await session.query(surroundingsQuery);
  const ended = await session.query("ROLLBACK");
  if (seen instanceof Failure) return ended instanceof Failure ? joinFailure(seen, ended) : seen;
  if (ended instanceof Failure) return ended;
  const { systemIdentifier, timeline, database } = identity;
  const objects = Object.fromEntries(seen.rows.map(({ object, digest }) => [object ?? "", digest ?? ""]));
  return { target: { systemIdentifier, timeline, database }, objects };
}

/** For the facts of a phase. */
export function factsOfSurroundings({ target, objects }: Surroundings): Facts {
  return { surroundings: { target: { ...target }, objects } };
}

/** null where a rehearsal did not keep it, as those of older programs did not. */
export function surroundingsIn(facts: Facts): Surroundings | null {
  const kept = facts.surroundings;
  return kept === undefined ? null : (kept as unknown as Surroundings);
}

/** One sentence for each difference; empty where nothing has changed. */
export function surroundingDifferences(then: Surroundings, now: Surroundings): readonly string[] {
  const [before, after] = [canonicalJson({ ...then.target }), canonicalJson({ ...now.target })];
  if (before !== after) return [`it was rehearsed on ${before}, and this is ${after}`];
  const names = [...new Set([...Object.keys(then.objects), ...Object.keys(now.objects)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [then.objects[name], now.objects[name]];
    if (was === is) return [];
    return [`${name} ${was === undefined ? "is new" : is === undefined ? "is gone" : "is another"}`];
  });
}
