/**
 * in-place: what ANALYZE and CREATE INDEX write to pg_class in place, which no rollback takes back.
 *
 * reltuples, relpages and relhasindex of every relation before, compared afterwards for the relations that the
 * transaction locked (these commands lock them) or, where it is not known which, for all. autovacuum writes them too,
 * which the remark says. Read only for scripts that may take such locks. Called by blast-radius.ts.
 */
import statisticsQuery from "../../../sql/guard/statistics.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { queryJson } from "./catalog-changes.ts";

/** As sql/guard/statistics.sql makes it. */
type Entry = readonly [oid: string, name: string, tuples: number, pages: number, hasIndex: boolean];

export type InPlace = ReadonlyMap<string, Entry>;

/** With search_path pinned, no transaction of ours open. */
export async function readInPlace(session: Session): Promise<InPlace | Failure> {
  const entries = await queryJson(session, statisticsQuery);
  if (entries instanceof Failure) return entries;
  return new Map((entries as Entry[]).map((entry) => [entry[0], entry]));
}

export async function inPlaceRemarks(
  session: Session,
  known: { readonly before: InPlace; readonly relations: readonly string[] | "all" },
): Promise<readonly string[] | Failure> {
  if (known.relations.length === 0) return [];
  const after = await readInPlace(session);
  if (after instanceof Failure) return after;
  const oids = known.relations === "all" ? [...after.keys()] : known.relations;
  const changes = [...new Set(oids)].flatMap((oid) => change(known.before.get(oid), after.get(oid)));
  const [shown, more] = [changes.slice(0, limits.namedInRemark), changes.length - limits.namedInRemark];
  if (changes.length === 0) return [];
  const rest = more > 0 ? `; and ${more} more relations` : "";
  return [`pg_class was changed in place (by this run, or by autovacuum meanwhile): ${shown.join("; ")}${rest}`];
}

function change(before: Entry | undefined, after: Entry | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const words = ["reltuples", "relpages", "relhasindex"].flatMap((column, index) => {
    const [was, is] = [before[index + 2], after[index + 2]];
    return was === is ? [] : [`${column} ${was} -> ${is}`];
  });
  return words.length === 0 ? [] : [`${after[1]} ${words.join(", ")}`];
}
