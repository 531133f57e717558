/**
 * catalog-changes: what DDL did, read from the system catalogs: inside the transaction, and again after the rollback.
 *
 * Inside, the rows that carry one of our transaction ids; afterwards, the same addresses: gone means created, different
 * means altered, and what is back though it was not there inside was dropped. So no snapshot is taken beforehand, and a
 * script without DDL costs one look at the counters. Called by blast-radius.ts; the sealed block gathers for it.
 */
import dirtyQuery from "../../../sql/guard/dirty-catalogs.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { CATALOGS, CONSEQUENTIAL, catalogRowsQuery, catalogSurvivorsQuery } from "./catalogs.ts";
import type { CatalogEffect } from "./effects.ts";

/** As sql/guard/catalog-rows.sql makes it. */
export type CatalogRow = readonly [
  classId: string,
  object: string,
  sub: number,
  type: string | null,
  identity: string | null,
  digest: string,
  aclDigest: string,
  file: string | null,
  empty: boolean | null,
  gone: boolean,
];

/** One dirty catalog as the transaction saw it at its end. `survivors` only where rows were deleted. */
export type CatalogSight = {
  readonly catalog: string;
  readonly rows: readonly CatalogRow[];
  readonly survivors: readonly string[] | null;
};

/** A relation whose rows went without being counted. */
export type ReplacedRelation = { readonly relation: string; readonly reason: string };

export type CatalogChanges = {
  readonly effects: readonly CatalogEffect[];
  readonly replaced: readonly ReplacedRelation[];
  readonly remarks: readonly string[];
};

/** Inside the transaction, with search_path pinned: every dirty catalog. */
export async function seeCatalogs(session: Session): Promise<readonly CatalogSight[] | Failure> {
  const dirty = await session.query(dirtyQuery);
  if (dirty instanceof Failure) return dirty;
  const seen: CatalogSight[] = [];
  for (const { catalog, deletes } of dirty.rows) {
    const name = catalog ?? "";
    if (CATALOGS[name] === undefined) {
      seen.push({ catalog: name, rows: [], survivors: null });
      continue;
    }
    const rows = await queryJson(session, catalogRowsQuery(name, "written by us"));
    if (rows instanceof Failure) return rows;
    const survivors = deletes === "t" ? await queryJson(session, catalogSurvivorsQuery(name)) : null;
    if (survivors instanceof Failure) return survivors;
    seen.push({ catalog: name, rows: rows as CatalogRow[], survivors: survivors as string[] | null });
  }
  return seen;
}

/** After the rollback, with search_path pinned: what the sights amount to. `xid` is the rolled back transaction's. */
export async function settleCatalogs(
  session: Session,
  seen: readonly CatalogSight[],
  xid: string,
): Promise<CatalogChanges | Failure> {
  const changes: Change[] = [];
  const remarks: string[] = [];
  for (const sight of seen) {
    if (CATALOGS[sight.catalog] === undefined) {
      remarks.push(...unreadableRemark(sight.catalog));
      continue;
    }
    if (sight.rows.length >= limits.catalogRows) {
      remarks.push(`${sight.catalog}: more than ${limits.catalogRows} rows changed; the rest are not named`);
    }
    const objects = [...new Set(sight.rows.map((row) => row[1]))];
    const now = await queryJson(session, catalogRowsQuery(sight.catalog, "named"), [arrayLiteral(objects)]);
    if (now instanceof Failure) return now;
    changes.push(...compare(sight, now as CatalogRow[]));
    if (sight.survivors === null) continue;
    const values = [arrayLiteral(sight.survivors), (BigInt(xid) & 0xffffffffn).toString()];
    const dropped = await queryJson(session, catalogRowsQuery(sight.catalog, "not among"), values);
    if (dropped instanceof Failure) return dropped;
    changes.push(...(dropped as CatalogRow[]).map((row) => change(sight.catalog, "dropped", row)));
  }
  return { effects: effectsOf(changes), replaced: replacedBy(changes), remarks };
}

type Change = {
  readonly catalog: string;
  readonly change: CatalogEffect["change"];
  readonly row: CatalogRow;
  /** Only the privileges differ. */
  readonly grant: boolean;
  readonly before: CatalogRow | null;
};

function change(catalog: string, what: CatalogEffect["change"], row: CatalogRow): Change {
  return { catalog, change: what, row, grant: false, before: null };
}

/** Rows seen inside against the rows that are there now, address by address (several rows may share one). */
function compare(sight: CatalogSight, now: readonly CatalogRow[]): Change[] {
  const several = CATALOGS[sight.catalog]?.several === true;
  const key = (row: CatalogRow): string => `${row[0]}:${row[1]}:${row[2]}${several ? `:${row[5]}` : ""}`;
  const before = new Map(now.map((row) => [key(row), row]));
  return sight.rows.flatMap((row): Change[] => {
    const old = before.get(key(row));
    if (old === undefined) return row[9] ? [] : [change(sight.catalog, "created", row)];
    if (row[9] && !old[9]) return [change(sight.catalog, "dropped", old)];
    const [content, acl, file] = [row[5] !== old[5], row[6] !== old[6], row[7] !== old[7]];
    if (!content && !acl && !file) return [];
    return [{ catalog: sight.catalog, change: "altered", row, grant: acl && !content, before: old }];
  });
}

