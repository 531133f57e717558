/**
 * leak-query: asks the witness what a leak query finds, and takes nothing for a number that is none.
 *
 * It runs in a read-only transaction that is rolled back, within the witness's time, so that nothing that it sets
 * outlives it. One row with a whole number in `rows` is an answer; all else is a mistake of the query, never a zero.
 * Called by PROOF-4, before anything is written, and by PROOF-6.
 */
import { Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import type { Reply } from "../src/kernel/session/session.ts";
import type { Witness } from "../src/kernel/witness.ts";
import type { LeakQuery } from "./context.ts";

const DATA = "It only reads; nothing was written by it.";

/** Failures: CONFIG_INVALID where the query is at fault, STATEMENT_FAILED where it took too long. */
export async function rowsFound(witness: Witness, leak: LeakQuery): Promise<number | Failure> {
  const ask = () => witness.ask(leak.text, leak.parameters);
  const reply = leak.writtenBy === "cutter" ? await ask() : await witness.inPathOfRole(ask);
  if (reply instanceof Failure) return failed(leak, reply, witness.options.budgetMs);
  const text = reply.rows[0]?.rows;
  if (reply.rows.length === 1 && typeof text === "string" && /^\d{1,15}$/.test(text)) return Number(text);
  return new Failure("CONFIG_INVALID", `${leak.what} gave ${shown(reply)}`, {
    hint: "It should give one row with a whole number in a column called rows: SELECT count(*) AS rows FROM …",
    data: DATA,
  });
}

function shown({ rows }: Reply): string {
  if (rows.length !== 1) return `${rows.length} rows`;
  const [row] = rows;
  if (row === undefined || !("rows" in row))
    return `one row without a column rows: ${Object.keys(row ?? {}).join(", ")}`;
  return `rows = ${row.rows === null ? "NULL" : `${row.rows}`.slice(0, limits.shownValueCharacters)}`;
}

/** 22, 25, 42: a value, a write, a name that it should not hold. */
function failed({ what }: LeakQuery, failure: Failure, budgetMs: number): Failure {
  const sqlstate = String(failure.facts.sqlstate ?? "");
  const { facts, cause } = failure;
  const message = `${what}: ${failure.message}`;
  if (sqlstate === "57014") {
    const hint = `It took longer than ${budgetMs} ms; --mode exact gives it --statement-timeout.`;
    return new Failure("STATEMENT_FAILED", message, { hint, data: DATA, facts, cause });
  }
  if (!/^(22|25|42)/.test(sqlstate)) return failure;
  return new Failure("CONFIG_INVALID", message, { hint: "Mend leak_query in the spec.", data: DATA, facts, cause });
}
