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
import type { Row, Session } from "../session/session.ts";
import type { CatalogRow, CatalogSight, CatalogsSeen, Change, DirtyCounts, RowCounts } from "./catalog-sight.ts";
import { CATALOGS, catalogRowsQuery, catalogSurvivorsQuery } from "./catalogs.ts";
import type { CatalogEffect } from "./effects.ts";
import { unnamedChanges } from "./unnamed-changes.ts";

/** A relation whose rows went without being counted. */
export type ReplacedRelation = { readonly oid: string; readonly relation: string; readonly reason: string };

export type CatalogChanges = {
  readonly effects: readonly CatalogEffect[];
  readonly replaced: readonly ReplacedRelation[];
  readonly remarks: readonly string[];
};

/** First inside the transaction, with search_path pinned. */
export async function readDirty(session: Session): Promise<DirtyCounts | Failure> {
  const dirty = await session.query(dirtyQuery);
  if (dirty instanceof Failure) return dirty;
  return Object.fromEntries(dirty.rows.map((row) => [row.catalog ?? "", countsOf(row)]));
}

function countsOf(row: Row): RowCounts {
  return [Number(row.inserted), Number(row.updated), Number(row.deleted)];
}

/** Inside the transaction, with search_path pinned: every dirty catalog. */
export async function seeCatalogs(session: Session): Promise<readonly CatalogSight[] | Failure> {
  const dirty = await session.query(dirtyQuery);
  if (dirty instanceof Failure) return dirty;
  const seen: CatalogSight[] = [];
  for (const row of dirty.rows) {
    const [catalog, counts] = [row.catalog ?? "", countsOf(row)];
    if (CATALOGS[catalog] === undefined) {
      seen.push({ catalog, counts, rows: [], survivors: null });
      continue;
    }
    const rows = await queryJson(session, catalogRowsQuery(catalog, "written by us"));
    if (rows instanceof Failure) return rows;
    const survivors = counts[2] > 0 ? await queryJson(session, catalogSurvivorsQuery(catalog)) : null;
    if (survivors instanceof Failure) return survivors;
    seen.push({ catalog, counts, rows: rows as CatalogRow[], survivors: survivors as string[] | null });
  }
  return seen;
}

/** After the rollback, with search_path pinned: what the sights amount to. `xid` is the rolled back transaction's. */
export async function settleCatalogs(session: Session, seen: CatalogsSeen): Promise<CatalogChanges | Failure> {
  const changes: Change[] = [];
  const remarks: string[] = [];
  for (const sight of seen.sights.filter(({ catalog }) => CATALOGS[catalog] !== undefined)) {
    const found = await settleOne(session, sight, seen.xid);
    if (found instanceof Failure) return found;
    changes.push(...found);
    if (CATALOGS[sight.catalog]?.unlimited === true || found.length < limits.catalogRows) continue;
    remarks.push(`${sight.catalog}: more than ${limits.catalogRows} rows changed; the rest are not named`);
  }
  const named = effectsOf(changes);
  const replaced = replacedBy(changes);
  const unnamed = unnamedChanges(seen, { changes, named: named.length > 0 || replaced.length > 0 });
  return { effects: [...named, ...unnamed.effects], replaced, remarks: [...remarks, ...unnamed.remarks] };
}

async function settleOne(session: Session, sight: CatalogSight, xid: string): Promise<Change[] | Failure> {
  const objects = [...new Set(sight.rows.map((row) => row[1]))];
  const now = await queryJson(session, catalogRowsQuery(sight.catalog, "named"), [arrayLiteral(objects)]);
  if (now instanceof Failure) return now;
  const changes = compare(sight, now as CatalogRow[]);
  if (sight.survivors === null) return changes;
  const values = [arrayLiteral(sight.survivors), (BigInt(xid) & 0xffffffffn).toString()];
  const dropped = await queryJson(session, catalogRowsQuery(sight.catalog, "not among"), values);
  if (dropped instanceof Failure) return dropped;
  return [...changes, ...(dropped as CatalogRow[]).map((row) => change(sight.catalog, "dropped", row))];
}

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
  const effects = new Map<string, CatalogEffect>();
  for (const one of changes) {
    if (one.change !== "altered" && isInternalTrigger(one)) continue;
    if ((isAspect(one) || one.row[2] !== 0) && belongsToWhole(one, wholeAddresses)) continue;
    if (ownersOf(one).some((owner) => ownedNames.has(`${one.change}:${owner}`))) continue;
    if (one.catalog === "pg_class" && (isReplacedTable(one) || followsFromTable(one))) continue;
    const effect = { change: one.change, objectKind: kindOf(one), name: nameOf(one) };
    effects.set(JSON.stringify(effect), effect);
  }
  return [...effects.values()].filter((effect) => !isToastOf(effect, effects));
}

