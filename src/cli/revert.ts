/**
 * revert: `cutter revert RUN`: shows how a run would be taken back, rehearsed; with a signed approval takes it back.
 *
 * Soft unless --hard is given: drafts become withdrawn, and their rows and addresses stay. Nothing is deleted from the
 * ledger. Called by live-commands.ts.
 */
import type { Grant, LiveWork } from "../execution/live-work.ts";
import { refuseTarget, takeLock } from "../execution/production/phase-session.ts";
import type { LedgerRole } from "../execution/production/phase-work.ts";
import { stubGrant } from "../execution/rehearsal/stubs.ts";
import type { RevertPlan } from "../execution/revert/plan.ts";
import { timestamp } from "../kernel/clock.ts";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { runId as newRunId } from "../kernel/evidence/run-id.ts";
import { readSealKeys } from "../kernel/evidence/seal-keys.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { readSignatures } from "../orchestrator/approvals/signature-files.ts";
import { isRejection, verifyApproval } from "../orchestrator/approvals/verify-approval.ts";
import { liveWork } from "../orchestrator/live/adapter.ts";
import { readTaken } from "../orchestrator/live/snapshots.ts";
import { rehearseTakingBack, type SignedApproval, takeBack } from "../orchestrator/live/take-back.ts";
import { planAgain } from "../orchestrator/prepare.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { REHEARSAL_EXIT, type RehearsalReport, renderRehearsal } from "../report/rehearsal.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { finishEvidence } from "./finish-evidence.ts";
import { openRole, type RoleUrls, roleTarget, roleTargets } from "./live-connections.ts";
import { findRun, withStore } from "./run-store.ts";
import { showStanding } from "./show.ts";
import { paint, type Terminal } from "./terminal.ts";
import { confirmTyped } from "./typed.ts";
import { refuseUnarmed } from "./unarmed.ts";

type Flags = RoleUrls & {
  readonly approval: string | undefined;
  readonly "delete-approval": string | undefined;
  readonly hard: boolean;
  readonly scope: string;
  readonly live: boolean;
  readonly confirm: string | undefined;
};
type Invocation = {
  readonly positionals: { readonly RUN: string };
  readonly flags: Flags;
  readonly globals: Globals;
};
type Asked = { readonly flags: Flags; readonly globals: Globals; readonly terminal: Terminal };

export function revert({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, positionals.RUN);
    if (run instanceof Failure) return run;
    const configuration = await readConfiguration(globals.config, process.env);
    if (configuration instanceof Failure) return configuration;
    const plan = planOf(store, run, flags);
    if (plan instanceof Failure) return plan;
    const asked = { flags, globals, terminal };
    return flags.approval === undefined
      ? showRehearsed(store, run, { ...asked, configuration, plan })
      : doIt(store, run, { ...asked, configuration, plan });
  });
}

/** What the tables held before the run is pre.json; a run without one has written nothing. */
function planOf(store: Store, run: RunRecord, { hard, scope }: Flags): RevertPlan | Failure {
  if (run.mode !== "live") return new Failure("USAGE", `run ${run.runId} is a ${run.mode}, and has written nothing`);
  const before = readTaken(store, run, "pre");
  if (before instanceof Failure) return before;
  if (before === null) {
    return new Failure(
      "USAGE",
      `run ${run.runId} has not come to a phase that writes, so there is nothing to take back`,
    );
  }
  const compared = scope === "change-set" ? "change-set" : "database";
  return { how: hard ? "hard" : "soft", scope: compared, before: before.counts, relatedRunId: newRunId("ictr") };
}

type Working = Asked & { readonly configuration: Configuration; readonly plan: RevertPlan };

