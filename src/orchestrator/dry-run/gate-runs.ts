/**
 * dry-run/gate-runs: G4, G5, G6: complete runs through the simulator, as a live run would go: begun, stopped at its
 * gates, resumed, closed, resumed again, and begun a second time.
 *
 * Drives the orchestrator's own functions; only the adapter is the simulator. The approvals are those that a dry run
 * may write for itself, and are kept in the run's folder. Touches no database but for the survey after each gate.
 */
import { GATES } from "../../flow/phase.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { runId } from "../../kernel/evidence/run-id.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual, failed, type Judgement, judge } from "../../report/judgement.ts";
import { beginRun } from "../begin.ts";
import { resumeRun, type Standing } from "../run.ts";
import { readSmokeApproval } from "../smoke-approvals.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { DryGate, DryRunContext } from "./context.ts";
import { lookAt } from "./gate-survey.ts";

export const firstGates: DryGate = {
  id: "G4",
  claim: "a run stops at SG1, and goes on to SG2 when it is approved",
  async run(context) {
    const run = await begin(context);
    if (run instanceof Failure) return failed(run);
    if (nothingToWrite(context)) {
      return judge({ summary: "nothing to write, so nothing to approve", ...states("PLANNED", run) });
    }
    const atFirst = expectEqual("state after planning", "AWAITING_CUT_AUTHORIZATION", run.state);
    if (context.order.atGates === "stop" || atFirst.length > 0) {
      const summary = `left waiting at SG1: cutter resume ${run.runId}`;
      return judge({ summary, facts: factsOf(run), mismatches: atFirst });
    }
    const standing = await pass(context, run);
    if (standing instanceof Failure) return failed(standing);
    const { mismatches, facts } = states("AWAITING_LIFECYCLE_AUTHORIZATION", standing.run);
    const summary = `${run.state}, then ${standing.run.state}, ${standing.did.length} phases`;
    return judge({ summary, facts, mismatches: [...mismatches, ...stopsFor(standing, "STOP_APPROVAL_REQUIRED")] });
  },
};

export const closingGate: DryGate = {
  id: "G5",
  claim: "approved again, the run ends at its closeout",
  async run(context) {
    const [run] = context.record.runs;
    if (run === undefined) throw new Error("G5 without a run");
    if (nothingToWrite(context)) return judge({ summary: "nothing to enact", ...states("PLANNED", run) });
    const standing = await pass(context, run);
    if (standing instanceof Failure) return failed(standing);
    const { mismatches, facts } = states("CLOSEOUT_REPORTED", standing.run);
    return judge({
      ...{ summary: `${standing.run.state}, ${standing.did.length} phases`, facts },
      mismatches: [...mismatches, ...expectEqual("stop code", "none", standing.stop?.code ?? "none")],
    });
  },
};

export const repeatGate: DryGate = {
  id: "G6",
  claim: "a closed run resumed does nothing; a second run stands apart, on the same source version",
  async run(context) {
    const [first] = context.record.runs;
    if (first === undefined) throw new Error("G6 without a run");
    const looksBefore = context.record.looks;
    const again = await resume(context, first.runId, null);
    if (again instanceof Failure) return failed(again);
    const idle = [
      ...expectEqual("phases done by the resume of a closed run", 0, again.did.length),
      ...expectEqual("looks at the database by it", 0, context.record.looks - looksBefore),
      ...expectEqual("record of the closed run", canonicalJson(first), canonicalJson(again.run)),
    ];
    const second = await secondRun(context);
    if (second instanceof Failure) return failed(second);
    const store = await context.store();
    if (store instanceof Failure) return failed(store);
    const untouched = store.run(first.runId);
    if (untouched instanceof Failure) return failed(untouched);
    const apart = [
      ...expectEqual("run ids", "two", first.runId === second.runId ? "one" : "two"),
      ...expectEqual("source version id", first.sourceVersionId, second.sourceVersionId),
      ...expectEqual("plan", first.cutplanSha256, second.cutplanSha256),
      ...expectEqual("first run, after the second", canonicalJson(first), canonicalJson(untouched)),
      ...expectEqual("state of the second run", first.state, second.state),
    ];
    const summary = `no work, no look; second run ${second.runId}, source version ${second.sourceVersionId}`;
    return judge({ summary, facts: factsOf(second), mismatches: [...idle, ...apart] });
  },
};

