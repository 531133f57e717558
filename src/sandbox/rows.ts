/**
 * rows: by how many rows each phase of a run changes each table: what the scenarios predict with, and G-15 compares.
 *
 * Written down from the contract (database.md), not from what the tables held: a phase that writes more or less than
 * this is found. A phase that failed writes nothing. Pure. Called by the scenarios and by C-11.
 */
export type RowDelta = Readonly<Record<string, number>>;

export type RunPhase =
  | "register"
  | "pre_write_backup"
  | "cut_leg_a"
  | "leg_b_record"
  | "write_verify"
  | "lifecycle_enact"
  | "closeout"
  | "soft revert"
  | "hard revert";

/** A whole run, and one that waits at its second gate. `register`: the run's own row and its three planning phases. */
export const TO_SECOND_GATE: readonly RunPhase[] = [
  ...(["register", "pre_write_backup", "cut_leg_a", "leg_b_record", "write_verify"] as const),
];
export const WHOLE_RUN: readonly RunPhase[] = [...TO_SECOND_GATE, "lifecycle_enact", "closeout"];

const PLANNING_PHASES = 3;

/** Of these phases of one run that creates so many units, approved by one authority. */
export function rowsOf(phases: readonly RunPhase[], units: number): RowDelta {
  return sumRows(phases.map((phase) => EFFECTS[phase](units)));
}

/** Has a row for each run. */
export const RUNS = "cutter_governance.run";

const PHASE = { "cutter_governance.run_phase": 1 };

const EFFECTS: Readonly<Record<RunPhase, (units: number) => RowDelta>> = {
  register: () => ({ [RUNS]: 1, "cutter_governance.run_phase": PLANNING_PHASES }),
  pre_write_backup: () => ({ ...PHASE, "cutter_governance.backup_artifact": 1 }),
  cut_leg_a: (units) => ({
    ...PHASE,
    "cutter_governance.approval_grant": 1,
    "cutter_governance.review_decision": 1,
    "cutter_governance.cut_change_set": 1,
    "cutter_governance.cut_change_set_affected_row": units,
    "public.information_unit": units,
    "public.unit_version": units,
  }),
  leg_b_record: (units) => ({
    ...PHASE,
    "cutter_governance.source_version": 1,
    "cutter_governance.manifest_envelope": 1,
    "cutter_governance.manifest_unit_block": units,
    "cutter_governance.dot_pair_signature": 1,
  }),
  write_verify: () => ({ ...PHASE, "cutter_governance.verify_result": 1, "cutter_governance.dot_pair_signature": 1 }),
  lifecycle_enact: (units) => ({
    ...PHASE,
    "cutter_governance.approval_grant": 1,
    "cutter_governance.review_decision": 1,
    "public.iu_lifecycle_log": units,
  }),
  closeout: () => PHASE,
  "soft revert": (units) => ({
    ...PHASE,
    "cutter_governance.approval_grant": 1,
    "cutter_governance.review_decision": 1,
    "public.iu_lifecycle_log": units,
  }),
  "hard revert": (units) => ({
    ...PHASE,
    "cutter_governance.approval_grant": 2,
    "cutter_governance.review_decision": 2,
    "public.information_unit": -units,
    "public.unit_version": -units,
  }),
};

export function sumRows(deltas: readonly RowDelta[]): RowDelta {
  const sum: Record<string, number> = {};
  for (const [relation, by] of deltas.flatMap(Object.entries)) sum[relation] = (sum[relation] ?? 0) + by;
  return sum;
}
