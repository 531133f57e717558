/**
 * witness: a second, read-only connection that sees what another connection did, and what stayed of it.
 *
 * Counts before, during and after; asks the server how the proof's transaction ended; looks for rows that carry its
 * transaction ids; says who else was writing. Between looks it holds no transaction open, so it never blocks the DDL
 * that it watches. At the rendezvous it holds a session advisory lock, for which the proof waits. Never writes.
 */
import activity from "../../sql/witness/activity.sql" with { type: "text" };
import advisoryHolder from "../../sql/witness/advisory-holder.sql" with { type: "text" };
import transactionIds from "../../sql/witness/transaction-ids.sql" with { type: "text" };
import { sleep, stopwatch } from "./clock.ts";
import { countRelations } from "./counts/count.ts";
import { describe, type RelationFacts, textArray } from "./counts/relation.ts";
import type { CountOptions, CountRequest, RelationCount } from "./counts/request.ts";
import { Failure } from "./failure.ts";
import { limits } from "./limits.ts";
import type { Cell, Reply, Session } from "./session/session.ts";

/** What a look at all watched relations gave. */
export type Look = readonly RelationCount[];

type Open = {
  readonly there: readonly string[];
  readonly possible: readonly string[];
  readonly hidden: readonly string[];
};

/** `not there`: outside the transaction there is no such relation. */
export type OwnRows = { readonly relation: string; readonly rows: number | "uncountable" | "not there" };

export type OtherWriter = {
  readonly pid: number;
  readonly role: string;
  readonly application: string;
  readonly state: string;
};

/** Cancelled, locked, no right, dropped, no xmin (view, foreign table), not populated: not known, and said so. */
const NOT_COUNTABLE = new Set(["57014", "55P03", "42501", "42703", "0A000", "42P01", "55000"]);

export class Witness {
  readonly session: Session;
  readonly options: CountOptions;

  constructor(session: Session, options: CountOptions) {
    this.session = session;
    this.options = options;
  }

  look(requests: readonly CountRequest[]): Promise<Look | Failure> {
    return countRelations(this.session, requests, this.options);
  }

  /** The backend that holds an advisory lock in the witness's own database; null where none is seen. */
  async holderOf(key: string): Promise<number | null | Failure> {
    const reply = await this.session.query(advisoryHolder, [key]);
    return reply instanceof Failure ? reply : (reply.rows.map((row) => Number(row.pid))[0] ?? null);
  }

  /** `aborted`, `committed`, `in progress`, or null where the server no longer knows. */
  async transactionStatus(xid: string): Promise<string | null | Failure> {
    const reply = await this.session.query("SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8) AS status", [xid]);
    return reply instanceof Failure ? reply : (reply.rows[0]?.status ?? null);
  }

  /** The ids of the transaction and its live sub-transactions of a backend, as 32-bit xids in decimal. */
  async transactionIds(pid: number): Promise<readonly string[] | Failure> {
    const reply = await this.session.query(transactionIds, [`${pid}`]);
    return reply instanceof Failure ? reply : reply.rows.map((row) => row.xid ?? "");
  }

  /**
   * Rows of relations that carry one of the ids as xmin: rows that stayed although they should not. Each relation has
   * an answer: "uncountable" where this role may not read it, it is locked, or the looks together would take longer
   * than the time budget. Those counted in `justSeen` need not be looked up again.
   */
  async ownRows(
    relations: readonly string[],
    xids: readonly string[],
    justSeen: Look = [],
  ): Promise<readonly OwnRows[] | Failure> {
    if (relations.length === 0 || xids.length === 0) return [];
    const open = new Set(justSeen.filter((count) => count.how === "exact").map((count) => count.relation));
    const known = relations.every((relation) => open.has(relation))
      ? { there: relations, possible: relations, hidden: [] }
      : await this.#openOf(relations);
    if (known instanceof Failure) return known;
    const there = new Set(known.there);
    const counted = await this.#rowsOf(known.possible, xids);
    if (counted instanceof Failure) return counted;
    return relations.map((relation) => {
      const seen = counted.get(relation) ?? (there.has(relation) ? "uncountable" : "not there");
      const rows = seen === 0 && known.hidden.includes(relation) ? "uncountable" : seen;
      return { relation, rows };
    });
  }

