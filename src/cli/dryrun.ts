/**
 * dryrun: `cutter dryrun [DOCUMENT]`: seven gates around a whole cut that a simulator walks; its report and evidence.
 *
 * Parse, open, run the gates, keep the evidence, print. What passes is decided in orchestrator/dry-run. The evidence is
 * written before the report is printed, so that a closed terminal loses nothing. Called by run-commands.ts.
 */
import { join } from "node:path";
import { checkDocumentId } from "../flow/document.ts";
import { stopwatch, timestamp } from "../kernel/clock.ts";
import type { Configuration } from "../kernel/conninfo/configuration.ts";
import { type EvidenceRequest, openEvidencePlace } from "../kernel/evidence/folder.ts";
import { redactFact } from "../kernel/evidence/redaction.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { sealedFiles, writeSigned } from "../kernel/evidence/seal.ts";
import { readSealKeys, type SealKeys } from "../kernel/evidence/seal-keys.ts";
import { Failure, type FailureCode } from "../kernel/failure.ts";
import { readKillSwitch } from "../kernel/kill-switch.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { sayAtEnd } from "../kernel/session/registry.ts";
import { COMMIT } from "../kernel/version.ts";
import { type DryRunContext, type DryRunOrder, emptyDryRunRecord } from "../orchestrator/dry-run/context.ts";
import { dryRunReport } from "../orchestrator/dry-run/report.ts";
import { runGates } from "../orchestrator/dry-run/run-gates.ts";
import { sessionRuns } from "../orchestrator/dry-run/session-runs.ts";
import { keepEvidence } from "../orchestrator/kept-evidence.ts";
import { writeRunEvidence } from "../orchestrator/run-evidence.ts";
import { simulatedAdapter } from "../orchestrator/simulated.ts";
import { openStore } from "../orchestrator/store/open-store.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { describeRemoval } from "../readiness/removal.ts";
import { lookAtProgram, lookAtServices, lookAtTrees } from "../readiness/surroundings.ts";
import { failureDocument } from "../report/battery.ts";
import { type DryRunReport, dryRunMarkdown, dryRunSuite, dryRunText } from "../report/dry-run.ts";
import { draw } from "../report/format.ts";
import { dryRunHtml } from "../report/html/dry-run.ts";
import { jsonDocument } from "../report/json.ts";
import { junit } from "../report/junit.ts";
import { testResult } from "../report/test-result.ts";
import type { Globals } from "./command/command.ts";
import { commandLine } from "./command/command-line.ts";
import { type Progress, showProgress } from "./command/progress.ts";
import { tellFailure } from "./exit.ts";
import { readSource } from "./source-file.ts";
import { type SurveyFlags, type SurveySource, surveySource } from "./survey-source.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = SurveyFlags & {
  readonly source: string | undefined;
  readonly profile: string;
  readonly "publication-type": string | undefined;
  readonly "owner-ref": string | undefined;
  readonly "allow-writing-role": boolean;
  readonly "stop-at-gates": boolean;
};
type Invocation = {
  readonly positionals: { readonly DOCUMENT: string | undefined };
  readonly flags: Flags;
  readonly globals: Globals;
};

export async function dryrun(invocation: Invocation, terminal: Terminal): Promise<number | Failure> {
  const { flags, globals } = invocation;
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const place = openEvidencePlace(state);
  if (place instanceof Failure) return place;
  const opened = await surveySource(flags, globals);
  if (opened instanceof Failure) return opened;
  const keys = readSealKeys(opened.configuration, process.env);
  if (keys instanceof Failure) return keys;
  const order = await orderOf(invocation, opened.configuration);
  if (order instanceof Failure) return order;
  const stores: Store[] = [];
  const progress = showProgress(terminal);
  const unsay = sayAtEnd("A dry run writes to no database. What it began is kept: cutter runs lists it.");
  const context = contextOf({ order, opened, state, stores }, progress);
  try {
    const report = await runAll(context, { opened, state, globals });
    progress.stop();
    return report instanceof Failure ? report : await keepAndShow(report, context, { globals, terminal, state, keys });
  } finally {
    unsay();
    progress.stop();
    await opened.surveyor.close();
    for (const store of stores) store.close();
  }
}

async function orderOf(
  { positionals, flags }: Invocation,
  configuration: Configuration,
): Promise<DryRunOrder | Failure> {
  const documentId = positionals.DOCUMENT ?? configuration.document;
  const wrongId = documentId === null ? null : checkDocumentId(documentId);
  if (wrongId !== null) return wrongId;
  const { source: path, profile } = flags;
  const question = { documentId: documentId ?? "DOCUMENT", profile, ownProfiles: configuration.profiles };
  const source = path === undefined ? null : await readSource({ path, ...question });
  if (source instanceof Failure) return source;
  return {
    ...{ sessionId: runId("dryrun"), documentId, source, actor: "cutter" },
    because: becauseOf(positionals.DOCUMENT ?? null, configuration.document),
    ...{ publicationType: flags["publication-type"] ?? null, ownerRef: flags["owner-ref"] ?? null },
    writingRole: flags["allow-writing-role"] ? "allowed" : "refused",
    atGates: flags["stop-at-gates"] ? "stop" : "pass",
  };
}

