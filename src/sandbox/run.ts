/**
 * run: one whole sandbox: the sequence with its steps, the report, and the evidence that outlives it.
 *
 * The last files of the evidence are written after the teardown, since they tell of it; they are searched for secrets
 * like the others before anything is on disk. Called by `cutter sandbox run`, which may call `takeDown` on a signal.
 */
import { stopwatch, timestamp } from "../kernel/clock.ts";
import { writeEvidence } from "../kernel/evidence/folder.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { verifyEvidence } from "../kernel/evidence/verify.ts";
import { Failure, joinFailure } from "../kernel/failure.ts";
import { COMMIT, VERSION } from "../kernel/version.ts";
import { failureDocument, type Judged } from "../report/battery.ts";
import { type Ending, renderSandbox, sandboxVerdict } from "../report/sandbox.ts";
import type { SandboxReport } from "../report/sandbox-sections.ts";
import { withDataSentence } from "./data-sentence.ts";
import { actionOf } from "./embedded-lines.ts";
import { firstCause, refusal } from "./first-cause.ts";
import { G23 } from "./gates/after.ts";
import { keptLines } from "./kept.ts";
import { firstRed, partialFailure } from "./partial.ts";
import { notCopied } from "./roles-made.ts";
import type { Sandbox } from "./sandbox.ts";
import { SCENARIOS } from "./scenarios/list.ts";
import { runSequence, type SequenceResult } from "./sequence.ts";
import { makeWorkDirectory, obtainDump, preflight } from "./steps/before.ts";
import { checkHost, confirmIdentity, giveRoles, restore, stage, startIsolated } from "./steps/build.ts";
import { type Files, gatherEvidence, isKept, NOT_KEPT, NOTHING_TAKEN, searchArtefacts, tearDown } from "./steps/end.ts";
import { playScenarios, verifyAll } from "./steps/verify.ts";
import type { TakenDown } from "./teardown.ts";

export type SandboxOutcome = {
  readonly report: SandboxReport;
  /** The first reason why it is not proven; null where it is, or was kept on demand. */
  readonly failure: Failure | null;
};

type Parts = {
  /** The command as it was given, without secrets. */
  readonly command: string;
  /** Told as each command begins. */
  readonly begins: (what: string) => void;
};

export async function runSandbox(sandbox: Sandbox, { command, begins }: Parts): Promise<SandboxOutcome> {
  const elapsed = stopwatch();
  const id = runId("sandbox");
  let files: Files = {};
  let taken = NOTHING_TAKEN;
  const building = (step: (sandbox: Sandbox) => Promise<Failure | null>) => () => sandbox.during(() => step(sandbox));
  const sequence = await runSequence({
    gates: sandbox.gates,
    // Of a server that is kept nobody can say that nothing is left of it.
    waived: () => (isKept(sandbox) ? ["G-25"] : []),
    nowMs: () => sandbox.journal.nowMs(),
    begins: (row) => {
      sandbox.journal.at(row.id);
      begins(`${row.id}: ${actionOf(row, sandbox.order.provider.name)}`);
    },
    steps: {
      "C-01": building(preflight),
      "C-02": building(makeWorkDirectory),
      "C-03": building(obtainDump),
      "C-04": building(startIsolated),
      "C-05": building(restore),
      "C-06": building(giveRoles),
      "C-07": building(confirmIdentity),
      "C-08": building(checkHost),
      "C-09": building(stage),
      "C-10": building(playScenarios),
      "C-11": building(verifyAll),
      "C-12": async () => {
        files = await gatherEvidence(sandbox);
        return null;
      },
      "C-13": async () => {
        taken = await tearDown(sandbox);
        return leftovers(taken);
      },
    },
  });
  // Where the teardown's step broke off it is done here: it never fails, and once done it answers the same again.
  if (!isKept(sandbox)) taken = await sandbox.takeDown();
  const made = { sandbox, id, command, sequence, taken, durationMs: elapsed(), files };
  const first = reportOf(made);
  // The report itself is an artefact: a secret in it is found before it is written.
  if (sandbox.secrets.count > 0) {
    await sandbox.gates.judge(G23, () => searchArtefacts({ ...files, ...forms(first.report) }, sandbox.secrets));
  }
  const outcome = reportOf(made);
  const written = keep(outcome, made);
  return written === null ? outcome : { ...outcome, failure: joined(outcome.failure, written) };
}

function leftovers({ left }: TakenDown): Failure | null {
  return left.length === 0
    ? null
    : new Failure("SANDBOX_LEFTOVERS", `not removed: ${left.join("; ")}`, { facts: { left } });
}

function joined(first: Failure | null, second: Failure): Failure {
  return first === null ? second : joinFailure(first, second);
}

