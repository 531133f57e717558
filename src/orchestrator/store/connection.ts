/**
 * store/connection: one SQLite connection to the run store, and the transaction that every write is in.
 *
 * Never leaves a transaction open, and never lets what SQLite throws out as anything but a Failure or a bug. Called by
 * the files of the store only.
 */
import type { Database, SQLQueryBindings } from "bun:sqlite";
import { crashPoint } from "../../kernel/crash-point.ts";
import { Failure } from "../../kernel/failure.ts";
import { sqliteFailure } from "./sqlite-failure.ts";

export type Bindings = Readonly<Record<string, string | number | null>>;

export class Connection {
  readonly path: string;
  readonly #database: Database;

  constructor(path: string, database: Database) {
    this.path = path;
    this.#database = database;
  }

  /** What `work` answers, in one transaction, while nobody else may write; undone if it is a Failure. */
  write<T>(work: () => T | Failure): T | Failure {
    return this.#inTransaction("BEGIN IMMEDIATE", () => {
      crashPoint("store-transaction-begun");
      return work();
    });
  }

  /** What `work` answers, all of it read from one moment. */
  read<T>(work: () => T | Failure): T | Failure {
    return this.#inTransaction("BEGIN", work);
  }

  /** Rows as SQLite gives them; within `read` or `write` only. */
  rows(sql: string, bindings: Bindings = {}): readonly unknown[] {
    return this.#database.query<unknown, SQLQueryBindings>(sql).all(bindings);
  }

  /** As rows, one after the other, for what may be too much at once. */
  each(sql: string, bindings: Bindings = {}): Iterable<unknown> {
    return this.#database.query<unknown, SQLQueryBindings>(sql).iterate(bindings);
  }

  /** How many rows it changed; within `write` only. */
  change(sql: string, bindings: Bindings): number {
    return this.#database.query<unknown, SQLQueryBindings>(sql).run(bindings).changes;
  }

  /** Ends the connection; what was committed is on disk already. */
  close(): void {
    this.#database.close();
  }

  #inTransaction<T>(begin: string, work: () => T | Failure): T | Failure {
    try {
      this.#database.run(begin);
      const answer = work();
      if (answer instanceof Failure) return answer;
      if (begin !== "BEGIN") crashPoint("store-before-commit");
      this.#database.run("COMMIT");
      if (begin !== "BEGIN") crashPoint("store-committed");
      return answer;
    } catch (error) {
      return sqliteFailure(this.path, error);
    } finally {
      // Some errors (a full disk) have rolled back already, others (a busy COMMIT) have not.
      if (this.#database.inTransaction) this.#database.run("ROLLBACK");
    }
  }
}
