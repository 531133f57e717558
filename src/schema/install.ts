/**
 * install: puts the schema into an existing database, in one transaction, as the role that is logged in.
 *
 * Never replaces anything: where the governance schema is there it refuses, and lifecycle tables that are there are
 * someone else's and stay as they are. Roles that exist are kept. What a superuser installs is given to the owner that
 * the privilege matrix names. Afterwards everything is compared with the contract. Called by `cutter schema install`.
 */
import rolesSql from "../../sql/catalog/roles.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { privilegeMatrix } from "./matrix.ts";
import { inOwnTransaction, runPieces } from "./own-transaction.ts";
import { installationPieces, type Lifecycle } from "./pieces.ts";
import { type Presence, readPresence } from "./presence.ts";
import { nameArray, readRows } from "./read-shape.ts";
import { lifecycleTables } from "./shape.ts";
import { type SchemaReport, verifyInside } from "./verify.ts";

export type InstallReport = {
  readonly lifecycle: Lifecycle;
  readonly reference: "loaded" | "omitted";
  /** Created without a password. */
  readonly rolesCreated: readonly string[];
  readonly rolesKept: readonly string[];
  /** Taken before the COMMIT. A difference here is one of a role that was kept, or a lifecycle that is not ours. */
  readonly verified: SchemaReport;
};

/** Fails with SCHEMA_PRESENT, or as the server refuses; then nothing has changed. */
export function installSchema(
  session: Session,
  { reference }: { readonly reference: "load" | "omit" },
): Promise<InstallReport | Failure> {
  return inOwnTransaction(session, async () => {
    const presence = await readPresence(session);
    if (presence instanceof Failure) return presence;
    const lifecycle = chooseLifecycle(presence, reference);
    if (lifecycle instanceof Failure) return lifecycle;
    const kept = await existingRoles(session);
    if (kept instanceof Failure) return kept;
    const failed = await runPieces(session, installationPieces({ lifecycle, reference }));
    if (failed !== null) return failed;
    const present = await existingRoles(session);
    if (present instanceof Failure) return present;
    const verified = await verifyInside(session, {});
    if (verified instanceof Failure) return verified;
    return {
      lifecycle,
      reference: reference === "load" ? "loaded" : "omitted",
      rolesCreated: present.filter((role) => !kept.includes(role)),
      rolesKept: kept,
      verified,
    };
  });
}

function chooseLifecycle({ governance, tables, functions }: Presence, reference: "load" | "omit"): Lifecycle | Failure {
  if (governance !== null) return new Failure("SCHEMA_PRESENT", "the schema cutter_governance is there already");
  if (tables.length === 0 && functions.length === 0) return "installed";
  if (tables.length < lifecycleTables.length) {
    const there = [...tables, ...functions].join(", ");
    return new Failure("SCHEMA_PRESENT", `a part of the lifecycle is there already: ${there}`);
  }
  if (reference === "omit") return "kept";
  return new Failure(
    "SCHEMA_PRESENT",
    "the lifecycle tables are there already; reference data goes into new ones only",
  );
}

async function existingRoles(session: Session): Promise<readonly string[] | Failure> {
  const names = [...privilegeMatrix.roles, privilegeMatrix.owner].map(({ name }) => name);
  const rows = await readRows(session, rolesSql, [nameArray(names)]);
  if (rows instanceof Failure) return rows;
  return [...new Set(rows.map(({ role }) => role ?? ""))];
}
