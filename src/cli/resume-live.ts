/**
 * resume-live: `cutter resume RUN --live`: goes on with a run that writes, from a gate or from where it was cut off.
 *
 * Everything that can be refused without a connection is refused before one is made: HOLD and DISABLED, a connection
 * that nobody named, a key that cannot be used, a digest that was not typed. Called by resume.ts.
 */

import { makeBackup } from "../execution/backup/make.ts";
import { backupDirectory, backupSettings } from "../execution/backup/settings.ts";
import type { BackupArtifact } from "../execution/backup-artifact.ts";
import type { LedgerRole } from "../execution/production/phase-work.ts";
import type { ProductionAdapter } from "../execution/production.ts";
import { parseApproval } from "../flow/approval.ts";
import { isClosed, waitsAt } from "../flow/phase.ts";
import { type TargetIdentity, targetWords } from "../flow/survey.ts";
import { timestamp } from "../kernel/clock.ts";
import type { Configuration } from "../kernel/conninfo/configuration.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { executionEnabled, readKillSwitch } from "../kernel/kill-switch.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { sayAtEnd } from "../kernel/session/registry.ts";
import { readSignatures } from "../orchestrator/approvals/signature-files.ts";
import { verifyApproval } from "../orchestrator/approvals/verify-approval.ts";
import { liveAdapter } from "../orchestrator/live/adapter.ts";
import { type Grants, liveConduct } from "../orchestrator/live/conduct.ts";
import { holdAfter } from "../orchestrator/live/failed-run.ts";
import { readSigningKeys, type SigningKeys } from "../orchestrator/live/signing-keys.ts";
import { lookAfter, snapshotBefore } from "../orchestrator/live/snapshots.ts";
import { remark } from "../orchestrator/remarks.ts";
import { type RunParts, resumeRun, type Standing } from "../orchestrator/run.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Globals } from "./command/command.ts";
import { type Progress, showProgress } from "./command/progress.ts";
import { openRole, type RoleUrls, roleTargets } from "./live-connections.ts";
import { showPhases, tellAhead } from "./run-phases.ts";
import { type SurveyFlags, type SurveySource, surveySource } from "./survey-source.ts";
import type { Terminal } from "./terminal.ts";
import { confirmTyped } from "./typed.ts";
import { refuseUnarmed } from "./unarmed.ts";

export type LiveFlags = SurveyFlags &
  RoleUrls & {
    readonly approval: string | undefined;
    readonly signature: readonly string[];
    readonly live: boolean;
    readonly confirm: string | undefined;
    readonly "allow-writing-role": boolean;
  };

type Asked = { readonly flags: LiveFlags; readonly globals: Globals; readonly terminal: Terminal };

/** The run as it stands then; a Failure where it was refused or could not be asked. */
export async function goOnLive(store: Store, run: RunRecord, asked: Asked): Promise<Standing | Failure> {
  // A run that has ended asks for nothing, and nothing is asked of it.
  if (isClosed(run.state)) return { run, did: [], stop: null };
  const refused = await refuseUnarmed(store, { runId: run.runId, live: asked.flags.live, verb: "resume" });
  if (refused !== null) return refused;
  const signed = readSigned(run, asked.flags);
  if (signed instanceof Failure) return signed;
  const desk = await prepareDesk(asked);
  if (desk instanceof Failure) return desk;
  const says = saysOf(signed);
  const unconfirmed = await confirmPlan(run, { ...asked, says });
  if (unconfirmed !== null) return unconfirmed;
  const settled = run.openPhase === null;
  if (says === "no") await asked.terminal.talk("to do: nothing but to end the run, if the rejection holds");
  else if (waitsAt(run.state) === null || signed.approval !== null || !settled)
    await tellAhead(run.state, asked.terminal);
  const progress = showProgress(asked.terminal);
  const unsay = sayAtEnd(atEnd(run));
  try {
    return await resumeRun(run.runId, partsOf(store, run, { ...asked, ...desk, signed, progress }));
  } finally {
    unsay();
    progress.stop();
  }
}

/** Which phases were committed only the ledger knows, where the answer to a COMMIT did not come any more. */
function atEnd({ runId }: RunRecord): string {
  const rest = `which phases of a live run were committed, its ledger says, and the next cutter resume asks it`;
  return `The server rolls back what was not committed; ${rest}. Where it stands: cutter show ${runId}.`;
}

type Signed = { readonly approval: Uint8Array | null; readonly signatures: readonly Uint8Array[] };

/** At a gate the document and its signatures; behind it those that the run keeps are verified again. */
function readSigned(run: RunRecord, { approval: path, signature }: LiveFlags): Signed | Failure {
  if (path === undefined || waitsAt(run.state) === null) return { approval: null, signatures: [] };
  const approval = readRegularFile(path, limits.approvalBytes);
  if (approval instanceof Failure) return approval;
  const signatures = readSignatures(path, signature);
  return signatures instanceof Failure ? signatures : { approval, signatures };
}

type Desk = {
  readonly configuration: Configuration;
  readonly keys: SigningKeys;
  readonly source: SurveySource;
  readonly targets: { readonly exec: Target; readonly verify: Target; readonly backup: Target };
};

