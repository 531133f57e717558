/**
 * entry: one comparable thing about a schema, and how shapes and the privilege matrix become lists of them.
 *
 * An entry has a key (`kind object`), a definition, and parents: where a parent is missing or unknown itself, saying so
 * once is enough. Pure. compare.ts compares two lists; nothing here knows which of them is the live one.
 */
import { expandMatrix, type Privilege, privilegeMatrix, type RoleAttributes } from "./matrix.ts";
import type { RelationShape, SchemaShape } from "./shape.ts";
import type { RoleSetting, Surroundings } from "./surroundings.ts";

export type Kind =
  | "schema"
  | "relation"
  | "column"
  | "constraint"
  | "index"
  | "trigger"
  | "rule"
  | "policy"
  | "function"
  | "body"
  | "object"
  | "event trigger"
  | "publication"
  | "setting"
  | "privilege"
  | "role"
  | "role attribute"
  | "membership"
  | "default privilege";

export type Entry = {
  readonly kind: Kind;
  readonly object: string;
  readonly definition: string;
  /** Keys of the entries without which this one cannot be. */
  readonly parents: readonly string[];
};

export function keyOf({ kind, object }: Pick<Entry, "kind" | "object">): string {
  return `${kind} ${object}`;
}

export function shapeEntries(shape: SchemaShape): Entry[] {
  const schemas = Object.entries(shape.schemas).map(
    ([object, definition]): Entry => ({ kind: "schema", object, definition, parents: [] }),
  );
  const functions = Object.entries(shape.functions).map(
    ([object, { signature, properties }]): Entry => ({
      kind: "function",
      object,
      definition: `${signature}, ${properties}`,
      parents: [],
    }),
  );
  const relations = Object.entries(shape.relations).flatMap(([name, relation]) => relationEntries(name, relation));
  return [...schemas, ...relations, ...functions, ...surroundingEntries(shape.surroundings)];
}

function surroundingEntries({ objects, eventTriggers, publications, settings }: Surroundings): Entry[] {
  const named = (kind: Kind, members: Readonly<Record<string, string>>): Entry[] =>
    Object.entries(members).map(([object, definition]) => ({ kind, object, definition, parents: [] }));
  return [
    ...named("object", objects),
    ...named("event trigger", eventTriggers),
    ...named("publication", publications),
    ...named("setting", settings),
  ];
}

/** A setting that sessions of a role begin with. */
export function settingEntry({ role, object, value }: RoleSetting): Entry {
  return { kind: "setting", object, definition: value, parents: [`role ${role}`] };
}

/** What a constraint says, and what follows of its state. */
const CONSTRAINT = /^(.*?)((?: NOT VALID| NOT ENFORCED)*(?:; is (?:not )?enforced[a-z: ]*)*)$/s;

function relationEntries(name: string, relation: RelationShape): Entry[] {
  const parents = [`relation ${name}`];
  const named = (kind: Kind, members: Readonly<Record<string, string>>): Entry[] =>
    Object.entries(members).map(([member, definition]) => ({ kind, object: `${name}.${member}`, definition, parents }));
  const constraints = relation.constraints.map((text): Entry => {
    const [, says = text, state = ""] = text.match(CONSTRAINT) ?? [];
    return { kind: "constraint", object: `${name}: ${says}`, definition: `present${state}`, parents };
  });
  const indexes = Object.entries(relation.indexes).map(
    ([text, definition]): Entry => ({ kind: "index", object: `${name}: ${text}`, definition, parents }),
  );
  const schema = `schema ${name.split(".")[0]}`;
  return [
    { kind: "relation", object: name, definition: relation.definition, parents: [schema] },
    ...named("column", relation.columns),
    ...constraints,
    ...indexes,
    ...named("trigger", relation.triggers),
    ...named("rule", relation.rules),
    ...named("policy", relation.policies),
  ];
}

/** Digests of function and view texts, which only a baseline prescribes. */
export function bodyEntries(bodies: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(bodies).map(([object, definition]) => ({
    kind: "body",
    object,
    definition,
    parents: [`function ${object}`, `relation ${object}`],
  }));
}

export function privilegeEntry(privilege: {
  readonly privilege: string;
  /** Relation, column, function or `schema x`, as a person names it. */
  readonly object: string;
  readonly role: string;
  readonly grantable: "yes" | "no";
  /** Key of the relation, function or schema that it is about. */
  readonly parent: string;
}): Entry {
  return {
    kind: "privilege",
    object: `${privilege.privilege} on ${privilege.object} to ${privilege.role}`,
    definition: privilege.grantable === "yes" ? "granted with grant option" : "granted",
    parents: [privilege.parent, `role ${privilege.role}`],
  };
}

/** What the frozen matrix prescribes: privileges, roles, attributes, memberships. `owner` is the live one. */
export function matrixEntries(owner: string | null): Entry[] {
  const privileges = expandMatrix().map((item) =>
    privilegeEntry({ ...item, object: objectOf(item), parent: parentOf(item), grantable: "no" }),
  );
  const roles = privilegeMatrix.roles.flatMap(({ name, attributes, memberOf }): Entry[] => [
    { kind: "role", object: name, definition: "exists", parents: [] },
    ...attributeEntries(name, attributes),
    ...memberOf.map((parent) => membershipEntry({ member: name, parent, administers: "no" })),
  ]);
  const { superuser, bypassRls } = privilegeMatrix.owner.attributes;
  const ownerEntries =
    owner === null || superuser === undefined || bypassRls === undefined
      ? []
      : attributeEntries(owner, { superuser, bypassRls });
  return [...privileges, ...roles, ...ownerEntries];
}

export function attributeEntries(role: string, attributes: RoleAttributes): Entry[] {
  return Object.entries(attributes).map(([attribute, value]) => ({
    kind: "role attribute",
    object: `${role}: ${attribute}`,
    definition: `${value}`,
    parents: [`role ${role}`],
  }));
}

export function membershipEntry(membership: {
  readonly member: string;
  readonly parent: string;
  readonly administers: "yes" | "no";
  /** May become the other by SET ROLE: yes, unless PostgreSQL 16 or newer was told otherwise. */
  readonly maySetRole?: "yes" | "no";
  /** Against its own attribute, as PostgreSQL 16 and newer keep it for each membership. */
  readonly inherits?: "as its attribute says" | "against its attribute";
}): Entry {
  const { member, parent, administers, maySetRole = "yes", inherits = "as its attribute says" } = membership;
  return {
    kind: "membership",
    object: `${member} in ${parent}`,
    definition: [
      administers === "yes" ? "member with admin option" : "member",
      ...(maySetRole === "yes" ? [] : ["without SET"]),
      ...(inherits === "as its attribute says" ? [] : ["inheriting"]),
    ].join(", "),
    parents: [`role ${member}`, `role ${parent}`],
  };
}

function objectOf({ kind, object }: Privilege): string {
  return kind === "schemas" ? `schema ${object}` : object;
}

function parentOf({ kind, object }: Privilege): string {
  if (kind === "schemas") return `schema ${object}`;
  if (kind === "functions") return `function ${object}`;
  return `relation ${kind === "columns" ? object.slice(0, object.lastIndexOf(".")) : object}`;
}
