/**
 * sealed-drive: drives a script in the sealed tier, with the witness looking at the definite moment before it is
 * undone.
 *
 * The witness holds an advisory lock, the sealed block waits for it with everything written, the witness looks and
 * lets go. Without a second session there is no rendezvous. Shared by the sql and spec targets.
 */
import { randomBytes } from "node:crypto";
import type { CountOptions, RelationCount } from "../src/kernel/counts/request.ts";
import { type Fact, Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import type { NetCountOptions } from "../src/kernel/rollback-only/net-counts.ts";
import type { Script } from "../src/kernel/rollback-only/script.ts";
import { runSealed, type SealedPlan, type SealedResult } from "../src/kernel/rollback-only/sealed.ts";
import type { Witness } from "../src/kernel/witness.ts";
import { type Drive, type DriveOrder, longestLookMs, type ProofContext } from "./context.ts";

export type SealedOrder = DriveOrder & { readonly script: Script; readonly explain: "with plans" | "without plans" };

export async function driveSealed(context: ProofContext, order: SealedOrder): Promise<Drive | Failure> {
  const before = await order.lookedBefore();
  if (before instanceof Failure) return before;
  const { lockTimeoutMs, statementTimeoutMs } = context.options;
  const netCounts = netCountsOf({ watched: order.watched, before }, context.options.counts);
  const { script, explain } = order;
  const plan: SealedPlan = { script, explain, lockTimeoutMs, statementTimeoutMs, ...netCounts };
  const result =
    context.connections.sessions === "single"
      ? await runSealed(order.session, plan)
      : await driveWatched(context, { order, plan });
  if (result instanceof Failure) return result;
  const { effects, lookedMs, netCounts: inTransaction } = result;
  return { tier: "sealed", effects, facts: facts(result), inTransaction, lookedMs };
}

/** An estimate says nothing of one transaction, so under --mode estimate there is no count inside. */
export function netCountsOf(
  { watched, before }: Pick<DriveOrder, "watched"> & { readonly before: readonly RelationCount[] },
  counts: CountOptions,
): { readonly netCounts?: NetCountOptions } {
  if (counts.mode === "estimate") return {};
  const requests = watched.map((request, index) => ({
    ...request,
    unless: request.filter !== null && before[index]?.how !== "exact" ? NOT_BEFORE : null,
  }));
  return { netCounts: { requests, counts } };
}

const NOT_BEFORE = "nor could it be counted before";

async function driveWatched(
  context: ProofContext,
  { order, plan }: { order: SealedOrder; plan: SealedPlan },
): Promise<SealedResult | Failure> {
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const key = randomBytes(8).readBigInt64BE().toString();
  const held = await witness.holdRendezvous(key);
  if (held instanceof Failure) return held;
  let settled = false;
  const rendezvous = { key, timeoutMs: longestLookMs(context.options) };
  const running = runSealed(order.session, { ...plan, rendezvous }).finally(() => {
    settled = true;
  });
  const looked = await lookAtRendezvous(witness, { key, order, settled: () => settled });
  const result = await running;
  if (result instanceof Failure) return result;
  if (looked instanceof Failure) return looked;
  if (result.rendezvous === "met" && looked) return result;
  return new Failure("GUARD_BROKEN", "the witness and the proof did not meet while everything was written", {
    facts: { rendezvous: result.rendezvous },
  });
}

type Meeting = { readonly key: string; readonly order: SealedOrder; readonly settled: () => boolean };

/** True when the look was taken. The lock is let go in every case, or the proof would wait in vain. */
async function lookAtRendezvous(witness: Witness, { key, order, settled }: Meeting): Promise<boolean | Failure> {
  const waits = await witness.awaitRendezvous(order.session.login.backendPid, settled);
  const looked = waits === true ? await order.moment(null) : null;
  const released = await witness.releaseRendezvous(key);
  if (waits instanceof Failure) return waits;
  if (looked instanceof Failure) return looked;
  return released instanceof Failure ? released : waits;
}

const PLANS_SHOW = "values of the script and of --param, as the planner writes them";

function facts(result: SealedResult): { [key: string]: Fact } {
  const rows = result.statements.reduce((sum, statement) => sum + statement.rows, 0);
  const slowest = [...result.statements].sort((a, b) => b.durationMs - a.durationMs).slice(0, limits.slowestStatements);
  const plans = result.statements.filter((statement) => statement.plan !== null);
  return {
    backend_pid: result.backendPid,
    statements: result.statements.length,
    rows_returned_or_affected: rows,
    rendezvous: result.rendezvous,
    slowest: slowest.map((one) => `line ${one.line} ${one.kind}: ${one.rows} rows, ${one.durationMs} ms`),
    ...(plans.length === 0
      ? {}
      : { plans: plans.map((one) => `line ${one.line}\n${one.plan}`), plans_show: PLANS_SHOW }),
  };
}
