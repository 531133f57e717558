/**
 * count: how many rows each relation holds, all in one snapshot.
 *
 * One REPEATABLE READ, READ ONLY transaction, so the figures belong together. What cannot be counted is said by name
 * (missing, 42501, locked, over budget), never 0. Proofs, dry run, backup and revert count through here.
 */
import { stopwatch } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Reply, Row, Session } from "../session/session.ts";
import { plannedCounts, readsRows, type Step } from "./plan.ts";
import { type CountOptions, type CountRequest, defaultCountOptions, type RelationCount } from "./request.ts";

const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** Text forms of values depend on these; a digest must not. */
const PINNED_FORMS = `pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
  pg_catalog.set_config('IntervalStyle', 'iso_8601', true), pg_catalog.set_config('TimeZone', 'UTC', true),
  pg_catalog.set_config('extra_float_digits', '3', true), pg_catalog.set_config('bytea_output', 'hex', true),
  pg_catalog.set_config('lc_monetary', 'C', true)`;

/** Counts in the order of the requests. */
export async function countRelations(
  session: Session,
  requests: readonly CountRequest[],
  options: CountOptions = defaultCountOptions,
): Promise<readonly RelationCount[] | Failure> {
  const counted = await countInTransaction(session, requests, options);
  const ended = await session.query("ROLLBACK");
  if (counted instanceof Failure) return counted;
  return ended instanceof Failure ? ended : counted;
}

async function countInTransaction(
  session: Session,
  requests: readonly CountRequest[],
  options: CountOptions,
): Promise<readonly RelationCount[] | Failure> {
  const begun = await beginSnapshot(session, options);
  if (begun instanceof Failure) return begun;
  const plan = await planUnhindered(session, requests, options);
  if (plan instanceof Failure) return plan;
  const exact = plan.filter(readsRows);
  const plain = exact.filter((step) => step.request.filter === null);
  const together = await countTogether(session, plain, options);
  const filtered = exact.filter((step) => step.request.filter !== null);
  const both =
    together instanceof Failure ? together : await countFiltered(session, { steps: filtered, options }, together);
  const counts = both instanceof Failure ? await countOneByOne(session, exact, options) : both;
  if (counts instanceof Failure) return counts;
  return plan.map((step) => counts.get(step) ?? step.otherwise);
}

async function beginSnapshot(session: Session, options: CountOptions): Promise<Failure | null> {
  const begun = await session.query(BEGIN);
  if (begun instanceof Failure) return begun;
  const lockWaitMs = Math.min(options.budgetMs, limits.witnessLockTimeoutMs);
  const bounds = `pg_catalog.set_config('statement_timeout', '${Math.ceil(options.budgetMs)}', true),
    pg_catalog.set_config('lock_timeout', '${Math.ceil(lockWaitMs)}', true)`;
  const forms = options.digest === "none" ? [] : [PINNED_FORMS];
  const pinned = await session.query(`SELECT ${[bounds, ...forms].join(", ")}`);
  return pinned instanceof Failure ? pinned : null;
}

/** A lock that came while sizes were being read: planned anew, in a new snapshot, with the sizes of the catalog. */
async function planUnhindered(
  session: Session,
  requests: readonly CountRequest[],
  options: CountOptions,
): Promise<readonly Step[] | Failure> {
  const plan = await plannedCounts(session, requests, options);
  if (!(plan instanceof Failure) || plan.facts.sqlstate !== LOCK_NOT_AVAILABLE) return plan;
  const restarted = await restart(session, options);
  return restarted ?? plannedCounts(session, requests, { ...options, sizes: "catalog" });
}

const LOCK_NOT_AVAILABLE = "55P03";

type Counted = Map<Step, RelationCount>;

/** The usual way: one statement for many relations. */
export async function countTogether(
  session: Pick<Session, "query">,
  steps: readonly Step[],
  options: CountOptions,
): Promise<Counted | Failure> {
  const counted: Counted = new Map();
  const plain = steps.filter((step) => step.request.filter === null);
  const filtered = steps.filter((step) => step.request.filter !== null);
  for (const chunk of chunksOf(plain, options)) {
    const text = chunk.map((step, index) => countStatement(step, index, options)).join("\nUNION ALL\n");
    const reply = await session.query(text);
    if (reply instanceof Failure) return reply;
    for (const row of reply.rows) record(counted, chunk[Number(row.ordinal)], row);
    options.observe?.({ unit: "relations", did: "counted", done: counted.size, total: steps.length });
  }
  for (const step of filtered) {
    const reply = await countAlone(session, step, options);
    if (reply instanceof Failure) return reply;
    record(counted, step, reply.rows[0]);
  }
  return counted;
}

/** As many as go into one statement; where somebody looks on, no more than are counted in a moment. */
function chunksOf(steps: readonly Step[], { observe }: CountOptions): readonly (readonly Step[])[] {
  const chunks: Step[][] = [];
  let bytes = 0;
  for (const step of steps) {
    const last = chunks.at(-1);
    bytes += step.bytes;
    const isFull = observe !== undefined && bytes > limits.countedBytesPerStatement;
    if (last === undefined || last.length === limits.countsPerStatement || isFull) {
      chunks.push([step]);
      bytes = step.bytes;
    } else last.push(step);
  }
  return chunks;
}

