/**
 * read-rights: who may do what with our objects in a live database, as entries: ACLs, roles, memberships, defaults,
 * parameters, and the settings that our roles begin a session with: none is prescribed.
 *
 * Reads pg_catalog only and writes nothing. Compared with the frozen matrix as sets, never as strings. Left out:
 * the owner's own entries, memberships that a server gives the creator of a role, members of a group made for people.
 */
import defaultPrivilegesSql from "../../sql/catalog/default-privileges.sql" with { type: "text" };
import membershipsSql from "../../sql/catalog/memberships.sql" with { type: "text" };
import parameterPrivilegesSql from "../../sql/catalog/parameter-privileges.sql" with { type: "text" };
import privilegesSql from "../../sql/catalog/privileges.sql" with { type: "text" };
import rolesSql from "../../sql/catalog/roles.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Row, Session } from "../kernel/session/session.ts";
import { attributeEntries, type Entry, membershipEntry, privilegeEntry, settingEntry } from "./entry.ts";
import { privilegeMatrix } from "./matrix.ts";
import { type LiveShape, nameArray, readRows } from "./read-shape.ts";
import { lifecycleFunctions, lifecycleTables } from "./shape.ts";

/** The first server on which the right to set a parameter is granted. */
const GRANTS_PARAMETERS = 150_000;
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
  const granted = session.login.serverVersionNumber >= GRANTS_PARAMETERS;
  const parameters = granted ? await readRows(session, parameterPrivilegesSql, [roles]) : [];
  if (parameters instanceof Failure) return parameters;
  return [
    ...privileges.map((row) => privilegeOf(row, live)),
    ...roleEntries(attributes),
    ...memberships.filter(isNoVisitor).map(membershipOf),
    ...defaults.map(defaultPrivilegeOf),
    ...parameters.map(parameterPrivilegeOf),
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

function membershipOf({ member, parent, administers, may_set, inherits }: Row): Entry {
  const prescribed = privilegeMatrix.roles.find(({ name }) => name === member)?.attributes.inherit;
  return membershipEntry({
    member: member ?? "",
    parent: parent ?? "",
    administers: administers === "t" ? "yes" : "no",
    maySetRole: may_set === "t" ? "yes" : "no",
    inherits: prescribed === false && inherits === "t" ? "against its attribute" : "as its attribute says",
  });
}

/** No parameter is the matrix's to give, so each is in excess. */
function parameterPrivilegeOf({ parameter, privilege, role, grantable }: Row): Entry {
  return privilegeEntry({
    privilege: privilege ?? "",
    object: `parameter ${parameter}`,
    role: role ?? "",
    grantable: grantable === "t" ? "yes" : "no",
    parent: `parameter ${parameter}`,
  });
}

function defaultPrivilegeOf(row: Row): Entry {
  return {
    kind: "default privilege",
    object: `${row.privilege} on new ${row.objects} of ${row.owner} in ${row.schema} to ${row.role}`,
    definition: "granted",
    parents: [],
  };
}
