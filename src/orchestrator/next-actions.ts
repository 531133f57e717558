/**
 * next-actions: what a person may do with a run as it stands: in words for its report, and the one command of a list.
 *
 * Decides nothing about the run. Called by run-report.ts and run-list.ts.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isClosed, nextStep, waitsAt } from "../flow/phase.ts";
import { FAILURES } from "../kernel/failure-table.ts";
import { stopsInPlanning } from "./record-plan.ts";
import { REHEARSAL_FILE } from "./rehearsal-file.ts";
import { isRejected, REJECTED } from "./rejection.ts";
import { runFolder } from "./run-files.ts";
import type { PhaseRecord } from "./store/phase-record.ts";
import type { RunRecord } from "./store/run-record.ts";

/** Each a command with, in brackets, what it does; or a sentence, where there is none. */
export function nextActions(run: RunRecord, phases: readonly PhaseRecord[]): readonly string[] {
  const { runId, mode } = run;
  const gate = waitsAt(run.state);
  if (gate !== null && mode === "dryrun") {
    return [`cutter resume ${runId} (with the approval for ${gate} that the dry run wrote)`];
  }
  if (gate !== null) {
    return [
      ...(gate === "SG1" ? [`cutter rehearse ${runId} (shows what it would do, and writes nothing)`] : []),
      `cutter approve ${runId} --gate ${gate} (shows the plan, and writes the approval to be signed)`,
      `cutter resume ${runId} --approval FILE --live (with the signed approval for ${gate})`,
    ];
  }
  if (isRejected(run)) return [REJECTED.hint];
  if (run.stopCode !== null) return [FAILURES[run.stopCode].action];
  const step = nextStep(run.state);
  if (step === null) return ["nothing: the run has ended"];
  if (stopsInPlanning(run, phases)) return [`${resumeWords(run)} (goes on with its plan)`];
  if (run.state === "PLANNED") return ["nothing: there is nothing to write"];
  return [`${resumeWords(run)} (goes on with ${step.name}, which ${step.does})`];
}

/** The first thing to type; null where there is nothing to do. */
export function nextCommand(run: RunRecord, phases: readonly PhaseRecord[], stateDirectory: string): string | null {
  const { runId, mode, state } = run;
  const gate = waitsAt(state);
  if (isClosed(state)) return null;
  if (state === "HELD") return "cutter hold show";
  if (state === "STOPPED" || run.stopCode === "STOP_OUTCOME_UNKNOWN") return `cutter show ${runId}`;
  if (run.openPhase !== null) return resumeWords(run);
  if (gate === null) return state === "PLANNED" && !stopsInPlanning(run, phases) ? null : resumeWords(run);
  if (mode === "dryrun") return resumeWords(run);
  const isRehearsed = existsSync(join(runFolder({ stateDirectory, ...run }), REHEARSAL_FILE));
  return gate === "SG1" && !isRehearsed ? `cutter rehearse ${runId}` : `cutter approve ${runId} --gate ${gate}`;
}

function resumeWords({ runId, mode }: RunRecord): string {
  return `cutter resume ${runId}${mode === "live" ? " --live" : ""}`;
}
