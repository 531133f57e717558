/**
 * connection-shim: `execute()` and `fetchone()` over a session or a transaction, as the live writer will use it.
 *
 * Thin on purpose: it keeps the rows of the last statement and hands them out one by one. PROOF-3 shows that it wraps
 * a real connection, PROOF-5 drives the write through it.
 */
import { Failure } from "../src/kernel/failure.ts";
import type { Cell, Reply, Row } from "../src/kernel/session/session.ts";

type Statements = { query(text: string, parameters?: readonly Cell[]): Promise<Reply | Failure> };

export class ConnectionShim {
  readonly #statements: Statements;
  #rows: readonly Row[] = [];
  #next = 0;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Runs one statement; its rows replace those of the one before. */
  async execute(text: string, parameters: readonly Cell[] = []): Promise<Reply | Failure> {
    const reply = await this.#statements.query(text, parameters);
    this.#rows = reply instanceof Failure ? [] : reply.rows;
    this.#next = 0;
    return reply;
  }

  /** The next row of the last statement, or null when there is none left. */
  fetchone(): Row | null {
    const row = this.#rows[this.#next] ?? null;
    this.#next += 1;
    return row;
  }

  query(text: string, parameters: readonly Cell[] = []): Promise<Reply | Failure> {
    return this.execute(text, parameters);
  }
}
