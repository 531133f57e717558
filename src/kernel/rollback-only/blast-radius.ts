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
import type { CountRequest } from "../counts/request.ts";
import { type Fact, Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { type CatalogChanges, queryJson, readDirty, seeCatalogs, settleCatalogs } from "./catalog-changes.ts";
import { type Doubts, findDoubts, NO_DOUBTS } from "./doubts.ts";
import { type Effects, UNKNOWN_XID } from "./effects.ts";
import { type InPlace, inPlaceRemarks, readInPlace } from "./in-place.ts";
import type { Baseline, Counter, Measured } from "./measured.ts";
import { findWatched } from "./net-counts.ts";
import { pinned } from "./pinned.ts";
import {
  type CountingDoubt,
  lockEffects,
  lockedOids,
  nameRelations,
  type RelationNames,
  relationEffects,
} from "./relations.ts";
import { readSequences, type SequencePositions, sequenceEffects } from "./sequences.ts";
import type { Script } from "./statement.ts";
import { written } from "./unnamed-changes.ts";

/** What a rollback does not restore, as it was before. */
export type Survey = {
  readonly sequences: SequencePositions;
  readonly advisoryLocks: readonly string[];
  readonly preparedStatements: readonly string[];
  /** WAL position in bytes; null where the role may not ask. */
  readonly walBytes: bigint | null;
  /** Null where it was not asked for. */
  readonly inPlace: InPlace | null;
  /** oids of the relations whose rows are counted inside, null where there is no such relation. */
  readonly watched: readonly (string | null)[];
};

export type SurveyOptions = {
  readonly inPlace: "read" | "left out";
  readonly watched?: readonly CountRequest[] | undefined;
};

/** Before BEGIN. */
export function surveySession(session: Session, options: SurveyOptions): Promise<Survey | Failure> {
  return pinned(session, async () => {
    const outliving = await readOutliving(session);
    if (outliving instanceof Failure) return outliving;
    const sequences = await readSequences(session);
    if (sequences instanceof Failure) return sequences;
    const walBytes = await readWal(session);
    if (walBytes instanceof Failure) return walBytes;
    const inPlace = options.inPlace === "read" ? await readInPlace(session) : null;
    if (inPlace instanceof Failure) return inPlace;
    const watched = await findWatched(session, options.watched ?? []);
    if (watched instanceof Failure) return watched;
    return { sequences, ...outliving, walBytes, inPlace, watched };
  });
}

/** First inside the transaction, with search_path pinned to pg_catalog. */
export async function takeBaseline(session: Session): Promise<Baseline | Failure> {
  const counters = await queryJson(session, countersQuery);
  if (counters instanceof Failure) return counters;
  const dirty = await readDirty(session);
  if (dirty instanceof Failure) return dirty;
  return { counters: counters as Counter[], dirty, startedAt: performance.now() };
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
    dirtyBefore: baseline.dirty,
    catalogs,
    relations: JSON.parse(row?.relations ?? "[]") as string[],
    locks: locks.rows.map(({ lock }) => ({ lock: lock ?? "", heldMs })),
    lookedMs: null,
    counted: row?.track_counts === "on",
    temporary: row?.temporary === "t",
    cutShort: null,
  };
}

export type Run = {
  readonly survey: Survey;
  readonly measured: Measured;
  /** Foreign SQL, which may do what leaves no trace. */
  readonly script?: Script;
};

/** After the ROLLBACK. Releases the session-level advisory locks that the transaction left, once they are listed. */
export function settleEffects(session: Session, run: Run): Promise<Effects | Failure> {
  return pinned(session, async () => {
    const outside = await settleOutside(session, run);
    if (outside instanceof Failure) return outside;
    const inside = await settleInside(session, run);
    if (inside instanceof Failure) return inside;
    return { ...inside, ...outside, remarks: [...inside.remarks, ...outside.remarks] };
  });
}

type Inside = Pick<Effects, "xid" | "relations" | "catalog" | "locks" | "remarks">;

/** What was done inside and is undone. */
async function settleInside(session: Session, { measured, script }: Run): Promise<Inside | Failure> {
  const { xid, temporary } = measured;
  const relations = writtenOids(measured);
  const oids = [...lockedOids(measured), ...measured.after.map(([oid]) => oid), ...relations];
  const names = await nameRelations(session, oids);
  if (names instanceof Failure) return names;
  const byHand = catalogsAmong(relations, names);
  const seen = { sights: measured.catalogs, before: measured.dirtyBefore, xid: xid ?? "0", temporary, byHand };
  const catalogs = await settleCatalogs(session, seen);
  if (catalogs instanceof Failure) return catalogs;
  const doubts = script === undefined ? NO_DOUBTS : await findDoubts(session, { script, relations });
  if (doubts instanceof Failure) return doubts;
  const doubt = countingDoubt(measured, doubts, catalogs);
  return {
    xid,
    relations: relationEffects(measured, { names, replaced: catalogs.replaced, doubt }),
    catalog: xid === UNKNOWN_XID ? [CATALOGS_NOT_SEEN] : catalogs.effects,
    locks: lockEffects(measured, names),
    remarks: [
      ...catalogs.remarks,
      ...builtInRemarks(catalogs.effects),
      ...remarksOf(measured),
      ...(doubts.counting === null ? [] : [`relations not listed may have been written to: ${doubts.counting}`]),
      ...doubts.remarks,
    ],
  };
}

