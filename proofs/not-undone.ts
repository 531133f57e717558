/**
 * not-undone: what a rollback does not undo, in words, from what was measured.
 *
 * Some of it always holds (dead tuples, transaction ids), some was found in this very run. The section stands in
 * every report; an empty finding says that it was looked for. Source: PostgreSQL manual, "Sequence Manipulation
 * Functions", "Routine Vacuuming", "Advisory Locks".
 */
import { type Effects, type Escape, UNKNOWN_XID } from "../src/kernel/rollback-only/effects.ts";
import type { BatteryReport } from "../src/report/battery.ts";
import type { BatteryRecord } from "./context.ts";
import { effectsOfEach } from "./takes.ts";

type Remark = BatteryReport["notUndone"][number];

/** `effects`: with all that stayed of every take. */
export function notUndone(effects: Effects, record: BatteryRecord): Remark[] {
  const each = effectsOfEach(record);
  const used = [...sequences(effects), ...storage(each, effects.walBytes), ...sessionLocks(effects)];
  return [...used, ...reach(record.escapes), ...others(effects)];
}

/** What the transaction may have done outside itself: nobody can say that it did not. */
function reach(escapes: readonly Escape[]): Remark[] {
  return escapes
    .filter((found) => found.weight !== "refused")
    .map((found) => ({ what: `may reach outside (${found.weight})`, detail: `${found.name}: ${found.description}` }));
}

function sequences(effects: Effects): Remark[] {
  if (effects.sequences.length === 0) return [{ what: "sequence positions", detail: "none seen to move" }];
  return effects.sequences.map((sequence) => {
    const moved = sequence.drift === "uncountable" ? "the role may not read how far" : `by ${sequence.drift}`;
    const values = sequence.after === null ? "" : ` (${sequence.before ?? "unused"} -> ${sequence.after})`;
    return { what: "sequence positions", detail: `${sequence.sequence} moved ${moved}${values}` };
  });
}

function storage(takes: readonly Effects[], walBytes: string | null): Remark[] {
  const wrote = takes.filter(({ xid }) => xid !== null);
  if (wrote.length === 0) return [{ what: "storage", detail: "no transaction id was used, so nothing was written" }];
  const counts = wrote.flatMap(({ relations }) => relations.flatMap((entry) => [entry.inserted, entry.updated]));
  const dead = counts.reduce<number>((sum, count) => sum + (count === "uncountable" ? 0 : count), 0);
  const known = counts.every((count) => count !== "uncountable");
  const versions = known ? `at most ${dead} dead row versions` : `${dead} dead row versions and some uncountable,`;
  const ids = wrote.length === 1 ? "1 transaction id" : `${wrote.length} transaction ids`;
  const assigned = wrote.some(({ xid }) => xid === UNKNOWN_XID) ? ", if one was assigned" : "";
  const wal = walBytes === null ? "" : `; WAL at most ${walBytes} bytes, by the whole server`;
  const left = `${ids}${assigned}, ${versions} until the next vacuum, table statistics`;
  return [{ what: "storage", detail: `${left}${wal}` }];
}

function sessionLocks(effects: Effects): Remark[] {
  if (effects.advisoryLocks.length === 0) return [];
  const detail = `${effects.advisoryLocks.join(", ")}; released when the proof's session ended`;
  return [{ what: "session advisory locks", detail }];
}

function others(effects: Effects): Remark[] {
  return effects.remarks.map((detail) => ({ what: "also seen", detail }));
}