/** One after another. The first that takes too long is the last: asked once more it would take as long again. */
async function countFiltered(
  session: Session,
  { steps, options }: { readonly steps: readonly Step[]; readonly options: CountOptions },
  counted: Counted,
): Promise<Counted | Failure> {
  for (const step of steps) {
    const reply = await countAlone(session, step, options);
    if (reply instanceof Failure) return reply.facts.sqlstate === "57014" ? counted : reply;
    record(counted, step, reply.rows[0]);
  }
  return counted;
}

/** After a failure of the whole, in a new snapshot: each by itself, so that a lock costs only its own relation. */
async function countOneByOne(
  session: Session,
  steps: readonly Step[],
  options: CountOptions,
): Promise<Counted | Failure> {
  const counted: Counted = new Map();
  const restarted = await restart(session, options);
  if (restarted instanceof Failure) return restarted;
  const elapsed = stopwatch();
  for (const step of steps) {
    if (elapsed() > options.budgetMs) break;
    const restored = await session.query("ROLLBACK TO SAVEPOINT cutter_count");
    if (restored instanceof Failure) return restored;
    const reply = await countAlone(session, step, options);
    if (!(reply instanceof Failure)) record(counted, step, reply.rows[0]);
    else if (session.lost() !== null || isWrongFilter(step, reply)) return reply;
    else counted.set(step, refusedCount(step, reply));
  }
  return counted;
}

/** Both are local to the transaction; after a failure the savepoint or the end of it takes the first back. */
async function countAlone(
  session: Pick<Session, "query">,
  step: Step,
  options: CountOptions,
): Promise<Reply | Failure> {
  const { filter } = step.request;
  const statement = countStatement(step, 0, options);
  if (filter?.path !== "of the role") return session.query(statement, filter?.parameters ?? []);
  const released = await session.query("SET LOCAL search_path TO DEFAULT");
  if (released instanceof Failure) return released;
  const reply = await session.query(statement, filter.parameters);
  if (reply instanceof Failure) return reply;
  const pinned = await session.query("SET LOCAL search_path = pg_catalog, pg_temp");
  return pinned instanceof Failure ? pinned : reply;
}

async function restart(session: Session, options: CountOptions): Promise<Failure | null> {
  const ended = await session.query("ROLLBACK");
  if (ended instanceof Failure) return ended;
  const begun = await beginSnapshot(session, options);
  if (begun instanceof Failure) return begun;
  const marked = await session.query("SAVEPOINT cutter_count");
  return marked instanceof Failure ? marked : null;
}

/** A condition that names no column, or compares what cannot be compared, is a mistake and no state of the relation. */
function isWrongFilter({ request }: Step, failure: Failure): boolean {
  const sqlstate = String(failure.facts.sqlstate ?? "");
  return request.filter !== null && /^(42|22)/.test(sqlstate) && !["42501", "42P01"].includes(sqlstate);
}

function refusedCount({ otherwise }: Step, failure: Failure): RelationCount {
  const sqlstate = String(failure.facts.sqlstate ?? failure.code);
  const unknown = { ...otherwise, rows: null };
  if (sqlstate === "57014") return otherwise;
  if (sqlstate === LOCK_NOT_AVAILABLE) return { ...unknown, how: "locked", note: "55P03, lock not available" };
  if (sqlstate === "42501") return { ...unknown, how: "unreadable", note: `42501: ${failure.message}` };
  if (sqlstate === "42P01") return { ...unknown, how: "missing", note: "dropped meanwhile" };
  return { ...unknown, how: "over budget", note: `${sqlstate}: ${failure.message}` };
}

function record(counted: Counted, step: Step | undefined, row: Row | undefined): void {
  if (step === undefined || row === undefined) throw new Error("a count answered without a row");
  const { how, note } = step;
  counted.set(step, { ...step.otherwise, rows: Number(row.rows), how, digest: row.digest ?? null, note });
}

function countStatement(step: Step, ordinal: number, options: CountOptions): string {
  const digest = options.digest === "none" ? "NULL" : `pg_catalog.concat_ws('-', ${hashSum(0)}, ${hashSum(1)})`;
  const where = step.request.filter === null ? "" : ` WHERE ${step.request.filter.predicate}`;
  return `SELECT ${ordinal} AS ordinal, pg_catalog.count(*) AS rows, ${digest} AS digest
    FROM ${step.relation} AS counted${where}`;
}

/** Order does not matter to the digest: it is the sums of two independent 64-bit hashes of each row's text. */
function hashSum(seed: number): string {
  const hash = `pg_catalog.hashtextextended(counted.*::pg_catalog.text, ${seed})`;
  return `COALESCE(pg_catalog.sum(${hash}::pg_catalog.numeric), 0)`;
}
