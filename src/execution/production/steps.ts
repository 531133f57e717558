/**
 * steps: for each phase of a live run: who writes it, under which gate, and between which states of the ledger's run.
 *
 * Data only. write_verify's role may not write the run's state, so enact finds it where leg B left it.
 */
import type { PhaseStep } from "./phase-work.ts";

export const PHASE_STEPS = {
  pre_write_backup: {
    ...{ phase: "pre_write_backup", role: "exec", gate: "SG1" },
    ...{ before: ["AWAITING_CUT_AUTHORIZATION"], after: "BACKED_UP" },
  },
  cut_leg_a: { phase: "cut_leg_a", role: "exec", gate: "SG1", before: ["BACKED_UP"], after: "CUT" },
  leg_b_record: { phase: "leg_b_record", role: "exec", gate: "SG1", before: ["CUT"], after: "RECORDED" },
  write_verify: { phase: "write_verify", role: "verify", gate: "SG1", before: ["RECORDED"], after: null },
  lifecycle_enact: { phase: "lifecycle_enact", role: "exec", gate: "SG2", before: ["RECORDED"], after: "ENACTED" },
  closeout: { phase: "closeout", role: "exec", gate: "SG2", before: ["ENACTED"], after: "CLOSEOUT_REPORTED" },
} as const satisfies Record<Exclude<PhaseStep["phase"], "compensate">, PhaseStep>;

/** From wherever the run was left; whether its units may still be taken back is judged by themselves. */
export const REVERT_STEP = {
  ...{ phase: "compensate", role: "revert", gate: "REVERT", after: "REVERTED" },
  before: [
    ...["BACKED_UP", "CUT", "RECORDED", "VERIFIED", "AWAITING_LIFECYCLE_AUTHORIZATION", "ENACTED"],
    ...["CLOSEOUT_REPORTED", "STOPPED", "HELD"],
  ],
} as const satisfies PhaseStep;