  /** Which of the relations are there, and which of those can be read now. */
  async #openOf(relations: readonly string[]): Promise<Open | Failure> {
    const described = await describe(this.session, relations);
    if (described instanceof Failure) return described;
    const names = (facts: readonly RelationFacts[]) => facts.flatMap(({ relation }) => relation ?? []);
    const possible = described.filter(({ readable, lock }) => readable && lock === null);
    const hidden = described.filter(({ rowSecurity }) => rowSecurity);
    return { there: names(described), possible: names(possible), hidden: names(hidden) };
  }

  /** Many in one statement; where that fails each by itself, until the time budget is used. Absent: not countable. */
  async #rowsOf(relations: readonly string[], xids: readonly string[]): Promise<Map<string, number> | Failure> {
    const counted = new Map<string, number>();
    const elapsed = stopwatch();
    for (let start = 0; start < relations.length; start += limits.countsPerStatement) {
      const chunk = relations.slice(start, start + limits.countsPerStatement);
      const together = await this.#countOwn(chunk, xids);
      if (!(together instanceof Failure)) for (const [relation, rows] of together) counted.set(relation, rows);
      else {
        const alone = await this.#oneByOne(chunk, xids);
        if (alone instanceof Failure) return alone;
        for (const [relation, rows] of alone) counted.set(relation, rows);
      }
      if (elapsed() > this.options.budgetMs) break;
    }
    return counted;
  }

  async #oneByOne(relations: readonly string[], xids: readonly string[]): Promise<Map<string, number> | Failure> {
    const counted = new Map<string, number>();
    const elapsed = stopwatch();
    for (const relation of relations) {
      if (elapsed() > this.options.budgetMs) break;
      const alone = await this.#countOwn([relation], xids);
      if (!(alone instanceof Failure)) counted.set(relation, alone.get(relation) ?? Number.NaN);
      else if (!NOT_COUNTABLE.has(String(alone.facts.sqlstate))) return alone;
    }
    return counted;
  }

  async #countOwn(relations: readonly string[], xids: readonly string[]): Promise<Map<string, number> | Failure> {
    if (relations.length === 0) return new Map();
    const each = relations.map(
      (relation, index) => `SELECT ${index} AS ordinal, pg_catalog.count(*) AS rows FROM ${relation} AS looked
        WHERE looked.xmin::pg_catalog.text = ANY ($1::pg_catalog.text[])`,
    );
    const reply = await this.#withinBudget(each.join(" UNION ALL "), [textArray(xids)]);
    if (reply instanceof Failure) return reply;
    return new Map(reply.rows.map((row) => [relations[Number(row.ordinal)] ?? "", Number(row.rows)]));
  }

  /** One query in a read-only transaction that is rolled back, within the time budget: what it sets goes with it. */
  ask(text: string, parameters: readonly Cell[]): Promise<Reply | Failure> {
    return this.#withinBudget(text, parameters);
  }

  /** Other sessions that are writing or did something in the last `sinceMs`, as far as this role may see. */
  async otherWriters(proofPid: number, sinceMs: number): Promise<readonly OtherWriter[] | Failure> {
    const since = `${Math.ceil(sinceMs)}`;
    const reply = await this.session.query(activity, [`${proofPid}`, `${limits.activityRows}`, since]);
    if (reply instanceof Failure) return reply;
    return reply.rows.map((row) => ({
      pid: Number(row.pid),
      role: row.role ?? "not visible",
      application: row.application ?? "not visible",
      state: row.state ?? "not visible",
    }));
  }

  /** What an operator wrote is read as his role reads it; the witness's own search_path is pinned. */
  async inPathOfRole<T>(work: () => Promise<T | Failure>): Promise<T | Failure> {
    const path = await this.session.query("SELECT pg_catalog.current_setting('search_path') AS pinned");
    if (path instanceof Failure) return path;
    const released = await this.session.query("SET search_path TO DEFAULT");
    if (released instanceof Failure) return released;
    const outcome = await work();
    const restore = "SELECT pg_catalog.set_config('search_path', $1, false)";
    const restored = await this.session.query(restore, [path.rows[0]?.pinned ?? ""]);
    return restored instanceof Failure ? restored : outcome;
  }

  /** Waits until a backend that we lost has ended on the server; the server notices within a second (limits.ts). */
  async awaitEnd(pid: number): Promise<"gone" | "still there" | Failure> {
    const statement = `SELECT EXISTS (
      SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = $1::pg_catalog.int4) AS there`;
    const elapsed = stopwatch();
    while (elapsed() < limits.witnessLookTimeoutMs) {
      const reply = await this.session.query(statement, [`${pid}`]);
      if (reply instanceof Failure) return reply;
      if (reply.rows[0]?.there === "f") return "gone";
      await sleep(limits.rendezvousPollMs);
    }
    return "still there";
  }

  /** Takes the lock at which the proof will wait. `key` is a bigint in decimal. */
  async holdRendezvous(key: string): Promise<null | Failure> {
    const reply = await this.session.query("SELECT pg_catalog.pg_advisory_lock($1::pg_catalog.int8)", [key]);
    return reply instanceof Failure ? reply : null;
  }

  async releaseRendezvous(key: string): Promise<null | Failure> {
    const reply = await this.session.query("SELECT pg_catalog.pg_advisory_unlock($1::pg_catalog.int8) AS done", [key]);
    if (reply instanceof Failure) return reply;
    if (reply.rows[0]?.done === "t") return null;
    return new Failure("GUARD_BROKEN", "the witness no longer held the lock of the rendezvous", { facts: { key } });
  }

  /** True when the backend waits for the lock; false when `settled` came first. */
  async awaitRendezvous(pid: number, settled: () => boolean): Promise<boolean | Failure> {
    const statement = `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks AS l
      WHERE l.pid = $1::pg_catalog.int4 AND l.locktype = 'advisory' AND NOT l.granted
        AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(l.pid))) AS waits`;
    const elapsed = stopwatch();
    while (!settled() && elapsed() < limits.transactionTimeoutMs) {
      const reply = await this.session.query(statement, [`${pid}`]);
      if (reply instanceof Failure) return reply;
      if (reply.rows[0]?.waits === "t") return true;
      await sleep(Math.min(limits.rendezvousPollMs, elapsed()));
    }
    return false;
  }

  async #withinBudget(statement: string, parameters: readonly Cell[]): Promise<Reply | Failure> {
    const begun = await this.session.query("BEGIN READ ONLY");
    if (begun instanceof Failure) return begun;
    const bounded = await this.session.query(
      `SELECT pg_catalog.set_config('statement_timeout', '${Math.ceil(this.options.budgetMs)}', true),
        pg_catalog.set_config('lock_timeout', '${limits.witnessLockTimeoutMs}', true)`,
    );
    const reply = bounded instanceof Failure ? bounded : await this.session.query(statement, parameters);
    const ended = await this.session.query("ROLLBACK");
    return ended instanceof Failure ? ended : reply;
  }
}
