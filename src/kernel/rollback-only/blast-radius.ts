/**
 * blast-radius: what a transaction that is rolled back did, measured without being told where to look.
 *
 * Four steps, for both tiers: `surveySession` before BEGIN; `takeBaseline` as the first statement inside;
 * `measureEffects` as the last one inside; `settleEffects` after the ROLLBACK, where what was created is gone again and
 * what was dropped is back. The sealed tier takes the two inner steps in its block, with the same SQL. Never writes;
 * what cannot be counted is "uncountable" with a reason, never 0.
 */
import countersQuery from "../../../sql/guard/counters.sql" with { type: "text" };
import locksQuery from "../../../sql/guard/strong-locks.sql" with { type: "text" };
import surveyQuery from "../../../sql/guard/survey.sql" with { type: "text" };
import touchedQuery from "../../../sql/guard/touched.sql" with { type: "text" };
import walQuery from "../../../sql/guard/wal-location.sql" with { type: "text" };
import { type Fact, Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import {
  arrayLiteral,
  type CatalogSight,
  queryJson,
  type ReplacedRelation,
  seeCatalogs,
  settleCatalogs,
} from "./catalog-changes.ts";
import type { Effects, LockEffect, RelationEffect } from "./effects.ts";
import { pinned } from "./pinned.ts";
import { readSequences, type SequencePositions, sequenceEffects } from "./sequences.ts";

/** What a rollback does not restore, as it was before. */
export type Survey = {
  readonly sequences: SequencePositions;
  readonly advisoryLocks: readonly string[];
  readonly preparedStatements: readonly string[];
  /** WAL position in bytes; null where the role may not ask. */
  readonly walBytes: bigint | null;
};

/** As sql/guard/counters.sql makes it. */
export type Counter = readonly [
  oid: string,
  name: string,
  persistence: string,
  inserted: number,
  updated: number,
  deleted: number,
];

export type Baseline = { readonly counters: readonly Counter[]; readonly startedAt: number };

export type HeldLock = { readonly lock: string; readonly heldMs: number | null; readonly statement?: number };

/** What was seen inside the transaction; settled into Effects after its rollback. */
export type Measured = {
  readonly xid: string | null;
  readonly before: readonly Counter[];
  readonly after: readonly Counter[];
  readonly catalogs: readonly CatalogSight[];
  /** oids of sequences that nextval or setval locked. */
  readonly sequences: readonly string[];
  /** `oid mode`, and milliseconds since it was first seen or may have been taken. */
  readonly locks: readonly HeldLock[];
  readonly counted: boolean;
};

/** Before BEGIN. */
export function surveySession(session: Session): Promise<Survey | Failure> {
  return pinned(session, async () => {
    const outliving = await readOutliving(session);
    if (outliving instanceof Failure) return outliving;
    const sequences = await readSequences(session);
    if (sequences instanceof Failure) return sequences;
    const walBytes = await readWal(session);
    if (walBytes instanceof Failure) return walBytes;
    return { sequences, ...outliving, walBytes };
  });
}

/** First inside the transaction, with search_path pinned to pg_catalog. */
export async function takeBaseline(session: Session): Promise<Baseline | Failure> {
  const counters = await queryJson(session, countersQuery);
  if (counters instanceof Failure) return counters;
  return { counters: counters as Counter[], startedAt: performance.now() };
}

/** Last inside the transaction, after the deferred constraints, with search_path pinned to pg_catalog. */
export async function measureEffects(session: Session, baseline: Baseline): Promise<Measured | Failure> {
  const counters = await queryJson(session, countersQuery);
  if (counters instanceof Failure) return counters;
  const catalogs = await seeCatalogs(session);
  if (catalogs instanceof Failure) return catalogs;
  const locks = await session.query(locksQuery);
  if (locks instanceof Failure) return locks;
  const touched = await session.query(touchedQuery);
  if (touched instanceof Failure) return touched;
  const row = touched.rows[0];
  const heldMs = Math.round(performance.now() - baseline.startedAt);
  return {
    xid: row?.xid ?? null,
    before: baseline.counters,
    after: counters as Counter[],
    catalogs,
    sequences: JSON.parse(row?.sequences ?? "[]") as string[],
    locks: locks.rows.map(({ lock }) => ({ lock: lock ?? "", heldMs })),
    counted: row?.track_counts === "on",
  };
}

/** After the ROLLBACK. Releases the session-level advisory locks that the transaction left, once they are listed. */
export function settleEffects(
  session: Session,
  known: { readonly survey: Survey; readonly measured: Measured },
): Promise<Effects | Failure> {
  const { survey, measured } = known;
  return pinned(session, async () => {
    const catalogs = await settleCatalogs(session, measured.catalogs, measured.xid ?? "0");
    if (catalogs instanceof Failure) return catalogs;
    const sequences = await readSequences(session, measured.sequences);
    if (sequences instanceof Failure) return sequences;
    const locks = await settleLocks(session, measured);
    if (locks instanceof Failure) return locks;
    const outliving = await readOutliving(session);
    if (outliving instanceof Failure) return outliving;
    const advisoryLocks = without(outliving.advisoryLocks, survey.advisoryLocks);
    if (advisoryLocks.length > 0 && survey.advisoryLocks.length === 0) {
      const released = await session.query("SELECT pg_catalog.pg_advisory_unlock_all()");
      if (released instanceof Failure) return released;
    }
    const walBytes = await readWal(session);
    if (walBytes instanceof Failure) return walBytes;
    const prepared = without(outliving.preparedStatements, survey.preparedStatements);
    return {
      xid: measured.xid,
      relations: relationEffects(measured, catalogs.replaced),
      catalog: catalogs.effects,
      sequences: sequenceEffects(survey.sequences, sequences),
      locks,
      advisoryLocks,
      walBytes: walBytes === null || survey.walBytes === null ? null : (walBytes - survey.walBytes).toString(),
      remarks: [...catalogs.remarks, ...builtInRemarks(catalogs.effects), ...remarksOf(measured, prepared)],
    };
  });
}

/** Counters after minus before; a relation whose file was replaced is uncountable, whatever its counters say. */
function relationEffects(measured: Measured, replaced: readonly ReplacedRelation[]): RelationEffect[] {
  const before = new Map(measured.before.map((counter) => [counter[0], counter]));
  const reasons = new Map(replaced.map(({ relation, reason }) => [relation, reason]));
  if (!measured.counted) for (const [, name] of measured.after) reasons.set(name, "track_counts was turned off");
  const effects = new Map<string, RelationEffect>();
  for (const [oid, name, persistence, ...counts] of measured.after) {
    if (persistence === "t" || reasons.has(name)) continue;
    const [, , , ...start] = before.get(oid) ?? [oid, name, persistence, 0, 0, 0];
    const [inserted = 0, updated = 0, deleted = 0] = counts.map((count, index) => count - (start[index] ?? 0));
    if (inserted + updated + deleted === 0) continue;
    effects.set(name, { relation: name, inserted, updated, deleted, reason: null });
  }
  for (const [relation, reason] of reasons) {
    const unknown = "uncountable" as const;
    effects.set(relation, { relation, inserted: unknown, updated: unknown, deleted: unknown, reason });
  }
  return [...effects.values()].sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

/** Names the locked relations. One that is not there any more was made by the transaction: nobody waits for it. */
async function settleLocks(session: Session, measured: Measured): Promise<LockEffect[] | Failure> {
  if (measured.locks.length === 0) return [];
  const oids = measured.locks.map(({ lock }) => lock.split(" ")[0] ?? "");
  const named = await session.query(
    `SELECT c.oid::text AS oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::pg_catalog.oid[])
     AND n.nspname NOT LIKE 'pg\\_toast%'`,
    [arrayLiteral(oids)],
  );
  if (named instanceof Failure) return named;
  const names = new Map(named.rows.map(({ oid, name }) => [oid, name]));
  return measured.locks.flatMap(({ lock, ...held }): LockEffect[] => {
    const [oid = "", mode = ""] = lock.split(" ");
    const relation = names.get(oid) ?? null;
    return relation === null ? [] : [{ relation, mode, ...held }];
  });
}

/** Only a superuser can; then nothing that the server says inside the transaction can be relied on. */
function builtInRemarks(effects: Effects["catalog"]): string[] {
  const changed = effects.filter(({ change, name }) => change !== "created" && /(^|\s)pg_catalog\./.test(name));
  const names = changed.map(({ name }) => name).join(", ");
  return names === "" ? [] : [`built-in objects were changed, so what was measured may be wrong: ${names}`];
}

function remarksOf(measured: Measured, prepared: readonly string[]): string[] {
  const remarks: string[] = [];
  const temporary = measured.after.filter((counter) => counter[2] === "t").map((counter) => counter[1]);
  if (temporary.length > 0) remarks.push(`temporary tables were written to: ${temporary.join(", ")}`);
  if (prepared.length > 0) remarks.push(`prepared statements stayed in the session: ${prepared.join(", ")}`);
  if (!measured.counted)
    remarks.push("track_counts was turned off meanwhile: relations not listed may have been written to");
  return remarks;
}

async function readOutliving(
  session: Session,
): Promise<Pick<Survey, "advisoryLocks" | "preparedStatements"> | Failure> {
  const reply = await session.query(surveyQuery);
  if (reply instanceof Failure) return reply;
  const locks = JSON.parse(reply.rows[0]?.advisory_locks ?? "[]") as Fact[][];
  return {
    advisoryLocks: locks.map((lock) => describeAdvisoryLock(lock)),
    preparedStatements: JSON.parse(reply.rows[0]?.prepared_statements ?? "[]") as string[],
  };
}

/** objsubid 1: one bigint key, its halves in classid and objid; 2: two integer keys. */
function describeAdvisoryLock([high, low, kind, mode]: readonly Fact[]): string {
  const key = kind === 1 ? BigInt.asIntN(64, (BigInt(`${high}`) << 32n) | BigInt(`${low}`)) : `${high}, ${low}`;
  return `${mode} on key ${key}`;
}

async function readWal(session: Session): Promise<bigint | null | Failure> {
  const reply = await session.query(walQuery);
  if (reply instanceof Failure) return reply.code === "PERMISSION_DENIED" ? null : reply;
  return BigInt((reply.rows[0]?.bytes ?? "0").split(".")[0] ?? "0");
}

function without(all: readonly string[], known: readonly string[]): string[] {
  return all.filter((one) => !known.includes(one));
}
