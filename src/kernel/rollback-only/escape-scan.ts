/**
 * escape-scan: what a script may reach outside its transaction, found before anything runs.
 *
 * Follows names from the script through the catalog: functions, and what relations make the server run (triggers,
 * rules, cascades, defaults, policies), and the bodies of those, as far as the catalog lets. Refuses by default,
 * accepts by name. A name scan alone protects nothing: every word may be a name, pg_depend is followed from what it
 * names. Reads only. Called by PROOF-4 of every target.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import type { Escape } from "./effects.ts";
import { Reach } from "./escape-reach.ts";
import { type Mentions, noMentions, readTree } from "./escape-text.ts";
import { pinned } from "./pinned.ts";
import type { Script } from "./statement.ts";

/** Everything found, each refused, accepted (its name is in `allowed`) or listed. Sorted by name. */
export function scanEscapes(
  session: Session,
  script: Script,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  const mentions = noMentions();
  for (const { tree } of script.statements) readTree(tree, mentions);
  return scanMentions(session, mentions, allowed);
}

/** The same for statements of our own that write to these relations (names without schema), and for event triggers. */
export function scanRelations(
  session: Session,
  relations: readonly string[],
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  return scanMentions(session, { ...noMentions(), relations: new Set(relations) }, allowed);
}

/** What a session that only looks is going to run. */
export type Reads = {
  /** Counted, as format('%I.%I') writes them. */
  readonly relations: readonly string[];
  /** Whether the rows themselves are read, as text. */
  readonly digest: "none" | "content";
  /** Queries and conditions that others wrote. */
  readonly queries: readonly Script[];
};

/** The same for a session that only looks: policies, views and expressions of what it counts, and its queries. */
export function scanReads(
  session: Session,
  reads: Reads,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  const mentions = { ...noMentions(), reads: reads.relations };
  for (const { statements } of reads.queries) for (const { tree } of statements) readTree(tree, mentions);
  return pinned(session, async () => {
    const reach = new Reach(mentions);
    const run = await reach.readsRun(session);
    if (run instanceof Failure) return run;
    // Counting the rows of tables that have nothing of the kind runs the server's own code only: the usual case.
    if (!run && reads.queries.length === 0 && reads.digest === "none") return [];
    return everythingFound(session, reach, allowed);
  });
}

function scanMentions(
  session: Session,
  mentions: Mentions,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  return pinned(session, () => everythingFound(session, new Reach(mentions), allowed));
}

async function everythingFound(
  session: Session,
  reach: Reach,
  allowed: readonly string[],
): Promise<readonly Escape[] | Failure> {
  const followed = await reach.follow(session);
  if (followed instanceof Failure) return followed;
  const judged = await reach.judgeRest(session);
  if (judged instanceof Failure) return judged;
  const found = [...reach.found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const run = [...reach.run].sort().slice(0, limits.namedInRemark).join(", ");
  return found.map((one) => {
    const description = run === "" ? one.description : `${one.description}; reading runs ${run}`;
    const accepted = one.weight === "refused" && allowed.includes(one.name);
    return { ...one, description, weight: accepted ? ("accepted" as const) : one.weight };
  });
}
