/**
 * live-content: what a database holds after a live run of HANDBOOK, and what the ledger and the run store say of it.
 *
 * For comparing a disturbed run with an undisturbed one: ids, times and keys, which differ from run to run, are left
 * out. Used by the fault tests; never by the program.
 */
import type { TestDatabase } from "../database/database.ts";
import type { Desk } from "./run-verbs.ts";

/** All that a cut writes, as text. */
export function contentOf(database: TestDatabase, run: string): string {
  return database.psql(`
    SELECT canonical_address, unit_kind, lifecycle_status, identity_profile, owner_ref, u.created_by, version_no, title,
      body, v.content_sha256, publication_type
    FROM information_unit u JOIN unit_version v ON v.information_unit_id = u.id
    WHERE canonical_address LIKE 'HANDBOOK%' ORDER BY canonical_address, version_no;
    SELECT from_status, to_status, count(*) FROM iu_lifecycle_log GROUP BY 1, 2 ORDER BY 1, 2;
    SELECT phase, outcome, count(*) FROM cutter_governance.run_phase
    WHERE run_id = '${run}' AND outcome <> 'void' GROUP BY 1, 2 ORDER BY 1;
    SELECT r.ordinal, r.canonical_address, r.action, r.content_sha256, s.status, s.row_count
    FROM cutter_governance.cut_change_set_affected_row r
    JOIN cutter_governance.cut_change_set s ON s.id = r.change_set_id WHERE s.run_id = '${run}' ORDER BY 1;
    SELECT state FROM cutter_governance.run WHERE run_id = '${run}';
    SELECT (SELECT count(*) FROM cutter_governance.approval_grant),
      (SELECT count(*) FROM cutter_governance.verify_result),
      (SELECT count(*) FROM cutter_governance.dot_pair_signature), (SELECT count(*) FROM information_unit),
      (SELECT count(*) FROM cutter_governance.backup_artifact WHERE run_id = '${run}') >= 1,
      (SELECT count(*) FROM cutter_governance.manifest_unit_block), (SELECT count(*) FROM unit_version)`);
}

/** The phases that happened, each with its attempt, by the ledger and by the run store: they have to be the same. */
export async function phasesOf(database: TestDatabase, desk: Desk, run: string) {
  const { phases } = await desk.show(run);
  const happened = phases.filter(({ outcome }) => outcome !== "void");
  const words = happened.map(({ phase, attempt, outcome }) => `${phase} ${attempt} ${outcome}`);
  const ledger = database.psql(`SELECT phase || ' ' || attempt || ' ' || outcome FROM cutter_governance.run_phase
    WHERE run_id = '${run}' AND outcome <> 'void'`);
  return { store: words.sort(), ledger: ledger.split("\n").sort() };
}

/** Units, versions, log rows, and rows of the ledger but the run's own phases: what a phase that failed must leave. */
export function countsOf(database: TestDatabase): string {
  const tables = [
    ...["information_unit", "unit_version", "iu_lifecycle_log"].map((name) => `public.${name}`),
    ...["approval_grant", "cut_change_set", "cut_change_set_affected_row", "source_version", "manifest_envelope"].map(
      (name) => `cutter_governance.${name}`,
    ),
    ...["manifest_unit_block", "verify_result", "review_decision", "dot_pair_signature"].map(
      (name) => `cutter_governance.${name}`,
    ),
  ];
  return database.psql(tables.map((name) => `SELECT '${name} ' || count(*) FROM ${name}`).join(" UNION ALL "));
}
