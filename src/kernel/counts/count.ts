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
import { describe, type ExclusiveLock, type RelationFacts, type Sizes } from "./relation.ts";

export type CountMode = "exact" | "estimate" | "auto";

/** `predicate` is SQL; values come in as parameters `$1…`. */
export type RowFilter = {
  readonly label: string;
  readonly predicate: string;
  readonly parameters: readonly string[];
  /** How names in the predicate are found: `pinned` for ours, as the role finds them for an operator's. */
  readonly path: "pinned" | "of the role";
};

export type CountRequest = { readonly relation: string; readonly filter: RowFilter | null };

export type RelationCount = {
  readonly relation: string;
  readonly filter: string | null;
  readonly rows: number | null;
  readonly how: "exact" | "estimate" | "unreadable" | "missing" | "locked" | "over budget";
  /** Content digest, where asked for: equal content gives an equal digest, in any row order. */
  readonly digest: string | null;
  /** For a person: row-level security active, who holds the lock, … */
  readonly note: string | null;
};

export type CountOptions = {
  readonly mode: CountMode;
  readonly digest: "none" | "content";
  /** Longest wait for a lock and for all exact counts together, in milliseconds. */
  readonly budgetMs: number;
};

export const defaultCountOptions: CountOptions = { mode: "auto", digest: "none", budgetMs: limits.exactCountBudgetMs };

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
  const exact = plan.filter((step) => step.how === "exact");
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

/** How each request will be counted. Needs a transaction or none; waits only for a lock that comes in between. */
export async function plannedCounts(
  session: Pick<Session, "query">,
  requests: readonly CountRequest[],
  { sizes = "measured", ...options }: CountOptions & { readonly sizes?: Sizes },
): Promise<readonly Step[] | Failure> {
  const names = [...new Set(requests.map((request) => request.relation))];
  const described = await describe(session, names, sizes);
  if (described instanceof Failure) return described;
  return planCounts(requests, new Map(described.map((entry) => [entry.wanted, entry])), options);
}

export type Step = {
  readonly request: CountRequest;
  readonly relation: string;
  readonly how: RelationCount["how"];
  /** Note of an exact count. */
  readonly note: string | null;
  /** The answer when it is not counted exactly, or not in time. */
  readonly otherwise: RelationCount;
};

/** Decides for each request how it is counted: small relations first, until the budget of bytes is used. */
function planCounts(
  requests: readonly CountRequest[],
  facts: ReadonlyMap<string, RelationFacts>,
  options: CountOptions,
): readonly Step[] {
  const affordable = affordableRelations([...facts.values()], options.mode);
  return requests.map((request) => planOne(request, facts.get(request.relation), affordable));
}

function affordableRelations(facts: readonly RelationFacts[], mode: CountMode): ReadonlySet<string> {
  if (mode === "estimate") return new Set();
  const affordable = new Set<string>();
  let bytes = 0;
  for (const entry of [...facts].sort((a, b) => a.bytes - b.bytes)) {
    bytes += entry.bytes;
    if (mode === "exact" || bytes <= limits.exactCountBytes) affordable.add(entry.wanted);
  }
  return affordable;
}

function planOne(request: CountRequest, facts: RelationFacts | undefined, affordable: ReadonlySet<string>): Step {
  const base = { filter: request.filter?.label ?? null, rows: null, digest: null, note: null };
  const relation = facts?.relation ?? request.relation;
  const step = (how: RelationCount["how"], details: Partial<RelationCount> = {}): Step => {
    return { request, relation, how, note: details.note ?? null, otherwise: { relation, ...base, how, ...details } };
  };
  if (facts === undefined || facts.relation === null) return step("missing", { note: "no such relation" });
  if (!facts.readable) return step("unreadable", { note: unreadableNote(facts) });
  if (facts.lock !== null) return step("locked", { note: lockedNote(facts.lock) });
  const note = facts.rowSecurity ? HIDDEN_ROWS : null;
  const exact = step("exact", { note });
  if (request.filter !== null) return { ...exact, otherwise: { ...exact.otherwise, how: "over budget" } };
  const estimate =
    facts.estimatedRows === null
      ? step("over budget", { note: "never analysed, so there is no estimate" })
      : step("estimate", { rows: facts.estimatedRows, note });
  return affordable.has(request.relation) ? { ...exact, otherwise: estimate.otherwise } : estimate;
}

export const HIDDEN_ROWS = "row-level security is active for this role: hidden rows are not counted";

/** `AccessExclusiveLock, pid 12, 13`, `…, awaited by pid 12`, `…, held by a prepared transaction`. */
export function lockedNote({ state, pids }: ExclusiveLock): string {
  const living = pids.filter((pid) => pid !== 0);
  const who = living.length === pids.length ? [] : ["held by a prepared transaction"];
  const by = state === "held" ? "pid" : "awaited by pid";
  return ["AccessExclusiveLock", ...(living.length > 0 ? [`${by} ${living.join(", ")}`] : []), ...who].join(", ");
}

/** What a role may not read it can still write to, if it was given that right alone. */
export function unreadableNote(facts: Pick<RelationFacts, "writable">): string {
  return facts.writable ? "42501, though the role may write to it" : "42501, untouched by construction";
}

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
  for (let start = 0; start < plain.length; start += limits.countsPerStatement) {
    const chunk = plain.slice(start, start + limits.countsPerStatement);
    const text = chunk.map((step, index) => countStatement(step, index, options)).join("\nUNION ALL\n");
    const reply = await session.query(text);
    if (reply instanceof Failure) return reply;
    for (const row of reply.rows) record(counted, chunk[Number(row.ordinal)], row);
  }
  for (const step of filtered) {
    const reply = await countAlone(session, step, options);
    if (reply instanceof Failure) return reply;
    record(counted, step, reply.rows[0]);
  }
  return counted;
}

/** One after another. The first that takes too long is the last: asked once more it would take as long again. */
async function countFiltered(
  session: Session,
  { steps, options }: { readonly steps: readonly Step[]; readonly options: CountOptions },
  counted: Counted,
): Promise<Counted | Failure> {
  for (const step of steps) {
    const reply = await session.query(countStatement(step, 0, options), step.request.filter?.parameters ?? []);
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
  const { note } = step;
  counted.set(step, { ...step.otherwise, rows: Number(row.rows), how: "exact", digest: row.digest ?? null, note });
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
