/**
 * run-evidence: the evidence folder of a run that has ended: its report in every form, and its chain of events.
 *
 * Written once, by the process that closed the run or, where that was killed, by the next one that resumes it; from the
 * store alone. Never replaces what is there, and never makes again what was there once. Called by the verbs that
 * resume a run, and by the dry run.
 */
import { isClosed } from "../flow/phase.ts";
import { redactFact } from "../kernel/evidence/redaction.ts";
import type { SealKeys } from "../kernel/evidence/seal-keys.ts";
import { Failure } from "../kernel/failure.ts";
import { renderRun, runResult } from "../report/run.ts";
import { keepEvidence } from "./kept-evidence.ts";
import { runReport } from "./run-report.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** Whether a run has ended and its process was killed before its evidence was kept. */
export function lacksEvidence(store: Store, run: RunRecord): boolean | Failure {
  const known = store.evidence(run.runId);
  return known instanceof Failure ? known : isClosed(run.state) && known?.step !== "kept";
}

/** The path of the folder. FILE_WRITE_FAILED, FILE_NOT_PRIVATE, and what the store answers. */
export async function writeRunEvidence(store: Store, run: RunRecord, keys: SealKeys): Promise<string | Failure> {
  const made = runReport(store, run);
  if (made instanceof Failure) return made;
  // Before it is drawn, since a line that is wrapped or escaped no longer shows what it holds.
  const report = redactFact(made) as typeof made;
  const events = store.exportEvents(run.runId);
  if (events instanceof Failure) return events;
  return keepEvidence(store, {
    ...{ runId: run.runId, sessionId: run.sessionId, result: runResult(report), keys },
    files: {
      "facts.json": renderRun(report, "json"),
      "report.md": renderRun(report, "markdown"),
      "report.html": renderRun(report, "html"),
      "report.txt": renderRun(report, "text"),
      "junit.xml": renderRun(report, "junit"),
      "events.jsonl": events,
    },
  });
}
