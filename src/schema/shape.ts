/**
 * shape: what a schema looks like, as nested data: the form of contract.json, of a baseline, and of a live database.
 *
 * Names of constraints and indexes are left out: what they say is what counts. An owner is mentioned only where it is
 * not the one that most of our objects have. Pure: made by read-shape.ts, compared by compare.ts. Holds no privilege.
 */
import contract from "../../sql/catalog/contract.json" with { type: "json" };
import type { Surroundings } from "./surroundings.ts";

export type RelationShape = {
  /** `table`, `view`, with whatever is unusual about it. */
  readonly definition: string;
  /** Name to type, NOT NULL and default. */
  readonly columns: Readonly<Record<string, string>>;
  /** As pg_get_constraintdef prints them, sorted; followed by `; is not enforced: …` where they are not. */
  readonly constraints: readonly string[];
  /** Text to `valid` or `not valid`. */
  readonly indexes: Readonly<Record<string, string>>;
  /** Name to definition with state. */
  readonly triggers: Readonly<Record<string, string>>;
  readonly rules: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, string>>;
};

export type FunctionShape = {
  /** e.g. `public.fn_iu_enact(information_unit_id uuid, actor text) returns jsonb`. */
  readonly signature: string;
  /** e.g. `plpgsql, security definer, volatile, set search_path=pg_catalog, pg_temp`. */
  readonly properties: string;
};

export type SchemaShape = {
  readonly schemas: Readonly<Record<string, string>>;
  readonly relations: Readonly<Record<string, RelationShape>>;
  readonly functions: Readonly<Record<string, FunctionShape>>;
  readonly surroundings: Surroundings;
};

/** The contract of database.md, generated from a fresh installation by scripts/schema-contract.ts. */
export const contractShape: SchemaShape = contract;

/** Tables and functions of schema public that the contract is about; what else is there belongs to others. */
export const lifecycleTables = ["system_vocab", "information_unit", "unit_version", "iu_lifecycle_log"] as const;
export const lifecycleFunctions = [
  "fn_iu_create",
  "fn_iu_enact",
  "fn_iu_withdraw",
  "fn_iu_revise",
  "fn_iu_enacted_immut",
  "fn_uv_enacted_immut",
  "fn_iu_enacted_truncate",
] as const;

/**
 * May be absent from a production database without being a difference: database.md calls fn_iu_revise optional, and the
 * guards against TRUNCATE go beyond what it asks.
 */
export const OPTIONAL: ReadonlySet<string> = new Set([
  "function public.fn_iu_revise",
  "function public.fn_iu_enacted_truncate",
  "trigger public.information_unit.trg_iu_enacted_truncate",
  "trigger public.unit_version.trg_uv_enacted_truncate",
]);