/** A live survey that has to choose says itself why. */
function becauseOf(named: string | null, configured: string | null): string {
  if (named !== null) return "it was named";
  return configured === null ? "the recorded survey is of it" : "the configuration names it";
}

type ContextParts = {
  readonly order: DryRunOrder;
  readonly opened: SurveySource;
  readonly state: string;
  /** Filled when the store is opened, for closing. */
  readonly stores: Store[];
};

function contextOf({ order, opened, state, stores }: ContextParts, progress: Progress): DryRunContext {
  return {
    ...{ order, surveyor: opened.surveyor, now: timestamp, record: emptyDryRunRecord() },
    killSwitch: () => readKillSwitch({ stateDirectory: state }),
    adapterFor: simulatedAdapter,
    surroundings: {
      program: lookAtProgram,
      trees: () => lookAtTrees(opened.configuration.integrity.trees),
      services: () => lookAtServices(process.env),
    },
    store: async () => {
      const [known] = stores;
      const store = known ?? (await openStore(state));
      if (!(store instanceof Failure) && known === undefined) stores.push(store);
      return store;
    },
    progress: progress.now,
  };
}

type Running = { readonly opened: SurveySource; readonly state: string; readonly globals: Globals };

async function runAll(context: DryRunContext, { opened, state, globals }: Running): Promise<DryRunReport | Failure> {
  const startedAt = timestamp();
  const elapsed = stopwatch();
  const gates = await runGates(context);
  const folder = join(state, "runs", context.order.sessionId);
  const all = describeRemoval({
    binary: COMMIT === "source" ? null : process.execPath,
    ...{ stateDirectory: state, configuration: opened.configuration.path },
  });
  return dryRunReport(context, {
    command: commandLine(globals.program, process.argv.slice(2)),
    ...{ startedAt, finishedAt: timestamp(), durationMs: elapsed(), database: opened.database, gates, folder },
    removal: [`rm -rf -- ${folder}  # this dry run`, `${all.command ?? all.refused}  # everything of cutter`],
  });
}

type EvidenceFiles = EvidenceRequest["files"];
type Keeping = { readonly state: string; readonly keys: SealKeys };
type Showing = Keeping & { readonly globals: Globals; readonly terminal: Terminal };

async function keepAndShow(
  found: DryRunReport,
  context: DryRunContext,
  { globals, terminal, ...keeping }: Showing,
): Promise<number | Failure> {
  // Before it is drawn, since a line that is wrapped or escaped no longer shows what it holds.
  const made = redactFact(found) as DryRunReport;
  const kept = await keepSession(made, context, keeping);
  const report = kept instanceof Failure ? withoutEvidence(made, kept) : made;
  const { stdout } = terminal.colour;
  const detail = globals.talk === "verbose" ? "full" : "short";
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, stdout);
  const drawing = {
    document: report,
    text: () => dryRunText(report, { palette, detail }),
    markdown: () => dryRunMarkdown(report),
    html: () => dryRunHtml(report),
    suite: () => dryRunSuite(report),
  };
  await terminal.result(draw(drawing, globals.format));
  if (report.failure !== null) {
    const { code, message, data, hint, facts } = report.failure;
    await tellFailure(new Failure(code as FailureCode, message, { data, hint, facts }), terminal);
  }
  if (kept instanceof Failure) await terminal.alarm(`evidence was NOT kept: ${kept.message}`);
  else await terminal.talk(`evidence: ${kept}`);
  return report.exit;
}

/** What is printed where nothing could be kept: the gates as they are, and an exit code that says so. */
function withoutEvidence(report: DryRunReport, kept: Failure): DryRunReport {
  return report.exit === 0 ? { ...report, failure: failureDocument(kept), exit: kept.exitCode } : report;
}

/** The session's folder, and that of each run that came to its end. */
async function keepSession(
  report: DryRunReport,
  context: DryRunContext,
  { state, keys }: Keeping,
): Promise<string | Failure> {
  const events: Record<string, string> = {};
  const runs = await sessionRuns(context);
  if (runs instanceof Failure) return runs;
  const store = await context.store();
  const files = {
    "facts.json": jsonDocument(report),
    "report.md": dryRunMarkdown(report),
    "report.html": dryRunHtml(report),
    "report.txt": dryRunText(report, { detail: "full" }),
    "junit.xml": junit(dryRunSuite(report)),
  };
  const { sessionId: id } = context.order;
  const result = testResult(dryRunSuite(report));
  const unnoted = (files: EvidenceFiles): Promise<string | Failure> =>
    writeSigned({ stateDirectory: state, runId: id, files: sealedFiles(files, result, keys) }, keys);
  // The gates have said what is wrong with the store; their report is kept all the same, and nobody vouches for it.
  if (store instanceof Failure) return unnoted(files);
  for (const run of runs) {
    const lines = store.exportEvents(run.runId);
    if (lines instanceof Failure) return lines;
    events[`${run.runId}.events.jsonl`] = lines;
    const closed = run.state === "CLOSEOUT_REPORTED" ? await writeRunEvidence(store, run, keys) : null;
    if (closed instanceof Failure) return closed;
  }
  const whole = { ...files, ...events };
  const kept = await keepEvidence(store, { runId: id, files: whole, result, keys });
  const isUnnoted = kept instanceof Failure && kept.code === "FILE_WRITE_FAILED";
  return isUnnoted ? unnoted(whole) : kept;
}
