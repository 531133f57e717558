/**
 * doctor/standing: whether the last rehearsal of a run still shows what the run would do: done on the database to which
 * exec leads now, with everything around it as it was.
 *
 * Compares what the rehearsal kept with what exec sees now; reads nothing. Called by doctor.ts.
 */
import { surroundingDifferences, surroundingsIn } from "../../execution/rehearsal/surroundings.ts";
import { type TargetIdentity, targetWords } from "../../flow/survey.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import type { RunRecord } from "../../orchestrator/store/run-record.ts";
import type { Standing } from "../../readiness/doctor/condition.ts";
import type { RehearsalReport } from "../../report/rehearsal.ts";
import type { Look } from "./connections.ts";

export function standingOf(run: RunRecord, report: RehearsalReport | null, exec: Look | undefined): Standing {
  const now = exec?.surroundings ?? null;
  if (now === null) return { unknown: "connections.exec could not be asked" };
  const [planned, seen] = [targetWords(run.target as TargetIdentity), targetWords(now.target)];
  if (canonicalJson(run.target) !== canonicalJson({ ...now.target }))
    return { changed: [`the run was planned for ${planned}, and exec leads to ${seen}`] };
  const then = surroundingsIn(report?.cut[0]?.facts ?? {});
  if (then === null) return { unknown: "the rehearsal did not keep where and on what it was done" };
  if (then.target.systemIdentifier === null) {
    return { unknown: "the role of the rehearsal could not tell which cluster it was on" };
  }
  const changed = surroundingDifferences(then, now);
  return changed.length === 0 ? "as rehearsed" : { changed };
}