async function showRehearsed(store: Store, run: RunRecord, working: Working): Promise<number | Failure> {
  const { flags, configuration, plan, globals, terminal } = working;
  const stubs = { REVERT: stubGrant(run.runId, "REVERT"), HARD_DELETE: stubGrant(run.runId, "HARD_DELETE") };
  const work = workOf(store, run, stubs);
  if (work instanceof Failure) return work;
  const target = await roleTarget("revert", flags, configuration);
  if (target instanceof Failure) return target;
  const database = describeTarget(target);
  await terminal.talk(database);
  const session = await openRole("revert", target);
  if (session instanceof Failure) return session;
  const refused = (await refuseTarget(session, { target: work.target })) ?? (await takeLock(session, run.documentId));
  if (refused !== null) {
    await session.close();
    return refused;
  }
  const progress = showProgress(terminal);
  progress.now("rehearsing the revert");
  const taking = { ...work, fence: run.fence + 1, observe: progress.advanced };
  const { failure, durationMs, effects } = await rehearseTakingBack(session, taking, plan).finally(progress.stop);
  await session.close();
  const report: RehearsalReport = {
    ...{ schema: "cutter.rehearsal/v1", runId: run.runId, documentId: run.documentId, at: timestamp(), database },
    ...{ cutplanSha256: work.cutplan.cutplanSha256, rows: work.cutplan.rows.length, cut: [] },
    revert: [
      {
        ...{ phase: `${plan.how} revert, ${plan.scope}`, outcome: failure === null ? "done" : "failed" },
        ...{ role: "revert", durationMs, facts: failure?.facts ?? {} },
        message: failure === null ? null : `${failure.code}: ${failure.message}`,
      },
    ],
    relations: (effects?.relations ?? []).map(({ relation, inserted, updated, deleted }) => {
      return { relation, inserted, updated, deleted };
    }),
    others: [...(effects?.remarks ?? []), ...warningsOf(plan)],
    ...{ xid: effects?.xid ?? null, verdict: failure === null ? "rehearsed" : "failed" },
  };
  const { stdout } = terminal.colour;
  await terminal.result(renderRehearsal(report, globals.format, (text, style) => paint(text, style, stdout)));
  return REHEARSAL_EXIT[report.verdict];
}

function warningsOf({ how }: RevertPlan): readonly string[] {
  if (how === "hard") return ["the drafts and their versions are deleted; their addresses are free again"];
  return ["the addresses stay taken for ever: the document is cut again through fn_iu_revise, or after a hard revert"];
}

async function doIt(store: Store, run: RunRecord, working: Working): Promise<number | Failure> {
  const { flags, configuration, plan, globals, terminal } = working;
  const unarmed = await refuseUnarmed(store, { runId: run.runId, live: flags.live, verb: "revert" });
  if (unarmed !== null) return unarmed;
  const early = await judgeApprovals(store, run, working);
  if (early instanceof Failure) return early;
  const places = await roleTargets(["revert", "exec", "verify"], flags, configuration);
  if (places instanceof Failure) return places;
  const given = flags.confirm;
  const what = "the plan's digest, in full";
  const refused = await confirmTyped({ expected: run.cutplanSha256 ?? "", what, option: "--confirm", given }, terminal);
  if (refused !== null) return refused;
  // A person may have taken hours to type, and an approval may have ended meanwhile.
  const judged = await judgeApprovals(store, run, working);
  if (judged instanceof Failure) return judged;
  const { grants, approvals } = judged;
  const work = workOf(store, run, grants);
  if (work instanceof Failure) return work;
  const connect = (role: LedgerRole) => openRole(role, places[role]);
  const keys = readSealKeys(configuration, process.env);
  if (keys instanceof Failure) return keys;
  const progress = showProgress(terminal);
  progress.begins("compensate");
  const tell = (text: string) => terminal.alarm(text);
  const observed = { ...work, observe: progress.advanced };
  const taken = await takeBack({ store, run, work: observed, plan, approvals, connect, tell });
  if (!(taken instanceof Failure)) progress.done();
  progress.stop();
  if (taken instanceof Failure) return taken;
  const unkept = await finishEvidence(store, taken, { keys, terminal });
  const shown = await showStanding(store, taken, { globals, terminal });
  return unkept ?? shown;
}

type Judged = {
  readonly grants: { REVERT?: Grant; HARD_DELETE?: Grant };
  readonly approvals: SignedApproval[];
};

async function judgeApprovals(
  store: Store,
  run: RunRecord,
  { flags, configuration }: Working,
): Promise<Judged | Failure> {
  const judged: Judged = { grants: {}, approvals: [] };
  const asked = [
    ["REVERT", flags.approval],
    ["HARD_DELETE", flags["delete-approval"]],
  ] as const;
  for (const [gate, path] of asked) {
    if (path === undefined) continue;
    const document = readRegularFile(path, limits.approvalBytes);
    if (document instanceof Failure) return document;
    const signatures = readSignatures(path);
    if (signatures instanceof Failure) return signatures;
    const policy = configuration.approvals;
    const question = { policy, store, run, gate, now: timestamp(), approval: document, signatures };
    const grant = await verifyApproval(question);
    if (grant instanceof Failure) return grant;
    if (isRejection(grant)) return new Failure("STOP_APPROVAL_INVALID", `${gate} was rejected: ${grant.reason}`);
    judged.grants[gate] = grant;
    judged.approvals.push({ gate, document, signatures });
  }
  return judged;
}

function workOf(store: Store, run: RunRecord, grants: LiveWork["grants"]): LiveWork | Failure {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const again = planAgain(run, { store, phases });
  if (again instanceof Failure) return again;
  const done = phases.filter(({ outcome }) => outcome === "done");
  const keys = { exec: null, verify: null };
  return liveWork({ run, ...again, fence: run.fence, done }, { grants, keys });
}