async function prepareDesk({ flags, globals }: Asked): Promise<Desk | Failure> {
  // What is written is looked at live, whatever was said of a survey.
  const source = await surveySource({ ...flags, survey: true }, globals);
  if (source instanceof Failure) return source;
  const { configuration } = source;
  const keys = readSigningKeys(configuration);
  if (keys instanceof Failure) return keys;
  const targets = await roleTargets(["exec", "verify", "backup"], flags, configuration);
  return targets instanceof Failure ? targets : { configuration, keys, source, targets };
}

const TYPED_DIGITS = 8;

/** `no`: a rejection was given, which ends the run where it is signed, and lets it write in no case. */
function saysOf({ approval }: Signed): "yes" | "no" {
  const document = approval === null ? null : parseApproval(approval);
  return document !== null && !(document instanceof Failure) && document.decision === "rejected" ? "no" : "yes";
}

type Confirming = Asked & { readonly says: "yes" | "no" };

async function confirmPlan(run: RunRecord, { flags, terminal, says }: Confirming): Promise<Failure | null> {
  const digest = run.cutplanSha256 ?? "";
  const where = targetWords(run.target as TargetIdentity);
  const what =
    says === "no" ? "was given a rejection: nothing more is written into" : `writes ${run.documentId} for real into`;
  await terminal.alarm(`run ${run.runId} ${what} ${where}`);
  if (flags.confirm !== undefined) {
    const question = {
      expected: digest,
      what: "the plan's digest, in full",
      option: "--confirm",
      given: flags.confirm,
    };
    return confirmTyped(question, terminal);
  }
  const expected = digest.slice(0, TYPED_DIGITS);
  const digits = `the first ${TYPED_DIGITS} characters of the plan's digest`;
  return confirmTyped({ expected, what: digits, option: "--confirm", given: undefined }, terminal);
}

type Working = Asked & Desk & { readonly signed: Signed; readonly progress: Progress };

function partsOf(store: Store, run: RunRecord, working: Working): RunParts {
  const { flags, terminal, source, targets, keys, configuration, signed, progress } = working;
  const grants: Grants = {};
  const connect = async (role: LedgerRole) => {
    if (role === "revert") return new Failure("USAGE", "a run is taken back by cutter revert");
    return openRole(role, targets[role]);
  };
  const survey = async (documentId: string) => {
    const writingRole = flags["allow-writing-role"] ? "allowed" : "refused";
    return source.surveyor.look({ documentId, because: `the document of run ${run.runId}`, writingRole });
  };
  const policy = configuration.approvals;
  return {
    ...{ store, approval: signed.approval, seen: run, now: timestamp },
    conduct: liveConduct({
      ...{ grants, connect, signatures: signed.signatures },
      verify: (order, approval, signatures) => verifyApproval({ policy, ...order, approval, signatures }),
      snapshot: (now, fence) => snapshotBefore({ store, run: now, fence, connect }),
      hold: (now, failure, fence) => holdAfter({ store, run: now, fence, failure, connect }),
    }),
    adapterFor: (work) =>
      liveAdapter(work, {
        ...{
          store,
          connect,
          grants,
          keys,
          observe: progress.advanced,
          backupDirectory: backupDirectory(configuration, store.directory),
        },
        backUp: () => backUp(store, run, working),
        compensate: null,
        lookAfter: () => lookAfter(store, run, connect),
        remark: (fence, text) => tellRemark(store, { runId: run.runId, fence, text }, terminal),
      }),
    closeOut: (now, adapter) =>
      (adapter as ProductionAdapter).closeOut({ runId: now.runId, attempt: now.openPhase?.attempt ?? 1 }),
    surveyAgain: async (documentId) => {
      await terminal.talk(source.database.line);
      progress.now(`${run.runId}: the survey, repeated`);
      const sight = await survey(documentId);
      return sight instanceof Failure ? sight : sight.document;
    },
    progress: showPhases(run.state, progress),
  };
}

type Remark = { readonly runId: string; readonly fence: number; readonly text: string };

/** For the operator at once, and for whoever looks at the run later. */
async function tellRemark(store: Store, { text, ...owned }: Remark, terminal: Terminal): Promise<void> {
  await terminal.alarm(text);
  remark(store, owned, text);
}

function backUp(
  store: Store,
  run: RunRecord,
  { targets, configuration, progress }: Working,
): Promise<BackupArtifact | Failure> {
  const settings = backupSettings(configuration, store.directory);
  if (settings instanceof Failure) return Promise.resolve(settings);
  const { backup } = targets;
  if (backup.kind === "embedded")
    return Promise.resolve(new Failure("USAGE", "the embedded database is not backed up"));
  const expected = run.target as unknown as Parameters<typeof makeBackup>[0]["expected"];
  const off = () => {
    return executionEnabled(readKillSwitch({ stateDirectory: store.directory })) ? null : "execution was switched off";
  };
  return makeBackup({ target: backup, settings, runId: run.runId, expected, off, observe: progress.advanced });
}
