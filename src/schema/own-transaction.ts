/**
 * own-transaction: the one transaction in which a schema is installed or removed, as a whole or not at all.
 *
 * COMMIT counts only if the server answers with exactly that word: COMMIT of a failed transaction answers ROLLBACK. If
 * the answer is lost the failure says so and does not claim that nothing happened. Called by install and uninstall.
 */
import { Failure, joinFailure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Session } from "../kernel/session/session.ts";
import type { Piece } from "./pieces.ts";

const UNKNOWN = "It is not known whether the change was committed: `cutter schema verify` shows what is there.";

/** Needs a session outside any transaction. */
export async function inOwnTransaction<T>(session: Session, work: () => Promise<T | Failure>): Promise<T | Failure> {
  const begun = await session.query("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE");
  if (begun instanceof Failure) return begun;
  const bounded = await session.query(`SET LOCAL lock_timeout = ${limits.lockTimeoutMs}`);
  const result = bounded instanceof Failure ? bounded : await work();
  if (result instanceof Failure) {
    if (session.lost() !== null) return result;
    const ended = await session.query("ROLLBACK");
    return joinFailure(result, ended instanceof Failure ? ended : undefined);
  }
  const committed = await session.query("COMMIT");
  if (committed instanceof Failure) {
    const { code, message, hint, facts, cause } = committed;
    const data = code === "SESSION_LOST" ? UNKNOWN : committed.data;
    return new Failure(code, `COMMIT: ${message}`, { hint, data, facts, cause });
  }
  if (committed.tag === "COMMIT") return result;
  return new Failure("DATABASE_ERROR", `COMMIT was answered with ${committed.tag}`);
}

/** Runs pieces in order; a failure names the piece. */
export async function runPieces(session: Session, pieces: readonly Piece[]): Promise<Failure | null> {
  for (const { name, sql } of pieces) {
    const reply = await session.query(sql);
    if (!(reply instanceof Failure)) continue;
    const { code, message, hint, data, facts, cause } = reply;
    return new Failure(code, `${name}: ${message}`, { hint, data, facts: { ...facts, piece: name }, cause });
  }
  return null;
}
