/**
 * read-rights: who may do what with our objects in a live database, as entries: ACLs, roles, memberships, defaults,
 * and the settings that our roles begin a session with: none is prescribed.
 *
 * Reads pg_catalog only and writes nothing. Compared with the frozen matrix as sets, never as strings. Left out:
 * the owner's own entries, memberships that a server gives the creator of a role, members of a group made for people.
 */
import defaultPrivilegesSql from "../../sql/catalog/default-privileges.sql" with { type: "text" };
import membershipsSql from "../../sql/catalog/memberships.sql" with { type: "text" };
import privilegesSql from "../../sql/catalog/privileges.sql" with { type: "text" };
import rolesSql from "../../sql/catalog/roles.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Row, Session } from "../kernel/session/session.ts";
import { attributeEntries, type Entry, membershipEntry, privilegeEntry, settingEntry } from "./entry.ts";
import { privilegeMatrix } from "./matrix.ts";
import { type LiveShape, nameArray, readRows } from "./read-shape.ts";
import { lifecycleFunctions, lifecycleTables } from "./shape.ts";

const ROLES = privilegeMatrix.roles.map(({ name }) => name);

export async function readRights(session: Session, live: LiveShape): Promise<readonly Entry[] | Failure> {
  const roles = nameArray(ROLES);
  const owner = live.owner ?? privilegeMatrix.owner.name;
  const privileges = await readRows(session, privilegesSql, [
    nameArray(lifecycleTables),
    nameArray(lifecycleFunctions),
    roles,
  ]);
  if (privileges instanceof Failure) return privileges;
  const attributes = await readRows(session, rolesSql, [nameArray([...ROLES, JSON.stringify(owner)])]);
  if (attributes instanceof Failure) return attributes;
  const memberships = await readRows(session, membershipsSql, [roles]);
  if (memberships instanceof Failure) return memberships;
  const defaults = await readRows(session, defaultPrivilegesSql, [roles, owner]);
  if (defaults instanceof Failure) return defaults;
  return [
    ...privileges.map((row) => privilegeOf(row, live)),
    ...roleEntries(attributes),
    ...memberships.filter(isNoVisitor).map(membershipOf),
    ...defaults.map(defaultPrivilegeOf),
    ...live.roleSettings.filter(({ role }) => [...ROLES, owner].includes(role)).map(settingEntry),
  ];
}

function privilegeOf(row: Row, { functionKeys }: LiveShape): Entry {
  const named = (name: string): string => (row.kind === "function" ? (functionKeys.get(name) ?? name) : name);
  return privilegeEntry({
    privilege: row.privilege ?? "",
    object: named(row.object ?? ""),
    role: row.role ?? "",
    grantable: row.grantable === "t" ? "yes" : "no",
    parent: `${row.kind} ${named(row.parent ?? "")}`,
  });
}

function roleEntries(rows: readonly Row[]): Entry[] {
  const present = ROLES.filter((name) => rows.some(({ role }) => role === name));
  return [
    ...present.map((object): Entry => ({ kind: "role", object, definition: "exists", parents: [] })),
    ...rows.flatMap(({ role, attribute, value }) => attributeEntries(role ?? "", { [attribute ?? ""]: value ?? "" })),
  ];
}

/** False for a person in a group that is there for people. */
function isNoVisitor({ parent, member }: Row): boolean {
  const group = privilegeMatrix.roles.find(({ name }) => name === parent);
  return group === undefined || !group.mayHaveMembers || ROLES.includes(member ?? "");
}

function membershipOf({ member, parent, administers }: Row): Entry {
  const administersIt = administers === "t" ? "yes" : "no";
  return membershipEntry({ member: member ?? "", parent: parent ?? "", administers: administersIt });
}

function defaultPrivilegeOf(row: Row): Entry {
  return {
    kind: "default privilege",
    object: `${row.privilege} on new ${row.objects} of ${row.owner} in ${row.schema} to ${row.role}`,
    definition: "granted",
    parents: [],
  };
}
