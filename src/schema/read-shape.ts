/**
 * read-shape: what our objects look like in a live database, from its catalogs; any role may ask.
 *
 * Reads pg_catalog only, takes no lock that anyone would notice, and writes nothing. Its caller has begun a transaction
 * with search_path pinned, since the server prints names relative to it (catalog-transaction.ts).
 */
import columnsSql from "../../sql/catalog/columns.sql" with { type: "text" };
import constraintsSql from "../../sql/catalog/constraints.sql" with { type: "text" };
import functionsSql from "../../sql/catalog/functions.sql" with { type: "text" };
import indexesSql from "../../sql/catalog/indexes.sql" with { type: "text" };
import relationsSql from "../../sql/catalog/relations.sql" with { type: "text" };
import schemaSql from "../../sql/catalog/schema.sql" with { type: "text" };
import settingsSql from "../../sql/catalog/settings.sql" with { type: "text" };
import surroundingsSql from "../../sql/catalog/surroundings.sql" with { type: "text" };
import triggersSql from "../../sql/catalog/triggers.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Row, Session } from "../kernel/session/session.ts";
import { privilegeMatrix } from "./matrix.ts";
import { contractShape, lifecycleFunctions, lifecycleTables, type RelationShape, type SchemaShape } from "./shape.ts";
import { type RoleSetting, roleSettingsOf, surroundingRemarks, surroundingsOf } from "./surroundings.ts";

export type LiveShape = {
  readonly shape: SchemaShape;
  /** Object to SHA-256 of its text: functions and views. */
  readonly bodies: Readonly<Record<string, string>>;
  /** The role that owns most of our objects; null where there are none. */
  readonly owner: string | null;
  /** Key in `shape.functions` by the name with argument types that privileges.sql uses. */
  readonly functionKeys: ReadonlyMap<string, string>;
  /** Of whatever role: of ours all, of others those that decide what a statement does. */
  readonly roleSettings: readonly RoleSetting[];
  readonly remarks: readonly string[];
};

/** A text[] of plain identifiers, as a parameter. */
export function nameArray(names: readonly string[]): string {
  return `{${names.join(",")}}`;
}

export async function readRows(
  session: Session,
  sql: string,
  parameters: readonly string[] = [],
): Promise<readonly Row[] | Failure> {
  const reply = await session.query(sql, parameters);
  return reply instanceof Failure ? reply : reply.rows;
}

export async function readShape(session: Session): Promise<LiveShape | Failure> {
  const tables = nameArray(lifecycleTables);
  const read: Record<string, readonly Row[]> = {};
  const queries: readonly [name: string, sql: string, parameters: readonly string[]][] = [
    ["schemas", schemaSql, []],
    ["functions", functionsSql, [nameArray(lifecycleFunctions)]],
    ["relations", relationsSql, [tables]],
    ["columns", columnsSql, [tables]],
    ["constraints", constraintsSql, [tables]],
    ["indexes", indexesSql, [tables]],
    ["triggers", triggersSql, [tables]],
    ["surroundings", surroundingsSql, [tables]],
    ["settings", settingsSql, [nameArray(privilegeMatrix.roles.map(({ name }) => name))]],
  ];
  for (const [name, sql, parameters] of queries) {
    const rows = await readRows(session, sql, parameters);
    if (rows instanceof Failure) return rows;
    read[name] = rows;
  }
  return assemble(read);
}

function assemble(read: Readonly<Record<string, readonly Row[]>>): LiveShape {
  const { schemas = [], relations = [], functions = [], surroundings = [], settings = [] } = read;
  const owner = mostCommon([...schemas, ...relations, ...functions].map((row) => row.owner ?? ""));
  const owned = (definition: string, row: Row): string =>
    row.owner === owner ? definition : `${definition}, owned by ${row.owner}`;
  const functionKeys = keysOfFunctions(functions);
  const bodies = new Map<string, string>();
  for (const row of [...relations, ...functions]) {
    const object = row.identity === undefined ? row.name : functionKeys.get(row.identity ?? "");
    if (row.body_sha256 && object) bodies.set(object, row.body_sha256);
  }
  const shape: SchemaShape = {
    schemas: Object.fromEntries(schemas.map((row) => [row.name, owned("schema", row)])),
    relations: Object.fromEntries(
      relations.map((row) => [row.name, relationShape(row.name ?? "", owned(row.definition ?? "", row), read)]),
    ),
    functions: Object.fromEntries(
      functions.map((row) => [
        functionKeys.get(row.identity ?? "") ?? "",
        { signature: row.signature ?? "", properties: owned(row.properties ?? "", row) },
      ]),
    ),
    surroundings: surroundingsOf(surroundings, settings),
  };
  const around = { roleSettings: roleSettingsOf(settings), remarks: surroundingRemarks(surroundings) };
  return { shape, bodies: Object.fromEntries(bodies), owner, functionKeys, ...around };
}

function relationShape(
  name: string,
  definition: string,
  { columns = [], constraints = [], indexes = [], triggers = [] }: Readonly<Record<string, readonly Row[]>>,
): RelationShape {
  const own = (rows: readonly Row[]): readonly Row[] => rows.filter((row) => row.relation === name);
  const named = (rows: readonly Row[], label: string): Record<string, string> =>
    Object.fromEntries(rows.map((row) => [row[label] ?? "", row.definition ?? ""]));
  const firing = (kind: string): Record<string, string> =>
    named(
      own(triggers).filter((row) => row.kind === kind),
      "name",
    );
  return {
    definition,
    columns: named(own(columns), "column"),
    constraints: own(constraints).map((row) => row.constraint_text ?? ""),
    indexes: named(own(indexes), "index_text"),
    triggers: firing("trigger"),
    rules: firing("rule"),
    policies: firing("policy"),
  };
}

/** A function goes by its plain name; where one is overloaded, that name belongs to the one the contract means. */
function keysOfFunctions(rows: readonly Row[]): Map<string, string> {
  const keys = new Map<string, string>();
  const byName = Map.groupBy(rows, (row) => row.name ?? "");
  for (const [name, namesakes] of byName) {
    const expected = contractShape.functions[name]?.signature;
    const meant = namesakes.find((row) => row.signature === expected) ?? namesakes[0];
    for (const row of namesakes) keys.set(row.identity ?? "", row === meant ? name : (row.identity ?? ""));
  }
  return keys;
}

function mostCommon(names: readonly string[]): string | null {
  const groups = [...Map.groupBy(names, (name) => name)];
  groups.sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
  return groups[0]?.[0] ?? null;
}
