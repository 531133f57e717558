/**
 * matrix: the frozen privilege matrix, read from its one data file, and its expansion into single privileges.
 *
 * sql/roles/privilege-matrix.json is where roles, memberships and grants are written, once: roles.sql and grants.sql
 * carry it out, verify.ts compares the live state with it. Never changed at run time.
 */
import matrix from "../../sql/roles/privilege-matrix.json" with { type: "json" };

/** Attributes as verify compares them; one that is absent is not prescribed. */
export type RoleAttributes = {
  readonly login?: boolean;
  readonly inherit?: boolean;
  readonly connectionLimit?: number;
  readonly superuser?: boolean;
  readonly bypassRls?: boolean;
  readonly createRole?: boolean;
  readonly createDatabase?: boolean;
  readonly replication?: boolean;
  /** Past its VALID UNTIL. */
  readonly expired?: boolean;
};

export type MatrixRole = {
  readonly name: string;
  readonly purpose: string;
  readonly attributes: RoleAttributes;
  readonly memberOf: readonly string[];
  /** A group that people are made members of: its members are not excess. */
  readonly mayHaveMembers: boolean;
};

type Entry = { readonly role: string; readonly privilege: string; readonly on: readonly string[] };

export type PrivilegeMatrix = {
  readonly schema: "cutter.privilege-matrix/v1";
  readonly owner: { readonly name: string; readonly purpose: string; readonly attributes: RoleAttributes };
  readonly roles: readonly MatrixRole[];
  readonly governance: Readonly<Record<"schemas" | "tables" | "columns" | "views", readonly Entry[]>>;
  readonly lifecycle: Readonly<Record<"tables" | "functions", readonly Entry[]>>;
};

export const privilegeMatrix = matrix as PrivilegeMatrix;

export type Privilege = {
  readonly area: "governance" | "lifecycle";
  readonly kind: "schemas" | "tables" | "columns" | "views" | "functions";
  /** e.g. `cutter_governance.run`, `cutter_governance.run.state`, `public.fn_iu_create`. */
  readonly object: string;
  readonly role: string;
  readonly privilege: string;
};

/** The matrix as a list of single privileges. */
export function expandMatrix(): readonly Privilege[] {
  const privileges: Privilege[] = [];
  for (const area of ["governance", "lifecycle"] as const) {
    for (const [kind, entries] of Object.entries(privilegeMatrix[area]) as [Privilege["kind"], readonly Entry[]][]) {
      for (const { role, privilege, on } of entries) {
        for (const object of on) privileges.push({ area, kind, object, role, privilege });
      }
    }
  }
  return privileges;
}
