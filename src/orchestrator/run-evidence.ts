/**
 * run-evidence: the evidence folder of a run that has ended: its report in every form, and its chain of events.
 *
 * Written once, by the process that closed the run or else by the next one that resumes it, from the store alone.
 * Never replaces what is there. Called by the verbs that resume a run, and by the dry run.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isClosed } from "../flow/phase.ts";
import { writeEvidence } from "../kernel/evidence/folder.ts";
import { Failure } from "../kernel/failure.ts";
import { renderRun } from "../report/run.ts";
import { runFolder } from "./run-files.ts";
import { runReport } from "./run-report.ts";
import type { RunRecord } from "./store/run-record.ts";
import type { Store } from "./store/store.ts";

/** Whether a run that has ended lacks its evidence: the process that closed it was killed before it was written. */
export function lacksEvidence(store: Store, run: RunRecord): boolean {
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  return isClosed(run.state) && !existsSync(join(folder, "evidence"));
}

/** The path of the folder. FILE_WRITE_FAILED, FILE_NOT_PRIVATE, and what the store answers. */
export function writeRunEvidence(store: Store, run: RunRecord): string | Failure {
  const report = runReport(store, run);
  if (report instanceof Failure) return report;
  const events = store.exportEvents(run.runId);
  if (events instanceof Failure) return events;
  return writeEvidence({
    ...{ stateDirectory: store.directory, runId: run.runId, sessionId: run.sessionId },
    files: {
      "facts.json": renderRun(report, "json"),
      "report.md": renderRun(report, "markdown"),
      "report.txt": renderRun(report, "text"),
      "junit.xml": renderRun(report, "junit"),
      "events.jsonl": events,
    },
  });
}
