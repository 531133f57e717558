/**
 * PROOF-5: the real write, in a transaction that the server refuses to commit, does what it should and nothing else.
 *
 * Drives the target once, with the witness looking on, and compares what it did with what it declares. The rollback has
 * happened when this proof ends; whether anything stayed is PROOF-6's question.
 */
import { type Facts, Failure } from "../src/kernel/failure.ts";
import type { Effects } from "../src/kernel/rollback-only/effects.ts";
import type { Mismatch } from "../src/report/battery.ts";
import { failed, judge } from "../src/report/judgement.ts";
import type { Drive, ProofOptions, ProofTarget, Take } from "./context.ts";
import type { Proof } from "./proof.ts";
import { rendezvousMissed } from "./sabotage/witness.ts";
import {
  commitWouldFail,
  extraTable,
  extraUpdate,
  extraWrite,
  insertsNothing,
  poisonRemoved,
  probeNotFilled,
  rowsBeyondBound,
} from "./sabotage/write.ts";
import { takeOnce } from "./take.ts";

export const writeRollsBack: Proof = {
  id: "PROOF-5",
  claim: "the real write does what it declares, then ROLLBACK",
  sabotage: [
    insertsNothing,
    extraWrite,
    extraUpdate,
    extraTable,
    commitWouldFail,
    poisonRemoved,
    probeNotFilled,
    rowsBeyondBound,
    rendezvousMissed,
  ],
  async run(context) {
    const target = await context.target();
    if (target instanceof Failure) return failed(target);
    context.record.target = target;
    const take = await takeOnce(context, target);
    if (take instanceof Failure) return failed(take);
    context.record.take = take;
    if (take.drive instanceof Failure) return failed(take.drive, take.drive.facts);
    const mismatches = [...target.judgeDrive(take.drive), ...boundsExceeded(take.drive, context.options)];
    const disturbances = target.disturbances?.(take.drive, take.before) ?? [];
    const observed = { summary: summary(target, take, take.drive), facts: facts(take, take.drive) };
    return judge({ ...observed, mismatches, disturbances });
  },
};

function facts(take: Take, drive: Drive): Facts {
  const { effects } = drive;
  return {
    tier: drive.tier,
    xid: effects.xid ?? "none assigned: nothing was written",
    ...drive.facts,
    rows_touched: effects.relations.map((entry) => `${entry.relation} ${movement(entry)}`),
    strong_locks: effects.locks.map((lock) => `${lock.relation} ${lock.mode} ${lock.heldMs ?? "?"} ms`),
    longest_strong_lock_ms: longestLock(effects),
    witness_look_ms: drive.lookedMs ?? "not measured",
    transaction_ms: take.durationMs,
  };
}

/** Milliseconds that others may have had to wait for a lock stronger than ROW EXCLUSIVE; an upper bound. */
function longestLock(effects: Effects): number | string {
  if (effects.locks.some((lock) => lock.heldMs === null)) return "not known";
  return Math.max(0, ...effects.locks.map((lock) => lock.heldMs ?? 0));
}

function movement(entry: Effects["relations"][number]): string {
  const reason = entry.reason === null ? "" : ` (${entry.reason})`;
  return `+${entry.inserted} ~${entry.updated} -${entry.deleted}${reason}`;
}

function summary(target: ProofTarget, take: Take, drive: Drive): string {
  const before = take.before[0];
  const inside = drive.inTransaction?.[0] ?? undefined;
  const moved =
    target.kind === "iu" && before !== undefined && inside !== undefined
      ? `${before.rows} -> ${inside.rows} inside, `
      : `${touched(drive.effects.relations.length)}, `;
  return `${moved}rolled back, tier ${drive.tier}`;
}

/** --max-rows and --max-lock-time. A bound that cannot be judged counts as exceeded. */
function boundsExceeded({ effects, lookedMs }: Drive, options: ProofOptions): Mismatch[] {
  const mismatches: Mismatch[] = [];
  if (options.maxRows !== null) {
    const counts = effects.relations.flatMap((entry) => [entry.inserted, entry.updated, entry.deleted]);
    const known = counts.every((count) => count !== "uncountable");
    const total = counts.reduce<number>((sum, count) => sum + (count === "uncountable" ? 0 : count), 0);
    if (!known || total > options.maxRows) {
      const seen = known ? `${total}` : `${total} and some uncountable`;
      mismatches.push({ what: "rows touched", expected: `at most ${options.maxRows}`, seen });
    }
  }
  if (options.maxLockMs !== null) {
    for (const lock of effects.locks) {
      if (lock.heldMs !== null && lock.heldMs <= options.maxLockMs) continue;
      const looked = lookedMs === null ? "" : `, of these ${lookedMs} while the witness looked`;
      const seen = lock.heldMs === null ? "unknown ms" : `${lock.heldMs} ms${looked}`;
      mismatches.push({ what: `${lock.mode} on ${lock.relation}`, expected: `at most ${options.maxLockMs} ms`, seen });
    }
  }
  return mismatches;
}

function touched(tables: number): string {
  return tables === 1 ? "1 table touched" : `${tables} tables touched`;
}