async function secondRun(context: DryRunContext): Promise<RunRecord | Failure> {
  let run = await begin(context);
  if (run instanceof Failure || nothingToWrite(context)) return run;
  for (const _gate of GATES) {
    const standing: Standing | Failure = await pass(context, run);
    if (standing instanceof Failure) return standing;
    run = standing.run;
  }
  return run;
}

async function begin(context: DryRunContext): Promise<RunRecord | Failure> {
  const { record, order } = context;
  const store = await context.store();
  if (store instanceof Failure) return store;
  if (record.work === null || record.before === null) throw new Error("a run without a plan");
  const { source, settings } = record.work;
  const begun = await beginRun({
    ...{ store, runId: runId("ictr"), sessionId: order.sessionId, mode: "dryrun" },
    ...{ survey: record.before.document, source, settings },
  });
  if (begun instanceof Failure) return begun;
  record.runs.push(begun.run);
  return begun.run;
}

async function pass(context: DryRunContext, run: RunRecord): Promise<Standing | Failure> {
  const store = await context.store();
  if (store instanceof Failure) return store;
  const approval = readSmokeApproval(store, run);
  return approval instanceof Failure ? approval : resume(context, run.runId, approval);
}

async function resume(context: DryRunContext, id: string, approval: Uint8Array | null): Promise<Standing | Failure> {
  const store = await context.store();
  if (store instanceof Failure) return store;
  const standing = await resumeRun(id, {
    ...{ store, approval, now: context.now, adapterFor: context.adapterFor },
    surveyAgain: async () => {
      const sight = await lookAt(context);
      return sight instanceof Failure ? sight : sight.document;
    },
    closeOut: async (_run, adapter) => ({ simulated: true, counts: "counts" in adapter ? countsOf(adapter) : null }),
    progress: (phase, what) => {
      if (what === "begins") context.progress(`${id}: ${phase}`);
    },
  });
  // What failed may have come further than where it began.
  const run = standing instanceof Failure ? store.run(id) : standing.run;
  if (run !== null && !(run instanceof Failure)) replace(context.record.runs, run);
  return standing instanceof Failure ? standing : (refusalOf(standing) ?? standing);
}

/** What kept a run from going on where it stands; where it waits, or was stopped by a phase, its state says so. */
function refusalOf({ run, stop }: Standing): Failure | null {
  return stop === null || stop.code === "STOP_APPROVAL_REQUIRED" || run.state === "STOPPED" ? null : stop;
}

function countsOf(adapter: object): { readonly [relation: string]: number } {
  const { counts } = adapter as { readonly counts: () => { readonly [relation: string]: number } };
  return counts();
}

function replace(runs: RunRecord[], run: RunRecord): void {
  const index = runs.findIndex(({ runId: id }) => id === run.runId);
  if (index !== -1) runs[index] = run;
}

function nothingToWrite({ record }: DryRunContext): boolean {
  return record.work?.planned.cutplan.verdict === "nothing to write";
}

function states(expected: string, run: RunRecord): Pick<Judgement, "facts"> & { readonly mismatches: Mismatch[] } {
  return { facts: factsOf(run), mismatches: expectEqual(`state of ${run.runId}`, expected, run.state) };
}

function stopsFor({ stop }: Standing, code: string): Mismatch[] {
  return expectEqual("stop code", code, stop?.code ?? "none");
}

function factsOf({ runId: id, state, stopCode, sourceVersionId, cutplanSha256 }: RunRecord) {
  return { run_id: id, state, stop_code: stopCode, source_version_id: sourceVersionId, cutplan_sha256: cutplanSha256 };
}
