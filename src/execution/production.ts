/**
 * production: the adapter that writes for real. Each method asks the kill switch before it does anything else.
 *
 * The gate is the first line of every method, before a connection provider is called, so that a refusal proves that
 * nothing was reached; it is asked again just before COMMIT. Behind it each method is one transaction (production/)
 * around a body that knows nothing of it. Without a plan (the proofs) every method ends at its gate.
 */

import { canonicalJson } from "../kernel/digest.ts";
import type { Facts } from "../kernel/failure.ts";
import { Failure } from "../kernel/failure.ts";
import type { ArmingScope } from "../kernel/kill-switch/arming.ts";
import { type KillSwitchReading, refusal } from "../kernel/kill-switch.ts";
import type { Session } from "../kernel/session/session.ts";
import type { ExecutionAdapter, Method, Order, PhaseResult } from "./adapter.ts";
import { type BackupArtifact, recordBackup } from "./backup-artifact.ts";
import { closeOutRun } from "./close-out.ts";
import { cutLegA } from "./cut.ts";
import { enactUnits } from "./enact.ts";
import type { LiveWork } from "./live-work.ts";
import { preparePhaseSession } from "./production/phase-session.ts";
import { type PhaseParts, phaseTransaction } from "./production/phase-transaction.ts";
import type { LedgerRole, PhaseBody, PhaseStep } from "./production/phase-work.ts";
import { registerRun } from "./production/register.ts";
import { PHASE_STEPS, REVERT_STEP } from "./production/steps.ts";
import { recordLegB } from "./record.ts";
import type { RevertPlan } from "./revert/plan.ts";
import { revertRun } from "./revert/revert.ts";
import { verifyWritten } from "./verify-written.ts";

export type ProductionParts = {
  /** Reads every source that can say off, anew at each call. */
  readonly killSwitch: () => KillSwitchReading;
  /** Opens a session of a role; called by a method only behind its gate. */
  readonly connect: (role: LedgerRole) => Promise<Session | Failure>;
  /** null: there is nothing that could be written. */
  readonly live: LiveParts | null;
};

export type LiveParts = {
  readonly work: LiveWork;
  /** Makes the encrypted backup and reads it back; touches no ledger. */
  readonly backUp: () => Promise<BackupArtifact | Failure>;
  /** Before leg A: null where the backup of this run is still there as it was made. */
  readonly refuseBackup: () => Promise<null | Failure>;
  /** How the run is taken back; null where nobody asked for that. */
  readonly compensate: RevertPlan | null;
  /** The last look, whose answer is recorded as the closeout. */
  readonly lookAfter: () => Promise<Facts | Failure>;
  /** What a COMMIT that was carried out had to say, kept with the run. */
  readonly remark: PhaseParts["remark"];
};

/** The six methods, and the closeout, which is no method of a mode but is recorded in the same way. */
export type ProductionAdapter = ExecutionAdapter & {
  readonly closeOut: (order: Order) => Promise<Facts | Failure>;
};

export function productionAdapter(parts: ProductionParts): ProductionAdapter {
  const method =
    (name: Exclude<Method, "pre_write_backup" | "cut_leg_a" | "compensate">, body: Body) => (order: Order) =>
      gated(parts, { method: name, gate: PHASE_STEPS[name].gate, order }, (live) => {
        return perform(parts, live, { step: PHASE_STEPS[name], order, body: (tx) => body(tx, live.work, order) });
      });
  return {
    pre_write_backup: (order) =>
      gated(parts, { method: "pre_write_backup", gate: "SG1", order }, (live) => backUp(parts, live, order)),
    cut_leg_a: (order) => gated(parts, { method: "cut_leg_a", gate: "SG1", order }, (live) => cut(parts, live, order)),
    leg_b_record: method("leg_b_record", (transaction, work) => recordLegB(transaction, work)),
    write_verify: method("write_verify", (transaction, work, { attempt = 1 }) => {
      return verifyWritten(transaction, work, attempt);
    }),
    lifecycle_enact: method("lifecycle_enact", (transaction, work) => enactUnits(transaction, work)),
    compensate: (order) =>
      gated(parts, { method: "compensate", gate: "REVERT", order }, (live) => compensate(parts, live, order)),
    closeOut: (order) =>
      gated(parts, { method: "closeout", gate: "SG2", order }, async (live) => {
        const done = await perform(parts, live, {
          step: PHASE_STEPS.closeout,
          order,
          body: (tx) => lastLook(tx, live),
        });
        return done instanceof Failure ? done : done.facts;
      }),
  };
}