/**
 * Leaves out what follows from a larger change: the columns, defaults and constraints of a table that is new or gone.
 */
function effectsOf(changes: readonly Change[]): CatalogEffect[] {
  const whole = changes.filter((one) => one.change !== "altered" && one.row[2] === 0 && !isAspect(one));
  const wholeAddresses = new Set(whole.map((one) => `${one.change}:${one.row[0]}:${one.row[1]}`));
  const columns = changes.filter((one) => one.catalog === "pg_attribute" && one.change !== "altered");
  const ownedNames = new Set([...whole, ...columns].map((one) => `${one.change}:${one.row[4]}`));
  const effects: CatalogEffect[] = [];
  for (const one of changes) {
    if ((isAspect(one) || one.row[2] !== 0) && belongsToWhole(one, wholeAddresses)) continue;
    if (ownersOf(one).some((owner) => ownedNames.has(`${one.change}:${owner}`))) continue;
    if (one.catalog === "pg_class" && one.change === "altered" && onlyFileDiffers(one) && !isIndex(one)) continue;
    effects.push({ change: one.change, objectKind: kindOf(one), name: nameOf(one) });
  }
  return effects;
}

/** Names of the table, and of the column, that a constraint or default is part of. */
function ownersOf(one: Change): string[] {
  const identity = one.row[4] ?? "";
  if (one.catalog === "pg_constraint") return [/ on (.+)$/.exec(identity)?.[1] ?? ""];
  if (one.catalog !== "pg_attrdef") return [];
  const column = identity.replace(/^for /, "");
  return [column, column.slice(0, column.lastIndexOf("."))];
}

/** A row that says something about an object which has a row of its own. */
function isAspect(one: Change): boolean {
  const { class: classId, object } = CATALOGS[one.catalog] ?? {};
  return classId !== undefined && object !== undefined;
}

function belongsToWhole(one: Change, whole: ReadonlySet<string>): boolean {
  if (one.catalog === "pg_auth_members") return false;
  return ["created", "dropped"].some((what) => whole.has(`${what}:${one.row[0]}:${one.row[1]}`));
}

function onlyFileDiffers({ row, before }: Change): boolean {
  return before !== null && row[5] === before[5] && row[6] === before[6];
}

function isIndex(one: Change): boolean {
  return one.row[3] === "index";
}

function kindOf(one: Change): string {
  const called = CATALOGS[one.catalog]?.called;
  if (called !== undefined) return called;
  if (one.grant) return "grant";
  const type = one.row[3] ?? one.catalog;
  return type === "table column" ? "column" : type;
}

function nameOf(one: Change): string {
  const identity = one.row[4] ?? one.before?.[4] ?? `${one.catalog} ${one.row[1]}`;
  const called = CATALOGS[one.catalog]?.called;
  return one.grant || called !== undefined ? `on ${one.row[3] ?? "object"} ${identity}` : identity;
}

/** Tables whose file is another one, or that are gone: their rows went without being counted. */
function replacedBy(changes: readonly Change[]): ReplacedRelation[] {
  const replaced: ReplacedRelation[] = [];
  for (const one of changes) {
    const [, , , type, identity, , , file, empty] = one.row;
    if (one.catalog !== "pg_class" || (type !== "table" && type !== "materialized view")) continue;
    const relation = one.before?.[4] ?? identity ?? one.row[1];
    if (one.change === "dropped") replaced.push({ relation, reason: "dropped" });
    if (one.change !== "altered" || one.before === null || one.before[7] === file) continue;
    const reason = empty === true ? "truncated, or rewritten while empty" : "rewritten, or truncated and filled again";
    replaced.push({ relation, reason });
  }
  return replaced;
}

function unreadableRemark(catalog: string): string[] {
  if (CONSEQUENTIAL.has(catalog)) return [];
  if (catalog === "pg_statistic" || catalog === "pg_statistic_ext_data")
    return ["planner statistics were written or removed"];
  return [`${catalog} was written to; its rows cannot be named`];
}

/** Runs one of the JSON queries of sql/guard. */
export async function queryJson(
  session: Session,
  query: string,
  values: readonly string[] = [],
): Promise<readonly unknown[] | Failure> {
  const reply = await session.query(query, values);
  if (reply instanceof Failure) return reply;
  const text = Object.values(reply.rows[0] ?? {})[0];
  return JSON.parse(text ?? "[]") as unknown[];
}

/** A PostgreSQL array literal of texts. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;
}
