/**
 * uninstall: removes what install made, in one transaction: the governance schema, and the lifecycle that came with it.
 *
 * Refuses while any row is not reference data, unless told to give them up. Never cascades: what others built on our
 * tables makes the server refuse. Roles belong to the whole cluster and stay, unless asked. Called by
 * `cutter schema uninstall`.
 */
import vocabularySql from "../../sql/catalog/vocabulary.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { privilegeMatrix } from "./matrix.ts";
import { inOwnTransaction, runPieces } from "./own-transaction.ts";
import { governanceRollbackPiece, lifecyclePieces, lifecycleRollbackPiece, type Piece, setting } from "./pieces.ts";
import { readPresence } from "./presence.ts";
import { readRows } from "./read-shape.ts";

export type UninstallOptions = {
  /** What to do about rows that are not reference data. */
  readonly rows: "refuse" | "discard";
  readonly roles: "keep" | "drop";
};

export type UninstallReport = {
  readonly lifecycle: "removed" | "kept";
  readonly rolesDropped: readonly string[];
};

/** SQLSTATE with which both rollback files refuse to destroy rows. */
const HOLDS_ROWS = "55000";

/** Fails with OBJECT_MISSING, SCHEMA_HOLDS_ROWS, or as the server refuses; then nothing has changed. */
export function uninstallSchema(session: Session, options: UninstallOptions): Promise<UninstallReport | Failure> {
  return inOwnTransaction(session, async () => {
    const presence = await readPresence(session);
    if (presence instanceof Failure) return presence;
    const { governance } = presence;
    if (governance === null) return new Failure("OBJECT_MISSING", "there is no schema cutter_governance to remove");
    const alien = governance === "installed" && options.rows === "refuse" ? await alienWords(session) : null;
    if (alien !== null) return alien;
    const dropped = options.roles === "drop" ? privilegeMatrix.roles.map(({ name }) => name).reverse() : [];
    const failed = await runPieces(session, [
      setting("cutter.discard_rows", options.rows === "discard" ? "on" : "off"),
      governanceRollbackPiece,
      ...(governance === "installed" ? [lifecycleRollbackPiece] : []),
      ...dropped.map((role): Piece => ({ name: `DROP ROLE ${role}`, sql: `DROP ROLE IF EXISTS ${role}` })),
    ]);
    if (failed !== null) return explained(failed);
    return { lifecycle: governance === "installed" ? "removed" : "kept", rolesDropped: dropped };
  });
}

/** Words of the vocabulary that someone added; they carry no mark of who did. */
async function alienWords(session: Session): Promise<Failure | null> {
  const rows = await readRows(session, vocabularySql);
  if (rows instanceof Failure) return rows;
  const shipped = lifecyclePieces.map(({ sql }) => sql).join("\n");
  const keys = rows.map(({ family, word }) => `vocab.${family}.${word}`);
  const alien = keys.filter((key) => !shipped.includes(`('${key}'`));
  if (alien.length === 0) return null;
  return new Failure("SCHEMA_HOLDS_ROWS", `the vocabulary holds words that did not come with it: ${alien.join(", ")}`);
}

function explained(failure: Failure): Failure {
  if (failure.facts.sqlstate !== HOLDS_ROWS) return failure;
  return new Failure("SCHEMA_HOLDS_ROWS", failure.message, { facts: failure.facts, cause: failure });
}
