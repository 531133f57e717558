/**
 * dry-run/report: what a dry run found → the document `cutter.dryrun/v1`.
 *
 * Gathers, and decides only why not all gates passed. Everything shown comes from the record and from the run store.
 */
import { Failure, type FailureCode } from "../../kernel/failure.ts";
import { COMMIT, VERSION } from "../../kernel/version.ts";
import { failureDocument } from "../../report/battery.ts";
import { type DryRunReport, dryRunVerdict, type GateResult } from "../../report/dry-run.ts";
import { phaseDocuments } from "../run-report.ts";
import { runSteps } from "../run-steps.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import type { DryRunContext } from "./context.ts";
import { sessionRuns } from "./session-runs.ts";

export type DryRunParts = {
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly database: DryRunReport["database"];
  readonly gates: readonly GateResult[];
  readonly removal: readonly string[];
  readonly folder: string;
};

export async function dryRunReport(context: DryRunContext, parts: DryRunParts): Promise<DryRunReport | Failure> {
  const { record, order } = context;
  const runs = await runDocuments(context);
  if (runs instanceof Failure) return runs;
  const failure = whyNotAll(context, parts.gates);
  return {
    ...{ schema: "cutter.dryrun/v1", sessionId: order.sessionId, version: VERSION, commit: COMMIT },
    ...parts,
    ...{ document: documentOf(context), plan: planOf(context), runs, counts: countsOf(record) },
    verdictLine: dryRunVerdict(parts.gates),
    failure: failure === null ? null : failureDocument(failure),
    exit: failure?.exitCode ?? 0,
  };
}

function whyNotAll({ order, record }: DryRunContext, gates: readonly GateResult[]): Failure | null {
  const red = gates.find(({ verdict }) => verdict === "FAIL" || verdict === "INCONCLUSIVE");
  if (red?.failure) {
    const { code, message, data, hint, facts } = red.failure;
    return new Failure(code as FailureCode, message, { data, hint, facts });
  }
  if (red !== undefined) {
    return new Failure("NOT_PROVEN", `${red.id} did not pass: ${red.claim}`, {
      data: "Nothing was written: a dry run cannot write.",
    });
  }
  const [run] = record.runs;
  if (order.atGates !== "stop" || run === undefined) return null;
  return new Failure("STOP_APPROVAL_REQUIRED", `run ${run.runId} was left waiting at SG1`, {
    hint: `cutter resume ${run.runId} goes on with it, twice, with the approvals that the dry run wrote.`,
    data: "Nothing was written: a dry run cannot write.",
  });
}

async function runDocuments(context: DryRunContext): Promise<DryRunReport["runs"] | Failure> {
  const runs = await sessionRuns(context);
  if (runs instanceof Failure || runs.length === 0) return runs instanceof Failure ? runs : [];
  const store = await context.store();
  if (store instanceof Failure) return store;
  const documents: DryRunReport["runs"][number][] = [];
  for (const run of runs) {
    const document = runDocument(store, run);
    if (document instanceof Failure) return document;
    documents.push(document);
  }
  return documents;
}

function runDocument(store: Store, run: RunRecord): DryRunReport["runs"][number] | Failure {
  const phases = phaseDocuments(store, run.runId);
  if (phases instanceof Failure) return phases;
  const steps = runSteps(store, run);
  if (steps instanceof Failure) return steps;
  return {
    ...{ runId: run.runId, state: run.state, stopCode: run.stopCode, sourceVersionId: run.sourceVersionId },
    ...{ manifestSha256: run.manifestSha256, cutplanSha256: run.cutplanSha256, phases, steps },
  };
}

function documentOf({ record, order }: DryRunContext): DryRunReport["document"] {
  if (record.work === null || record.before === null) return null;
  const { manifest } = record.work.planned;
  return {
    id: manifest.documentId,
    because: record.before.seen?.chosenBecause ?? order.because,
    from: order.source === null ? "replay: the units that are in the database now" : order.source.fileName,
    ...{ bytes: manifest.bytes, sha256: manifest.sourceSha256, profile: manifest.profile },
  };
}

function planOf({ record }: DryRunContext): DryRunReport["plan"] {
  if (record.work === null) return null;
  const { manifest, cutplan } = record.work.planned;
  const { create, revise, unchanged, immutable, missing } = cutplan.comparison;
  return {
    ...{ units: manifest.units.length, create: create.length, revise: revise.length },
    ...{ unchanged: unchanged.length, immutable: immutable.length, missing: missing.length },
    problems: cutplan.problems.map(
      ({ canonicalAddress, field, problem }) => `${canonicalAddress}: ${field} ${problem}`,
    ),
  };
}

function countsOf({ before, after }: DryRunContext["record"]): DryRunReport["counts"] {
  const later = after?.document.counts ?? [];
  return (before?.document.counts ?? []).map(({ relation, filter, rows, how, note }, index) => ({
    ...{ relation, filter, before: rows, after: later[index]?.rows ?? null, how, note },
  }));
}
