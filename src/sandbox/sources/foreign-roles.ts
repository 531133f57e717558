/**
 * sources/foreign-roles: what production gives its roles: attributes, memberships, settings, and how far these are from
 * the frozen matrix there.
 *
 * Read in the read-only session that the dump is taken in, from catalogs alone; never a password. What a sandbox does
 * with it is decided by copied.ts and done by roles-made.ts. Called by database.ts.
 */
import foreignDatabase from "../../../sql/sandbox/foreign-database.sql" with { type: "text" };
import foreignMemberships from "../../../sql/sandbox/foreign-memberships.sql" with { type: "text" };
import foreignRoles from "../../../sql/sandbox/foreign-roles.sql" with { type: "text" };
import foreignSettings from "../../../sql/sandbox/foreign-settings.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { Row, Session } from "../../kernel/session/session.ts";
import type { Difference } from "../../schema/compare.ts";
import { readRightDifferences } from "../measure/privileges.ts";
import { SUPERUSER } from "../providers/provider.ts";

export type Membership = {
  readonly parent: string;
  readonly member: string;
  /** As SQL writes the names. */
  readonly quoted: { readonly parent: string; readonly member: string };
  readonly administers: boolean;
  /** Of this membership, as PostgreSQL 16 and newer keep it; null from a server that does not. */
  readonly inherits: boolean | null;
  readonly maySet: boolean | null;
  /** The member's own attribute. */
  readonly memberInherits: boolean;
};

export type Setting = {
  /** Empty: of all roles. */
  readonly role: string;
  readonly database: "this" | "every";
  readonly name: string;
  /** As SQL writes them. */
  readonly quoted: { readonly role: string; readonly name: string; readonly value: string };
  /** Who may set it, as pg_settings says it; null where the server did not tell. */
  readonly context: string | null;
};

export type ForeignRoles = {
  /** Statements that create them, but for the superuser whom a sandbox's server has already. */
  readonly create: readonly string[];
  readonly memberships: readonly Membership[];
  readonly settings: readonly Setting[];
  /** What the database says itself of who may come to it, in words: a sandbox's lets everybody in. */
  readonly database: readonly string[];
  /** What `cutter schema verify` says there of rights and settings; null where nobody could be asked. */
  readonly differences: readonly Difference[] | null;
};

/** Of a source that is no server of somebody's. */
export const NO_FOREIGN_ROLES = { create: [], memberships: [], settings: [], database: [] } as const;

/** Needs a session outside any transaction. */
export async function readForeignRoles(session: Session): Promise<ForeignRoles | Failure> {
  const create = await readCreations(session);
  if (create instanceof Failure) return create;
  const memberships = await readMemberships(session);
  if (memberships instanceof Failure) return memberships;
  const settings = await readSettings(session);
  if (settings instanceof Failure) return settings;
  const database = await session.query(foreignDatabase);
  if (database instanceof Failure) return database;
  const differences = await readRightDifferences(session);
  if (differences instanceof Failure) return differences;
  return { create, memberships, settings, database: database.rows.map(({ what }) => what ?? ""), differences };
}

/** Of every role but the superuser whom a sandbox has already. */
export async function readCreations(session: Session): Promise<readonly string[] | Failure> {
  const reply = await session.query(foreignRoles, [SUPERUSER]);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(({ quoted, attributes }) => `CREATE ROLE ${quoted} ${attributes}`);
}

/** One for each pair of roles. */
export async function readMemberships(session: Session): Promise<readonly Membership[] | Failure> {
  const reply = await session.query(foreignMemberships);
  return reply instanceof Failure ? reply : reply.rows.map(membershipOf);
}

/** Those that hold in this database. */
export async function readSettings(session: Session): Promise<readonly Setting[] | Failure> {
  const reply = await session.query(foreignSettings);
  return reply instanceof Failure ? reply : reply.rows.map(settingOf);
}

function membershipOf(row: Row): Membership {
  const option = (text: string | null | undefined): boolean | null => (text == null ? null : text === "t");
  return {
    ...{ parent: row.parent ?? "", member: row.member ?? "" },
    quoted: { parent: row.parent_quoted ?? "", member: row.member_quoted ?? "" },
    ...{ administers: row.administers === "t", memberInherits: row.member_inherits === "t" },
    ...{ inherits: option(row.inherits), maySet: option(row.may_set) },
  };
}

function settingOf(row: Row): Setting {
  return {
    ...{ role: row.role ?? "", database: row.database === "this" ? "this" : "every", name: row.name ?? "" },
    quoted: { role: row.quoted ?? "", name: row.quoted_name ?? "", value: row.literal ?? "" },
    context: row.context ?? null,
  };
}
