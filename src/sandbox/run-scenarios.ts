/**
 * run-scenarios: C-10: the scenarios one after the other, each with its log, its SQL trace and its verdict.
 *
 * One that fails, or that throws, does not keep the next from being run: they are the result, not the way to it. One
 * that the server cannot carry is NOT RUN, which is no pass. The trace is the server's own log between two places.
 * Called by the step C-10.
 */
import { stopwatch } from "../kernel/clock.ts";
import { redact } from "../kernel/evidence/redaction.ts";
import { Failure } from "../kernel/failure.ts";
import { failureDocument, type Judged } from "../report/battery.ts";
import { failed, type Judgement, judge } from "../report/judgement.ts";
import { notCarried } from "./gates/embedded.ts";
import type { GrowingLog } from "./measure/growing-log.ts";
import { readLog } from "./measure/server-log.ts";
import { type RowDelta, sumRows } from "./rows.ts";
import { known } from "./sandbox.ts";
import { lacksFor, scenariosOf } from "./scenarios/embedded/list.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { Stage } from "./stage/stage.ts";
import { caught } from "./thrown.ts";

/** What all of them predicted together. */
export async function runScenarios(
  stage: Stage,
  scenarios: readonly Scenario[] = scenariosOf(stage.sandbox.order.provider.name),
): Promise<RowDelta> {
  const { sandbox } = stage;
  const predicted: RowDelta[] = [];
  for (const scenario of scenarios) {
    sandbox.journal.at("C-10", scenario.id);
    await sandbox.tell(`${scenario.id}: ${scenario.title}`);
    sandbox.journal.note("look", scenario.title);
    const { log: serverLog } = sandbox;
    const startedMs = sandbox.journal.nowMs();
    const from = serverLog === null ? 0 : await caught(`the log before ${scenario.id}`, () => serverLog.look());
    stage.log.length = 0;
    const { judged, rows } = await runOne(scenario, stage);
    predicted.push(rows);
    const trace = serverLog === null ? "the server writes no log\n" : await traceOf(serverLog, from);
    const log = `${scenario.id}: ${scenario.title}\n${stage.log.join("\n")}\n${judged.verdict}: ${judged.summary}\n`;
    sandbox.results.push({
      ...{ judged, log: redact(log), trace: redact(trace), startedMs, endedMs: sandbox.journal.nowMs() },
    });
  }
  sandbox.journal.at("C-10");
  return sumRows(predicted);
}

type Run = { readonly judged: Judged; readonly rows: RowDelta };

async function runOne(scenario: Scenario, stage: Stage): Promise<Run> {
  const { id, title: claim } = scenario;
  const lacks = lacksFor(scenario, known(stage.sandbox.server, "server").lacks);
  if (lacks.length > 0) {
    const summary = notCarried(lacks);
    const nothing = { durationMs: 0, facts: {}, mismatches: [], failure: null };
    return { judged: { id, claim, verdict: "NOT RUN", summary, ...nothing }, rows: {} };
  }
  const elapsed = stopwatch();
  const outcome = await caught(id, () => scenario.run(stage));
  if (outcome instanceof Failure)
    return { judged: { id, claim, ...judgedOf(failed(outcome)), durationMs: elapsed() }, rows: {} };
  const { predicted: rows, ...observation } = outcome;
  return { judged: { id, claim, ...judgedOf(judge(observation)), durationMs: elapsed() }, rows };
}

/** What kept it from being read stands in its place. */
async function traceOf(log: GrowingLog, from: number | Failure): Promise<string> {
  if (from instanceof Failure) return `${from.message}\n`;
  const trace = await caught("the trace", () => readLog(log.path, from, log.look()));
  return trace instanceof Failure ? `${trace.message}\n` : trace;
}

function judgedOf({ failure, ...judgement }: Judgement): Omit<Judged, "id" | "claim" | "durationMs"> {
  return { ...judgement, failure: failure === null ? null : failureDocument(failure) };
}