/** Told as rows that are uncountable. */
function isReplacedTable(one: Change): boolean {
  return (
    one.change === "altered" && onlyFileDiffers(one) && (one.row[3] === "table" || one.row[3] === "materialized view")
  );
}

/** A TOAST table comes and goes with its table. */
function followsFromTable({ change: what, row }: Change): boolean {
  return what !== "altered" && row[3] === "toast table";
}

/** What was done to the table was done to its TOAST table too. */
function isToastOf(effect: CatalogEffect, effects: ReadonlyMap<string, CatalogEffect>): boolean {
  if (effect.objectKind !== "toast table") return false;
  return ["table", "materialized view"].some((objectKind) => effects.has(JSON.stringify({ ...effect, objectKind })));
}

/** Names of the table, and of the column, that a constraint or default is part of. */
function ownersOf(one: Change): string[] {
  const identity = one.row[4] ?? "";
  if (one.catalog === "pg_constraint" || isDefinition(one)) return [/ on (.+)$/.exec(identity)?.[1] ?? ""];
  if (one.catalog !== "pg_attrdef") return [];
  const column = identity.replace(/^for /, "");
  return [column, column.slice(0, column.lastIndexOf("."))];
}

/** The rule that is a view's query. */
function isDefinition(one: Change): boolean {
  return one.catalog === "pg_rewrite" && one.row[4]?.startsWith('"_RETURN" on ') === true;
}

/** Made for a foreign key or a deferrable unique constraint, which has a name of its own. */
function isInternalTrigger(one: Change): boolean {
  return one.catalog === "pg_trigger" && /^"(RI|PK|Unique)_ConstraintTrigger_/.test(one.row[4] ?? "");
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

function kindOf(one: Change): string {
  const label = one.row[10];
  if (label !== null) return label;
  if (one.grant) return "grant";
  if (isDefinition(one)) return "view";
  const type = one.row[3] ?? one.catalog;
  return type === "table column" ? "column" : type;
}

/** As it is after the rollback; only what was created inside has no other name than the one it had there. */
function nameOf(one: Change): string {
  const inside = one.row[4];
  const outside = one.before?.[4] ?? inside ?? `${one.catalog} ${one.row[1]}`;
  if (isDefinition(one)) return outside.replace('"_RETURN" on ', "");
  if (one.grant || one.row[10] !== null) {
    return `on ${one.before?.[3] ?? one.row[3] ?? "object"} ${outside}`;
  }
  return inside === null || inside === outside ? outside : `${outside}, renamed ${inside}`;
}

/** Tables whose file is another one, or that are gone: their rows went without being counted. */
function replacedBy(changes: readonly Change[]): ReplacedRelation[] {
  const replaced: ReplacedRelation[] = [];
  for (const one of changes) {
    const [, , , type, identity, , , file, empty] = one.row;
    if (one.catalog !== "pg_class" || (type !== "table" && type !== "materialized view")) continue;
    const relation = one.before?.[4] ?? identity ?? one.row[1];
    if (one.change === "dropped") replaced.push({ oid: one.row[1], relation, reason: "dropped" });
    if (one.change !== "altered" || one.before === null || one.before[7] === file) continue;
    const reason = empty === true ? "truncated, or rewritten while empty" : "rewritten, or truncated and filled again";
    replaced.push({ oid: one.row[1], relation, reason });
  }
  return replaced;
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
