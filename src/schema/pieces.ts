/**
 * pieces: the SQL of a whole installation, in order: each piece is one statement, safe to send by itself.
 *
 * Every file under sql/ that changes a database is one DO block, so each is atomic, needs no splitting for the extended
 * protocol, and fails as a whole where it was applied before. What the blocks need to know stands in transaction-local
 * settings. Called by install.ts, uninstall.ts, the build and the selftest; never talks to a database itself.
 */
import governanceRun from "../../sql/governance/a-run.sql" with { type: "text" };
import governanceManifest from "../../sql/governance/b-manifest.sql" with { type: "text" };
import governanceChangeSet from "../../sql/governance/c-change-set.sql" with { type: "text" };
import governanceViews from "../../sql/governance/d-views.sql" with { type: "text" };
import governanceRollback from "../../sql/governance/rollback.sql" with { type: "text" };
import lifecycleVocabulary from "../../sql/lifecycle/a-vocabulary.sql" with { type: "text" };
import lifecycleUnit from "../../sql/lifecycle/b-unit.sql" with { type: "text" };
import lifecycleVersion from "../../sql/lifecycle/c-version.sql" with { type: "text" };
import lifecycleLog from "../../sql/lifecycle/d-log-and-immutability.sql" with { type: "text" };
import lifecycleFunctions from "../../sql/lifecycle/e-functions.sql" with { type: "text" };
import lifecycleRollback from "../../sql/lifecycle/rollback_runbook.sql" with { type: "text" };
import referenceConstitution from "../../sql/reference/a-icx-const.sql" with { type: "text" };
import referenceDrafts from "../../sql/reference/b-drafts.sql" with { type: "text" };
import referenceLedger from "../../sql/reference/c-ledger.sql" with { type: "text" };
import grants from "../../sql/roles/grants.sql" with { type: "text" };
import handOver from "../../sql/roles/hand-over.sql" with { type: "text" };
import roles from "../../sql/roles/roles.sql" with { type: "text" };
import { privilegeMatrix } from "./matrix.ts";

/** A named statement; the name is its path under sql/, for messages. */
export type Piece = { readonly name: string; readonly sql: string };

/** Whether the lifecycle tables come with this installation, or were there before and belong to someone else. */
export type Lifecycle = "installed" | "kept";

export const lifecyclePieces: readonly Piece[] = [
  { name: "lifecycle/a-vocabulary.sql", sql: lifecycleVocabulary },
  { name: "lifecycle/b-unit.sql", sql: lifecycleUnit },
  { name: "lifecycle/c-version.sql", sql: lifecycleVersion },
  { name: "lifecycle/d-log-and-immutability.sql", sql: lifecycleLog },
  { name: "lifecycle/e-functions.sql", sql: lifecycleFunctions },
];

const governancePieces: readonly Piece[] = [
  { name: "governance/a-run.sql", sql: governanceRun },
  { name: "governance/b-manifest.sql", sql: governanceManifest },
  { name: "governance/c-change-set.sql", sql: governanceChangeSet },
  { name: "governance/d-views.sql", sql: governanceViews },
];

const referencePieces: readonly Piece[] = [
  { name: "reference/a-icx-const.sql", sql: referenceConstitution },
  { name: "reference/b-drafts.sql", sql: referenceDrafts },
  { name: "reference/c-ledger.sql", sql: referenceLedger },
];

export const lifecycleRollbackPiece: Piece = { name: "lifecycle/rollback_runbook.sql", sql: lifecycleRollback };
export const governanceRollbackPiece: Piece = { name: "governance/rollback.sql", sql: governanceRollback };

/** A transaction-local setting, as a statement that returns no rows. */
export function setting(name: string, value: string): Piece {
  return { name: `setting ${name}`, sql: `SET LOCAL ${name} = '${value.replaceAll("'", "''")}'` };
}

/** Every statement of an installation, in order, to run in one transaction. */
export function installationPieces(options: { lifecycle: Lifecycle; reference: "load" | "omit" }): readonly Piece[] {
  return [
    // COMMENT and CHECK texts below hold backslashes and non-ASCII letters; names resolve to the system's first.
    setting("standard_conforming_strings", "on"),
    setting("search_path", "pg_catalog"),
    setting("cutter.privilege_matrix", JSON.stringify(privilegeMatrix)),
    setting("cutter.lifecycle", options.lifecycle),
    { name: "roles/roles.sql", sql: roles },
    ...(options.lifecycle === "installed" ? lifecyclePieces : []),
    ...governancePieces,
    { name: "roles/grants.sql", sql: grants },
    ...(options.reference === "load" ? referencePieces : []),
    { name: "roles/hand-over.sql", sql: handOver },
  ];
}

/** The whole reference database as one text, to run in one transaction on a database without the schema. */
export function referenceSql(): string {
  const pieces = installationPieces({ lifecycle: "installed", reference: "load" });
  return pieces.map(({ name, sql }) => `-- ${name}\n${sql.trimEnd().replace(/;?$/, ";")}\n`).join("\n");
}
