/**
 * failure-table/stop: why a run stopped: the closed list of stop codes.
 *
 * A part of the one table of codes, which failure-table.ts puts together; each has one sentence of cause and one of
 * next action (orchestrator.md §2). Data only.
 */
import { type FailureEntry, NOT_CONNECTED, NOTHING_WRITTEN, ROLLED_BACK } from "./entry.ts";

const AS_BEFORE = "The run stands where it stood; nothing was written.";

export const STOPS = {
  STOP_APPROVAL_REQUIRED: {
    exit: 6,
    cause: "The run is paused at a gate and waits for a person to approve it.",
    action: "Look at the plan (cutter show RUN), have it approved, and resume the run.",
    data: "The run waits at its gate: what its earlier phases did stands, and nothing more is written.",
  },
  STOP_APPROVAL_INVALID: {
    exit: 4,
    cause: "The approval that was given does not hold for this run, gate, plan or target, or says no.",
    action: "Read which rule refused it, and ask for an approval of what the run shows now.",
    data: AS_BEFORE,
  },
  STOP_APPROVAL_EXPIRED: {
    exit: 4,
    cause: "The approval was given for a time that is over, or has not begun.",
    action: "Check the clock of this machine, and ask for a new approval.",
    data: AS_BEFORE,
  },
  STOP_APPROVAL_REPLAYED: {
    exit: 4,
    cause: "The approval was used before; each authorises once.",
    action: "Ask for a new approval.",
    data: AS_BEFORE,
  },
  STOP_KILL_SWITCH: {
    exit: 4,
    cause: "Execution is off for this run.",
    action: "cutter proof killswitch shows what says off.",
    data: NOT_CONNECTED,
  },
  STOP_HOLD: {
    exit: 4,
    cause: "A HOLD stands after an earlier failure: nothing is written until a person has looked.",
    action: "cutter hold show says who set it and why.",
    data: NOT_CONNECTED,
  },
  STOP_LOCKED: {
    exit: 4,
    cause: "Another process advances this run, or another run of this document is open.",
    action: "Wait for it to end, or close the other run; cutter runs lists them.",
    data: AS_BEFORE,
  },
  STOP_PLAN_DRIFT: {
    exit: 4,
    cause: "The database is no longer what the plan rests on.",
    action:
      "Read what changed, close this run with a rejection (cutter approve RUN --gate SG1 --reject), and plan anew.",
    data: AS_BEFORE,
  },
  STOP_TARGET_CHANGED: {
    exit: 4,
    cause: "This is not the database that the run was planned for.",
    action: "Name the database of the run; cutter show RUN says which it was.",
    data: NOTHING_WRITTEN,
  },
  STOP_CUTPLAN_REFUSED: {
    exit: 3,
    cause: "The plan holds rows that the write contract refuses; all of them are listed.",
    action: "Mend the source, the profile or the configuration, and plan again with a new run.",
    data: NOTHING_WRITTEN,
  },
  STOP_BACKUP_REFUSED: {
    exit: 4,
    cause: "There is no backup that was made, encrypted and read back in full.",
    action:
      "Read why in the message and mend it. A run that stopped for it is cut anew: cutter hold clear, cutter cut.",
    data: "Nothing of the document was written; of a live run the ledger has its name.",
  },
  STOP_PHASE_FAILED: {
    exit: 5,
    cause: "A phase failed; its transaction was rolled back as a whole.",
    action:
      "Mend what the message names and clear the HOLD (cutter hold clear). What earlier phases wrote, cutter revert " +
      "RUN takes back; then begin a new run.",
    data: ROLLED_BACK,
  },
  STOP_VERIFY_MISMATCH: {
    exit: 3,
    cause: "What was written is not what was planned; the second role found a difference.",
    action: "Look at the findings in cutter show RUN, and revert the run.",
    data: "The draft units and their record stand as they were written; nothing was enacted.",
  },
  STOP_OUTCOME_UNKNOWN: {
    exit: 7,
    cause: "The answer to a COMMIT was lost, and the server could not be asked what became of it.",
    action:
      "Once the server can be reached: cutter hold clear --run RUN, then cutter resume RUN --live. It asks the " +
      "ledger, and does no phase twice.",
    data: "One phase was committed as a whole, or not at all; which of the two is not known.",
  },
  STOP_INTERRUPTED: {
    exit: 130,
    cause: "The program was interrupted between two steps, or the step was rolled back.",
    action: "cutter resume RUN goes on with the step that was not done.",
    data: "Steps that were done stay recorded; the one under way left nothing.",
  },
} as const satisfies Record<string, FailureEntry>;
