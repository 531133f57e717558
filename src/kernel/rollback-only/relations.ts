/**
 * relations: rows per table and locks, by oid while the transaction ran, by name once it is rolled back.
 *
 * A name inside the transaction proves nothing: tables are renamed, dropped, and made anew under an old name. So each
 * is called what it is called after the rollback, and only what was created inside by the name it had there. Called by
 * blast-radius.ts.
 */
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { arrayLiteral, type ReplacedRelation } from "./catalog-changes.ts";
import { type Count, EVERY_OTHER_RELATION, type LockEffect, type RelationEffect } from "./effects.ts";
import type { Counter, Measured } from "./measured.ts";

/** oid → name of what is there now, TOAST tables left out. */
export type RelationNames = ReadonlyMap<string, string>;

/** After the rollback, with search_path pinned. */
export async function nameRelations(session: Session, oids: readonly string[]): Promise<RelationNames | Failure> {
  if (oids.length === 0) return new Map();
  const named = await session.query(
    `SELECT c.oid::text AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::pg_catalog.oid[])
     AND n.nspname NOT LIKE 'pg\\_toast%'`,
    [arrayLiteral([...new Set(oids)])],
  );
  if (named instanceof Failure) return named;
  return new Map(named.rows.map(({ oid, name }) => [oid ?? "", name ?? ""]));
}

export function lockedOids(measured: Measured): string[] {
  return measured.locks.map(({ lock }) => lock.split(" ")[0] ?? "");
}

/** What is not there any more was made by the transaction: nobody waits for it. */
export function lockEffects(measured: Measured, names: RelationNames): LockEffect[] {
  return measured.locks.flatMap(({ lock, heldMs, statement = null }): LockEffect[] => {
    const [oid = "", mode = ""] = lock.split(" ");
    const relation = names.get(oid);
    return relation === undefined ? [] : [{ relation, mode, heldMs, statement }];
  });
}

/** Why counts are not known: of those that are listed, and of those that are not. */
export type CountingDoubt = {
  /** Every count is uncountable for this reason. */
  readonly all: string | null;
  /** What is listed is the least that it can be; what is not listed is uncountable. */
  readonly others: string | null;
};

/** Counters after minus before; a relation whose file was replaced is uncountable, whatever its counters say. */
export function relationEffects(
  measured: Measured,
  found: {
    readonly names: RelationNames;
    readonly replaced: readonly ReplacedRelation[];
    readonly doubt: CountingDoubt;
  },
): RelationEffect[] {
  const { names, replaced, doubt } = found;
  const before = new Map(measured.before.map((counter) => [counter[0], counter]));
  const reasons = new Map(replaced.map(({ oid, reason }) => [oid, reason]));
  const taken = new Set([...names.values(), ...replaced.map(({ relation }) => relation)]);
  const effects = replaced.map(({ oid, relation, reason }) => uncountable({ oid, relation }, reason));
  for (const counter of measured.after) {
    const [oid, inside, persistence] = counter;
    if (persistence === "t" || reasons.has(oid)) continue;
    const [inserted = 0, updated = 0, deleted = 0] = moved(counter, before.get(oid));
    if (inserted + updated + deleted === 0) continue;
    const outside = names.get(oid);
    const relation = outside ?? (taken.has(inside) ? toldApart(inside) : inside);
    const which = { oid: outside === undefined ? null : oid, relation };
    if (doubt.all !== null) effects.push(uncountable(which, doubt.all));
    else effects.push({ ...which, inserted, updated, deleted, reason: doubt.others });
  }
  effects.sort((a, b) => (a.relation < b.relation ? -1 : 1));
  const rest = doubt.all ?? doubt.others;
  return rest === null ? effects : [...effects, uncountable({ oid: null, relation: EVERY_OTHER_RELATION }, rest)];
}

/** `shop.a` → `shop."a (created inside)"`: a new table under the name of one that is back again. */
function toldApart(name: string): string {
  if (name.endsWith('"')) return `${name.slice(0, -1)} (created inside)"`;
  return name.replace(/[^.]+$/, (table) => `"${table} (created inside)"`);
}

function moved([, , , ...counts]: Counter, before: Counter | undefined): number[] {
  const [, , , ...start] = before ?? ["", "", "", 0, 0, 0];
  return counts.map((count, index) => count - (start[index] ?? 0));
}

function uncountable(which: Pick<RelationEffect, "oid" | "relation">, reason: string): RelationEffect {
  const unknown: Count = "uncountable";
  return { ...which, inserted: unknown, updated: unknown, deleted: unknown, reason };
}
