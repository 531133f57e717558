/**
 * counts/plan: how each relation will be counted, before one row is read: exactly, by estimate, or not at all and why.
 *
 * Small relations come first, until the budget of bytes is used. Reads the catalog only, and waits for no lock but one
 * that comes in between. Called by count.ts, by the counts from inside a transaction, and by the survey.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { describe, type ExclusiveLock, type RelationFacts, type Sizes } from "./relation.ts";
import type { CountMode, CountOptions, CountRequest, RelationCount } from "./request.ts";

/** How each request will be counted. Needs a transaction or none; waits only for a lock that comes in between. */
export async function plannedCounts(
  session: Pick<Session, "query">,
  requests: readonly CountRequest[],
  { sizes = "measured", ...options }: CountOptions & { readonly sizes?: Sizes },
): Promise<readonly Step[] | Failure> {
  const names = [...new Set(requests.map((request) => request.relation))];
  const described = await describe(session, names, sizes);
  if (described instanceof Failure) return described;
  return planCounts(requests, new Map(described.map((entry) => [entry.wanted, entry])), options);
}

export type Step = {
  readonly request: CountRequest;
  readonly relation: string;
  readonly bytes: number;
  readonly how: RelationCount["how"];
  /** Note of a count whose rows were read. */
  readonly note: string | null;
  /** The answer when it is not counted exactly, or not in time. */
  readonly otherwise: RelationCount;
};

/** Whether its rows are to be read, one by one: all of them, or all that the role may see. */
export function readsRows({ how }: Step): boolean {
  return how === "exact" || how === "visible rows";
}

/** Decides for each request how it is counted: small relations first, until the budget of bytes is used. */
function planCounts(
  requests: readonly CountRequest[],
  facts: ReadonlyMap<string, RelationFacts>,
  options: CountOptions,
): readonly Step[] {
  const affordable = affordableRelations([...facts.values()], options.mode);
  return requests.map((request) => planOne(request, facts.get(request.relation), affordable));
}

function affordableRelations(facts: readonly RelationFacts[], mode: CountMode): ReadonlySet<string> {
  if (mode === "estimate") return new Set();
  const affordable = new Set<string>();
  let bytes = 0;
  for (const entry of [...facts].sort((a, b) => a.bytes - b.bytes)) {
    bytes += entry.bytes;
    if (mode === "exact" || bytes <= limits.exactCountBytes) affordable.add(entry.wanted);
  }
  return affordable;
}

function planOne(request: CountRequest, facts: RelationFacts | undefined, affordable: ReadonlySet<string>): Step {
  const base = { filter: request.filter?.label ?? null, rows: null, digest: null, note: null };
  const relation = facts?.relation ?? request.relation;
  const step = (how: RelationCount["how"], details: Partial<RelationCount> = {}): Step => {
    const otherwise = { relation, ...base, how, ...details };
    return { request, relation, bytes: facts?.bytes ?? 0, how, note: details.note ?? null, otherwise };
  };
  if (facts === undefined || facts.relation === null) return step("missing", { note: "no such relation" });
  if (!facts.readable) return step("unreadable", { note: unreadableNote(facts) });
  if (facts.lock !== null) return step("locked", { note: lockedNote(facts.lock) });
  const note = facts.rowSecurity ? HIDDEN_ROWS : null;
  // Not exact: what a policy hides is no row of the count.
  const exact = step(facts.rowSecurity ? "visible rows" : "exact", { note });
  if (request.filter !== null) return { ...exact, otherwise: { ...exact.otherwise, how: "over budget" } };
  const estimate =
    facts.estimatedRows === null
      ? step("over budget", { note: "never analysed, so there is no estimate" })
      : step("estimate", { rows: facts.estimatedRows, note });
  return affordable.has(request.relation) ? { ...exact, otherwise: estimate.otherwise } : estimate;
}

export const HIDDEN_ROWS = "row-level security is active for this role: hidden rows are not counted";

/** `AccessExclusiveLock, pid 12, 13`, `…, awaited by pid 12`, `…, held by a prepared transaction`. */
export function lockedNote({ state, pids }: ExclusiveLock): string {
  const living = pids.filter((pid) => pid !== 0);
  const who = living.length === pids.length ? [] : ["held by a prepared transaction"];
  const by = state === "held" ? "pid" : "awaited by pid";
  return ["AccessExclusiveLock", ...(living.length > 0 ? [`${by} ${living.join(", ")}`] : []), ...who].join(", ");
}

/** What a role may not read it can still write to, if it was given that right alone. */
export function unreadableNote(facts: Pick<RelationFacts, "writable">): string {
  return facts.writable ? "42501, though the role may write to it" : "42501, untouched by construction";
}