/** DDL lets go of the catalogs that it writes to at once; what is sent as INSERT, UPDATE or DELETE keeps its lock. */
function catalogsAmong(relations: readonly string[], names: RelationNames): ReadonlySet<string> {
  const known = relations.map((oid) => names.get(oid) ?? "").filter((name) => name.startsWith("pg_catalog."));
  return new Set(known.map((name) => name.replace("pg_catalog.", "")));
}

const CATALOGS_NOT_SEEN = { change: "altered", objectKind: "not known", name: "the run ended before it told" } as const;

/**
 * A run that ended early is in doubt unless it cannot have replaced a file, which writes to pg_class and counts no row;
 * one with a handler, where it wrote to pg_class and what it wrote is not there.
 */
function countingDoubt(measured: Measured, doubts: Doubts, { replaced }: CatalogChanges): CountingDoubt {
  const all = measured.counted ? null : "track_counts was turned off";
  const files = measured.catalogs.find(({ catalog }) => catalog === "pg_class");
  const [inserted, updated, deleted] = files === undefined ? [0, 0, 0] : written(files, measured.dirtyBefore);
  const replacedAny = measured.relations === "all" || [inserted, updated, deleted].some((rows) => rows > 0);
  const told = replaced.length > 0 || (files?.rows.length ?? 0) > 0 || measured.temporary;
  const swallowed = updated + deleted > 0 && (doubts.handlers === "with truncate" || !told);
  const hidden = doubts.handlers !== "none" && swallowed ? SWALLOWED : null;
  return { all, others: doubts.counting ?? (replacedAny ? measured.cutShort : null) ?? hidden };
}

const SWALLOWED = "an error handler may have swallowed a TRUNCATE, which takes the count of rows with it";

type Outside = Pick<Effects, "sequences" | "advisoryLocks" | "walBytes" | "remarks">;

/** What the rollback did not undo. */
async function settleOutside(session: Session, { survey, measured }: Run): Promise<Outside | Failure> {
  const only = measured.relations === "all" ? undefined : measured.relations;
  const sequences = await readSequences(session, only);
  if (sequences instanceof Failure) return sequences;
  const drift = sequenceEffects(survey.sequences, sequences);
  const outliving = await readOutliving(session);
  if (outliving instanceof Failure) return outliving;
  const advisoryLocks = without(outliving.advisoryLocks, survey.advisoryLocks);
  if (advisoryLocks.length > 0 && survey.advisoryLocks.length === 0) {
    const released = await session.query("SELECT pg_catalog.pg_advisory_unlock_all()");
    if (released instanceof Failure) return released;
  }
  const walBytes = await readWal(session);
  if (walBytes instanceof Failure) return walBytes;
  const inPlace = await settleInPlace(session, { survey, measured });
  if (inPlace instanceof Failure) return inPlace;
  const prepared = without(outliving.preparedStatements, survey.preparedStatements);
  const stayed = prepared.length > 0 ? [`prepared statements stayed in the session: ${prepared.join(", ")}`] : [];
  return {
    sequences: only === undefined ? seenToMove(drift) : drift,
    advisoryLocks,
    walBytes: walBytes === null || survey.walBytes === null ? null : (walBytes - survey.walBytes).toString(),
    remarks: [...stayed, ...inPlace],
  };
}

/** Of all sequences, those that cannot be read are no news: only a lock that was seen says that this run moved one. */
function seenToMove(drift: Effects["sequences"]): Effects["sequences"] {
  return drift.filter(({ before, after }) => before !== null || after !== null);
}

async function settleInPlace(session: Session, { survey, measured }: Run): Promise<readonly string[] | Failure> {
  if (survey.inPlace === null) return [];
  const relations = measured.cutShort === null ? [...lockedOids(measured), ...writtenOids(measured)] : "all";
  return inPlaceRemarks(session, { before: survey.inPlace, relations });
}

function writtenOids({ relations }: Measured): readonly string[] {
  return relations === "all" ? [] : relations;
}

/** Only a superuser can; then nothing that the server says inside the transaction can be relied on. */
function builtInRemarks(effects: Effects["catalog"]): string[] {
  const changed = effects.filter(({ change, name }) => change !== "created" && /(^|\s)pg_catalog\./.test(name));
  const names = changed.map(({ name }) => name).join(", ");
  return names === "" ? [] : [`built-in objects were changed, so what was measured may be wrong: ${names}`];
}

function remarksOf(measured: Measured): string[] {
  const remarks: string[] = measured.cutShort === null ? [] : [measured.cutShort];
  const temporary = measured.after.filter((counter) => counter[2] === "t").map((counter) => counter[1]);
  if (temporary.length > 0) remarks.push(`temporary tables were written to: ${temporary.join(", ")}`);
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
