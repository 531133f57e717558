/**
 * revert/units: takes the units of one change set back: withdraws them, or deletes what was created.
 *
 * Works in batches, in the transaction it is given, after guard.ts has locked and judged every unit. Any unit that the
 * database does not take back fails the whole. Called by revert.ts.
 */
import deleteRows from "../../../sql/execution/revert/delete-rows.sql" with { type: "text" };
import withdrawRows from "../../../sql/execution/revert/withdraw-rows.sql" with { type: "text" };
import { crashPoint } from "../../kernel/crash-point.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { ChangeSet } from "../change-set.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { LiveWork } from "../live-work.ts";
import { listOf } from "./guard.ts";
import type { RevertCounts } from "./plan.ts";

type Working = Pick<LiveWork, "actor" | "observe">;

type Batch = { readonly from: number; readonly to: number };

/** By how much the lifecycle tables changed. */
export async function withdrawUnits(
  transaction: StatementRunner,
  changeSet: ChangeSet,
  { actor, observe }: Working,
): Promise<RevertCounts | Failure> {
  for (const { from, to } of batchesOf(changeSet)) {
    const reply = await transaction.query(withdrawRows, [changeSet.id, `${from}`, `${to}`, actor]);
    if (reply instanceof Failure) return reply;
    const [counted, ...refused] = reply.rows;
    if (refused.length > 0 || Number(counted?.detail) !== to - from) {
      const problems = refused.map(({ ordinal, status, detail }) => `row ${ordinal}: ${status} ${detail ?? ""}`);
      return new Failure("UNIT_REJECTED", `fn_iu_withdraw refused rows ${from + 1} to ${to}: ${listOf(problems)}`, {
        facts: { problems },
      });
    }
    observe?.({ unit: "units", did: "withdrawn", done: to, total: changeSet.rowCount });
    crashPoint("phase-batch-withdrawn");
  }
  return { "public.iu_lifecycle_log": changeSet.rowCount };
}

export async function deleteUnits(
  transaction: StatementRunner,
  changeSet: ChangeSet,
  { observe }: Working,
): Promise<RevertCounts | Failure> {
  for (const { from, to } of batchesOf(changeSet)) {
    const reply = await transaction.query(deleteRows, [changeSet.id, `${from}`, `${to}`]);
    if (reply instanceof Failure) return reply;
    const { units, versions, logged } = reply.rows[0] ?? {};
    const expected = to - from;
    // A draft that a cut has just created has no log; one that has was somewhere else in between.
    if (Number(units) !== expected || Number(versions) !== expected || Number(logged) !== 0) {
      const found = `${units} units, ${versions} versions and ${logged} log rows`;
      return new Failure(
        "PHASE_REFUSED",
        `of rows ${from + 1} to ${to} ${found} were deleted, not ${expected} of each`,
      );
    }
    observe?.({ unit: "units", did: "deleted", done: to, total: changeSet.rowCount });
    crashPoint("phase-batch-deleted");
  }
  return { "public.information_unit": -changeSet.rowCount, "public.unit_version": -changeSet.rowCount };
}

function* batchesOf({ rowCount }: ChangeSet): Iterable<Batch> {
  for (let from = 0; from < rowCount; from += limits.rowsPerBatch) {
    yield { from, to: Math.min(from + limits.rowsPerBatch, rowCount) };
  }
}
