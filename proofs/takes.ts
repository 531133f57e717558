/**
 * takes: what several takes of one proof amount to, where the first ones were disturbed.
 *
 * A later take that is calm does not unmake what an earlier one saw: rows that moved then stay in the report, and what
 * no rollback undoes adds up. Where the plan may have moved rows outside its transaction, no further take can tell its
 * own from others', so there is none. Pure. Used by runner.ts, PROOF-6 and report.ts.
 */
import type { Effects, Escape, SequenceEffect } from "../src/kernel/rollback-only/effects.ts";
import { knownEffects } from "../src/kernel/rollback-only/failed-run.ts";
import type { BatteryRecord } from "./context.ts";

/** Why rows that moved may be the plan's own though they carry no id of its transaction; null: they cannot be. */
export function whyNotAgain(escapes: readonly Escape[]): string | null {
  const reaching = escapes.filter(({ name, weight }) => weight === "accepted" || name === "dynamic-sql");
  if (reaching.length === 0) return null;
  const names = reaching.map(({ name, weight }) => `${name} (${weight})`).join(", ");
  return `what may reach outside the transaction, ${names}, may have moved them itself`;
}

/** `attempt 1: public.log (after) 100 -> 101`, one line for each earlier take. */
export function earlierTakes({ earlier }: Pick<BatteryRecord, "earlier">): string[] {
  return earlier.map(({ moved }, index) => {
    const each = moved.map(({ what, expected, seen }) => `${what} ${expected} -> ${seen}`);
    return `attempt ${index + 1}: ${each.join(", ")}`;
  });
}

/** Of every take, as far as they are known, the last one's last. */
export function effectsOfEach({ take, earlier }: Pick<BatteryRecord, "take" | "earlier">): readonly Effects[] {
  const takes = [...earlier.map((one) => one.take), ...(take === null ? [] : [take])];
  return takes.flatMap(({ drive }) => knownEffects(drive) ?? []);
}

/** The effects of the last take, with all that stayed of the earlier ones: sequence positions and WAL. */
export function effectsOfAll(record: Pick<BatteryRecord, "take" | "earlier">): Effects | null {
  const last = record.take === null ? null : knownEffects(record.take.drive);
  if (last === null) return null;
  const all = effectsOfEach(record);
  return { ...last, sequences: summedSequences(all), walBytes: summedWal(all) };
}

function summedSequences(all: readonly Effects[]): SequenceEffect[] {
  const each = Map.groupBy(
    all.flatMap(({ sequences }) => sequences),
    ({ sequence }) => sequence,
  );
  return [...each].map(([sequence, moves]): SequenceEffect => {
    const known = moves.every(({ drift }) => drift !== "uncountable");
    const drift = known ? `${moves.reduce((sum, move) => sum + BigInt(move.drift), 0n)}` : "uncountable";
    return { sequence, before: moves[0]?.before ?? null, after: moves.at(-1)?.after ?? null, drift };
  });
}

function summedWal(all: readonly Effects[]): string | null {
  if (all.some(({ walBytes }) => walBytes === null)) return null;
  return `${all.reduce((sum, { walBytes }) => sum + BigInt(walBytes ?? 0), 0n)}`;
}