type Made = {
  readonly sandbox: Sandbox;
  readonly id: string;
  readonly command: string;
  readonly sequence: SequenceResult;
  readonly taken: TakenDown;
  readonly durationMs: number;
  readonly files: Files;
};

function reportOf({ sandbox, id, command, sequence, taken, durationMs, files }: Made): SandboxOutcome {
  const [gates, scenarios] = [sandbox.gates.results(), scenarioResults(sandbox)];
  const { provider } = sandbox.order;
  const kept = isKept(sandbox);
  const judged = [...scenarios, ...gates].filter((one) => !(kept && isUnsaid(one)));
  const red = firstRed(provider, judged);
  const fallenShort = (one: Judged) => partialFailure(provider, judged) ?? refusal(one);
  const stopped = firstCause(sequence.failure, { scenarios, gates });
  const found = sandbox.interrupted ?? stopped ?? (red === undefined ? null : fallenShort(red));
  const failure =
    found === null ? null : withDataSentence(found, { gates, made: taken.made.length, left: taken.left, isKept: kept });
  const ending = endingOf({ sandbox, failure, taken });
  const { server, source } = sandbox;
  const report: SandboxReport = {
    ...{ schema: "cutter.sandbox/v1", sandboxId: id, name: sandbox.name, version: VERSION, commit: COMMIT, command },
    ...{ startedAt: sandbox.startedAt, finishedAt: timestamp(), durationMs, provider: sandbox.order.provider.name },
    source: { kind: sandbox.order.source.kind, line: source?.line ?? "it did not get that far" },
    server: server === null ? null : { version: server.version, systemIdentifier: identifierOf(gates) },
    commands: sequence.commands.map(({ startedMs: _, ...row }) => ({ ...row, action: actionOf(row, provider.name) })),
    ...{ gates, scenarios, rows: sandbox.rows, removed: taken.removed, left: taken.left },
    kept: kept && server !== null ? keptLines(sandbox) : [],
    remarks: remarksOf(sandbox),
    evidence: Object.keys(files),
    folder: `${sandbox.order.stateDirectory}/runs/${id}/evidence`,
    verdictLine: sandboxVerdict(scenarios, gates, ending),
    failure: failure === null ? null : failureDocument(failure),
    exit: failure === null ? 0 : failure.exitCode,
  };
  return { report, failure };
}

function endingOf({ sandbox, failure, taken }: Pick<Made, "sandbox" | "taken"> & { failure: Failure | null }): Ending {
  if (taken.left.length > 0) return "LEFTOVERS";
  if (sandbox.interrupted !== null) return "INTERRUPTED";
  if (failure !== null) return failure.code === "SANDBOX_PARTIAL" ? "PARTIAL" : "NOT_PROVEN";
  return isKept(sandbox) ? "KEPT" : "NET_ZERO";
}

/** Of a server that was kept, that nothing is left cannot be said, and is not. */
function isUnsaid({ id, verdict }: Judged): boolean {
  return id === "G-25" && verdict === "NOT RUN";
}

/** What the reader has to know besides. */
function remarksOf(sandbox: Sandbox): readonly string[] {
  const { order, source, reached } = sandbox;
  const notKept = order.afterwards === "keep" && reached === "building" ? [NOT_KEPT] : [];
  return [...(source?.remarks ?? []), ...notCopied(sandbox), ...notKept];
}

function identifierOf(gates: readonly Judged[]): string | null {
  const seen = gates.find(({ id }) => id === "G-10")?.facts.sandbox;
  return typeof seen === "string" ? seen : null;
}

/** All twelve: one that was not come to is NOT RUN. */
function scenarioResults({ results }: Sandbox): readonly Judged[] {
  return SCENARIOS.map(({ id, title: claim }) => {
    const found = results.find(({ judged }) => judged.id === id);
    const nothing = { summary: "it was not come to", durationMs: 0, facts: {}, mismatches: [], failure: null };
    return found?.judged ?? { id, claim, verdict: "NOT RUN", ...nothing };
  });
}

function forms(report: SandboxReport): Files {
  return {
    "facts.json": `${JSON.stringify(report, null, 2)}\n`,
    "report.md": renderSandbox(report, "markdown"),
    "report.html": renderSandbox(report, "html"),
    "report.txt": renderSandbox(report, "text", { detail: "full" }),
    "junit.xml": renderSandbox(report, "junit"),
  };
}

/** null where it is on disk and its digests were recomputed. A refusal of C-01 leaves no evidence: nothing was done. */
function keep({ report }: SandboxOutcome, { sandbox, id, files }: Made): Failure | null {
  if (sandbox.record === null) return null;
  const order = { stateDirectory: sandbox.order.stateDirectory, runId: id, files: { ...files, ...forms(report) } };
  const folder = writeEvidence(order);
  if (folder instanceof Failure) return folder;
  const verified = verifyEvidence(folder);
  return verified instanceof Failure ? verified : null;
}
