/**
 * presence: what of the schema a database has already, before anything is installed or removed.
 *
 * Reads catalogs only. Called by install and uninstall inside their transaction; decides nothing.
 */
import presenceSql from "../../sql/catalog/presence.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import type { Lifecycle } from "./pieces.ts";
import { nameArray, readRows } from "./read-shape.ts";
import { lifecycleFunctions, lifecycleTables } from "./shape.ts";

export type Presence = {
  /** How the lifecycle came to the database, as the governance schema's comment says; null where there is no schema. */
  readonly governance: Lifecycle | null;
  /** Those of the lifecycle tables that are there, schema-qualified. */
  readonly tables: readonly string[];
  readonly functions: readonly string[];
  readonly installer: string;
};

export async function readPresence(session: Session): Promise<Presence | Failure> {
  const rows = await readRows(session, presenceSql, [nameArray(lifecycleTables), nameArray(lifecycleFunctions)]);
  if (rows instanceof Failure) return rows;
  const [row = {}] = rows;
  const comment = row.governance ?? null;
  return {
    governance: comment === null ? null : comment.endsWith("lifecycle tables: installed") ? "installed" : "kept",
    tables: split(row.tables),
    functions: split(row.functions),
    installer: row.installer ?? "",
  };
}

function split(list: string | null | undefined): readonly string[] {
  return list ? list.split(" ") : [];
}