async function lastLook(transaction: Parameters<PhaseBody>[0], live: LiveParts): Promise<Facts | Failure> {
  const own = await closeOutRun(transaction, live.work);
  if (own instanceof Failure) return own;
  const seen = await live.lookAfter();
  return seen instanceof Failure ? seen : { ...seen, own };
}

type Body = (transaction: Parameters<PhaseBody>[0], work: LiveWork, order: Order) => ReturnType<PhaseBody>;

type Asked = {
  readonly method: Method | "closeout";
  readonly gate: ArmingScope["gate"];
  readonly order: Order;
};

/** The first line of every method: nothing is asked for before it. */
async function gated<T>(
  parts: ProductionParts,
  asked: Asked,
  behind: (live: LiveParts) => Promise<T | Failure>,
): Promise<T | Failure> {
  const refused = refuse(parts, asked);
  if (refused !== null) return refused;
  if (parts.live === null) throw new Error(`${asked.method} passed its gate and has no plan`);
  return behind(parts.live);
}

function refuse({ killSwitch, live }: ProductionParts, { method, gate, order }: Asked): Failure | null {
  const refused = refusal(
    killSwitch(),
    live === null ? null : scopeOf({ ...live.work, cutplanSha256: live.work.cutplan.cutplanSha256 }, gate),
  );
  if (refused === null) return null;
  const facts = { ...refused.facts, method, run_id: order.runId };
  return new Failure(refused.code, `${method}: ${refused.message}`, { facts });
}

/** What an arming has to be for. */
export function scopeOf({ runId, target, cutplanSha256 }: Scoped, gate: ArmingScope["gate"]): ArmingScope {
  return { runId, cutplanDigest: cutplanSha256, target: canonicalJson(target), gate };
}

type Scoped = Pick<LiveWork, "runId" | "target"> & { readonly cutplanSha256: string };

type Performing = { readonly step: PhaseStep; readonly order: Order; readonly body: PhaseBody };

async function perform<S extends PhaseStep["phase"]>(
  parts: ProductionParts,
  { work, remark }: LiveParts,
  { step, order, body }: Performing & { readonly step: PhaseStep & { readonly phase: S } },
) {
  const { phase, gate } = step;
  const done = await phaseTransaction(
    { work, step, attempt: order.attempt ?? 1, body },
    { connect: parts.connect, refusal: () => refuse(parts, { method: phase, gate, order }), remark },
  );
  if (done instanceof Failure) return done;
  return { method: phase, outcome: done.outcome, facts: done.facts };
}

/** The run's row first, so that a tombstone can stand; then the backup, with no transaction open; then its record. */
async function backUp(parts: ProductionParts, live: LiveParts, order: Order): Promise<PhaseResult | Failure> {
  const { work } = live;
  const session = await parts.connect("exec");
  if (session instanceof Failure) return session;
  const { target, cutplan } = work;
  const ready = await preparePhaseSession(session, { target, documentId: cutplan.documentId });
  if (ready instanceof Failure) return ready;
  const registered = await registerRun(ready, work);
  await ready.close();
  if (registered !== null) return registered;
  const artifact = await live.backUp();
  // What was broken off because execution is off was not refused for anything of its own.
  const off = refuse(parts, { method: "pre_write_backup", gate: "SG1", order });
  if (off !== null) return off;
  if (artifact instanceof Failure) return artifact;
  const body: PhaseBody = (transaction) => recordBackup(transaction, work.runId, artifact);
  return perform(parts, live, { step: PHASE_STEPS.pre_write_backup, order, body });
}

async function cut(parts: ProductionParts, live: LiveParts, order: Order): Promise<PhaseResult | Failure> {
  const refused = await live.refuseBackup();
  if (refused !== null) return refused;
  return perform(parts, live, { step: PHASE_STEPS.cut_leg_a, order, body: (tx) => cutLegA(tx, live.work) });
}

async function compensate(parts: ProductionParts, live: LiveParts, order: Order): Promise<PhaseResult | Failure> {
  const { work, compensate: plan } = live;
  if (plan === null) return new Failure("PHASE_REFUSED", `nobody has said how run ${order.runId} is taken back`);
  return perform(parts, live, { step: REVERT_STEP, order, body: (tx) => revertRun(tx, work, plan) });
}
