/**
 * rehearse: a run's phases, one after the other, and its revert after each, in one transaction that cannot commit.
 *
 * The plan is the run's own, made again from its files. Nothing of the run moves: what came of it is a file beside the
 * run and a note in its chain, which approve shows to whoever signs. Called by `cutter rehearse`.
 */
import type { Method, Order } from "../execution/adapter.ts";
import type { LiveWork } from "../execution/live-work.ts";
import type { LedgerRole } from "../execution/production/phase-work.ts";
import { PHASE_STEPS } from "../execution/production/steps.ts";
import { tryOut } from "../execution/rehearsal/savepoint.ts";
import { openRehearsal, type Rehearsal, type RehearsalParts } from "../execution/rehearsal.ts";
import { stopwatch } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Effects } from "../kernel/rollback-only/effects.ts";
import { FailedRun } from "../kernel/rollback-only/failed-run.ts";
import type { Session } from "../kernel/session/session.ts";
import type { RehearsalReport } from "../report/rehearsal.ts";

type Step = RehearsalReport["cut"][number];

/** In order; true where what it leaves could have to be taken back. */
const REHEARSED = [
  ["pre_write_backup", "leaves nothing"],
  ["cut_leg_a", "can be taken back"],
  ["leg_b_record", "can be taken back"],
  ["write_verify", "can be taken back"],
  ["lifecycle_enact", "leaves nothing"],
] as const;

export type RehearsalOrder = {
  readonly session: Session;
  readonly work: LiveWork;
  readonly compensate: RehearsalParts["compensate"];
  /** For the report: which database, ISO 8601 time. */
  readonly database: string;
  readonly at: string;
  readonly progress: (phase: string) => void;
};

/** A report in every case in which the transaction could be begun and rolled back. */
export async function rehearseRun(order: RehearsalOrder): Promise<RehearsalReport | Failure> {
  const { session, work, compensate } = order;
  const options = { statementTimeoutMs: limits.phaseStatementTimeoutMs };
  const rehearsal = await openRehearsal({ session, work, compensate, options });
  if (rehearsal instanceof Failure) return rehearsal;
  const [cut, revert]: [Step[], Step[]] = [[], []];
  for (const [method, leaves] of REHEARSED) {
    if (cut.some(({ outcome }) => outcome !== "done")) {
      cut.push(skipped(method, "a phase before it did not come to its end"));
      continue;
    }
    order.progress(method);
    cut.push(await rehearseStep(rehearsal, method, work));
    if (leaves === "leaves nothing") continue;
    if (cut.at(-1)?.outcome !== "done") revert.push(skipped(`revert after ${method}`, "the phase failed"));
    else revert.push(await rehearseRevert(rehearsal, method, order));
  }
  const ended = await rehearsal.end();
  const effects = ended instanceof FailedRun ? ended.effects : ended instanceof Failure ? ended : ended.effects;
  if (effects instanceof Failure) return effects;
  // What only the end of it all shows is no less a failure of the cut.
  if (ended instanceof FailedRun) cut.push(stepOf("the end of the transaction", "", { done: ended, durationMs: 0 }));
  return reportOf(order, { cut, revert }, effects);
}

async function rehearseStep(rehearsal: Rehearsal, method: Exclude<Method, "compensate">, work: LiveWork) {
  const elapsed = stopwatch();
  const done = await rehearsal[method]({ runId: work.runId, attempt: 1 });
  return stepOf(method, `cutter_${PHASE_STEPS[method].role satisfies LedgerRole}`, { done, durationMs: elapsed() });
}

/** Tried out and taken back, so that the next phase finds what the cut left. */
async function rehearseRevert(rehearsal: Rehearsal, after: Method, order: RehearsalOrder): Promise<Step> {
  const phase = `revert after ${after}`;
  if (order.compensate === null) return skipped(phase, "the session may not become the role that reverts");
  const elapsed = stopwatch();
  const request: Order = { runId: order.work.runId, attempt: 1 };
  const done = await tryOut(rehearsal, () => rehearsal.compensate(request));
  return stepOf(phase, "the revert role", { done, durationMs: elapsed() });
}

type Done = { readonly done: Awaited<ReturnType<Rehearsal[Method]>>; readonly durationMs: number };

function stepOf(phase: string, role: string, { done, durationMs }: Done): Step {
  if (done instanceof Failure) {
    const message = `${done.code}: ${done.message}`;
    return { phase, outcome: "failed", role, durationMs, message, facts: done.facts };
  }
  return { phase, outcome: done.outcome, role, durationMs, message: null, facts: done.facts };
}

function skipped(phase: string, message: string): Step {
  return { phase, outcome: "not rehearsed", role: "", durationMs: 0, message, facts: {} };
}

type Steps = { readonly cut: readonly Step[]; readonly revert: readonly Step[] };

function reportOf({ work, database, at }: RehearsalOrder, { cut, revert }: Steps, effects: Effects): RehearsalReport {
  const steps = [...cut, ...revert];
  const failed = steps.some(({ outcome }) => outcome === "failed" || outcome === "mismatch");
  const whole = steps.every(({ outcome }) => outcome === "done");
  return {
    ...{ schema: "cutter.rehearsal/v1", runId: work.runId, documentId: work.cutplan.documentId },
    ...{ cutplanSha256: work.cutplan.cutplanSha256, at, database, rows: work.cutplan.rows.length, cut, revert },
    relations: effects.relations.map(({ relation, inserted, updated, deleted }) => {
      return { relation, inserted, updated, deleted };
    }),
    others: [
      ...effects.catalog.map(({ change, objectKind, name }) => `${change} ${objectKind} ${name}`),
      ...effects.sequences.map(({ sequence, drift }) => `sequence ${sequence} moved by ${drift}, and stays moved`),
      ...effects.remarks,
    ],
    xid: effects.xid,
    verdict: failed ? "failed" : whole ? "rehearsed" : "rehearsed in part",
  };
}
