/**
 * resume: `cutter resume RUN`: goes on with a run from where it stands to its next gate or its end.
 *
 * A run that has ended is answered from the store alone: no connection is made. In a dry run the approvals are those
 * that it wrote for itself, unless one is given; a live run is resume-live.ts. Prints where the run stands and answers
 * the exit code that this has. Called by run-commands.ts.
 */
import type { ExecutionAdapter } from "../execution/adapter.ts";
import { timestamp } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { type RunParts, resumeRun, type Standing } from "../orchestrator/run.ts";
import { simulatedAdapter } from "../orchestrator/simulated.ts";
import { readSmokeApproval } from "../orchestrator/smoke-approvals.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { tellFailure, unlessSignalled } from "./exit.ts";
import { evidenceKeys, finishEvidence } from "./finish-evidence.ts";
import { goOnLive, type LiveFlags } from "./resume-live.ts";
import { findRun, withStore } from "./run-store.ts";
import { showStanding } from "./show.ts";
import { surveySource } from "./survey-source.ts";
import type { Terminal } from "./terminal.ts";

type Flags = LiveFlags;
type Invocation = {
  readonly positionals: { readonly RUN: string };
  readonly flags: Flags;
  readonly globals: Globals;
};

export function resume({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, positionals.RUN);
    if (run instanceof Failure) return run;
    const keys = await evidenceKeys(store, run, globals);
    if (keys instanceof Failure) return keys;
    const standing = await (run.mode === "live" ? goOnLive : goOnSimulated)(store, run, { flags, globals, terminal });
    if (standing instanceof Failure) return standing;
    const unkept = await finishEvidence(store, standing.run, { keys, terminal });
    const shown = await showAndTell(store, standing, { globals, terminal });
    return unkept ?? shown;
  });
}

/** The document as it stands, and on stderr why it does not go on. */
export async function showAndTell(
  store: Store,
  { run, stop, did }: Standing,
  { globals, terminal }: { readonly globals: Globals; readonly terminal: Terminal },
): Promise<number | Failure> {
  // After a signal the phases that were done are on the screen, and its handler has the last word.
  await unlessSignalled();
  if (did.length === 0) await terminal.talk("no work was done");
  else await terminal.talk(`done now: ${did.join(", ")}`);
  const shown = await showStanding(store, run, { globals, terminal });
  if (shown instanceof Failure || stop === null) return shown;
  return tellFailure(stop, terminal);
}

function approvalFor(store: Store, run: RunRecord, path: string | undefined): Uint8Array | null | Failure {
  return path === undefined ? readSmokeApproval(store, run) : readRegularFile(path, limits.approvalBytes);
}

type Order = {
  readonly flags: Flags;
  readonly globals: Globals;
  readonly terminal: Terminal;
};

async function goOnSimulated(store: Store, run: RunRecord, order: Order): Promise<Standing | Failure> {
  const { flags, globals, terminal } = order;
  if (flags.live) {
    return new Failure("USAGE", `run ${run.runId} is a dry run, which never writes; --live is for runs begun with it`);
  }
  const approval = approvalFor(store, run, flags.approval);
  if (approval instanceof Failure) return approval;
  const progress = showProgress(terminal);
  const parts: RunParts = {
    ...{ store, approval, seen: run, now: timestamp, adapterFor: simulatedAdapter, closeOut: closeOutSimulated },
    surveyAgain: async (documentId, from) => {
      const opened = await surveySource(flags, globals);
      if (opened instanceof Failure) return opened;
      if (from === "live" && opened.surveyor.kind === "recorded") return refuseRecording(run);
      await terminal.talk(opened.database.line);
      const writingRole = flags["allow-writing-role"] ? "allowed" : "refused";
      const because = `the document of run ${run.runId}`;
      progress.now(`${run.runId}: the survey, repeated`);
      const sight = await opened.surveyor.look({ documentId, because, writingRole });
      await opened.surveyor.close();
      return sight instanceof Failure ? sight : sight.document;
    },
    progress: (phase, what) => {
      if (what === "begins") progress.now(`${run.runId}: ${phase}`);
    },
  };
  try {
    return await resumeRun(run.runId, parts);
  } finally {
    progress.stop();
  }
}

/** What was recorded is what the plan rests on: it would show no drift, whatever happened to the database since. */
function refuseRecording({ runId }: RunRecord): Failure {
  return new Failure("STOP_TARGET_CHANGED", `run ${runId} was surveyed live, and a recorded survey shows no change`, {
    hint: "Name the database of the run, with --survey and --url.",
  });
}

/** The last phase of a dry run: what the simulated database holds in the end. */
export async function closeOutSimulated(_run: RunRecord, adapter: ExecutionAdapter) {
  const counts = "counts" in adapter ? (adapter.counts as () => { readonly [relation: string]: number })() : {};
  return { simulated: true, counts };
}
