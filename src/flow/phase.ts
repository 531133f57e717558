/**
 * phase: the phases of a run, the states between them, and the one table of moves.
 *
 * The order of the list is the order of a run (orchestrator.md §2). Pure and closed: a state that is not here is no
 * state, a move that is not in the table does not happen, and a test compares the words with the CHECKs of sql/.
 * Asked by the orchestrator, which alone decides; by the run store, which moves by compare-and-set; by reports.
 */

/** `work`: what is done; `gate`: where a person decides. `after` is the state that the step ends in. */
export type Step =
  | { readonly kind: "work"; readonly name: Phase; readonly after: RunState; readonly does: string }
  | { readonly kind: "gate"; readonly name: Gate; readonly after: RunState; readonly does: string };

export const PHASES = [
  "survey",
  "manifest",
  "cutplan",
  "pre_write_backup",
  "cut_leg_a",
  "leg_b_record",
  "write_verify",
  "lifecycle_enact",
  "closeout",
] as const;

export type Phase = (typeof PHASES)[number];

export const GATES = ["SG1", "SG2"] as const;

export type Gate = (typeof GATES)[number];

export const STATES = [
  "SURVEYED",
  "MANIFESTED",
  "PLANNED",
  "AWAITING_CUT_AUTHORIZATION",
  "BACKED_UP",
  "CUT",
  "RECORDED",
  "VERIFIED",
  "AWAITING_LIFECYCLE_AUTHORIZATION",
  "ENACTED",
  "CLOSEOUT_REPORTED",
  "STOPPED",
  "HELD",
  "REVERTED",
] as const;

export type RunState = (typeof STATES)[number];

/** A whole run, in order. Each phase has one sentence. */
export const STEPS: readonly Step[] = [
  work("survey", "SURVEYED", "reads what the database is and holds, in one read-only snapshot"),
  work("manifest", "MANIFESTED", "cuts the source into segments that cover it byte for byte"),
  work("cutplan", "PLANNED", "makes the rows to write, checks each, and compares them with the survey"),
  gate("SG1", "AWAITING_CUT_AUTHORIZATION", "a person authorises the cut"),
  work("pre_write_backup", "BACKED_UP", "makes an encrypted backup and reads it back"),
  work("cut_leg_a", "CUT", "creates the draft units"),
  work("leg_b_record", "RECORDED", "writes the governance rows and the first signature"),
  work("write_verify", "VERIFIED", "another role reads everything again, compares, and signs"),
  gate("SG2", "AWAITING_LIFECYCLE_AUTHORIZATION", "a person authorises the enactment"),
  work("lifecycle_enact", "ENACTED", "enacts the units"),
  work("closeout", "CLOSEOUT_REPORTED", "looks once more, reports, and disarms"),
];

function work(name: Phase, after: RunState, does: string): Step {
  return { kind: "work", name, after, does };
}

function gate(name: Gate, after: RunState, does: string): Step {
  return { kind: "gate", name, after, does };
}

/** States in which a run has ended, or only a person moves it on. */
const FINAL: ReadonlySet<RunState> = new Set(["CLOSEOUT_REPORTED", "REVERTED"]);

/** From each state the states that may follow. The one table of moves. */
export const MOVES: ReadonlyMap<RunState, readonly RunState[]> = new Map(
  STATES.map((state) => [state, movesFrom(state)]),
);

function movesFrom(state: RunState): readonly RunState[] {
  if (FINAL.has(state)) return state === "CLOSEOUT_REPORTED" ? ["REVERTED"] : [];
  if (state === "STOPPED") return ["HELD", "REVERTED"];
  if (state === "HELD") return ["STOPPED", "REVERTED"];
  const next = STEPS[STEPS.findIndex((step) => step.after === state) + 1];
  return [...(next === undefined ? [] : [next.after]), "STOPPED", "HELD"];
}

export function mayMove(from: RunState, to: RunState): boolean {
  return MOVES.get(from)?.includes(to) ?? false;
}

/** Whether nothing more will happen in this state by itself. */
export function isClosed(state: RunState): boolean {
  return FINAL.has(state);
}

/** Whether a run in this state keeps others from starting on the same document. */
export function isOpen(state: RunState): boolean {
  return !isClosed(state) && state !== "STOPPED";
}

/** The step that follows a state; null where the run has ended or was stopped. */
export function nextStep(state: RunState): Step | null {
  const position = STEPS.findIndex((step) => step.after === state);
  return position === -1 ? null : (STEPS[position + 1] ?? null);
}

/** The gate at which a run in this state waits, or null. */
export function waitsAt(state: RunState): Gate | null {
  const step = STEPS.find(({ after }) => after === state);
  return step?.kind === "gate" ? step.name : null;
}

/** Under which gate's authority a phase runs; null for those that need none. */
export function authorityOf(phase: Phase): Gate | null {
  const position = STEPS.findIndex(({ name }) => name === phase);
  const before = STEPS.slice(0, position).findLast(({ kind }) => kind === "gate");
  return before?.kind === "gate" ? before.name : null;
}
