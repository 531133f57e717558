/**
 * poison: a cursor that makes the server itself refuse COMMIT (SQLSTATE 22P02), with no privilege needed.
 *
 * A WITH HOLD cursor is materialised when its transaction commits; this one's query fails then. It guards against
 * accidents, not against malice: CLOSE ALL removes it, which is why the guarded tier looks for it after each statement
 * and foreign SQL runs sealed. Source: PostgreSQL manual, DECLARE. Called by guarded.ts and by PROOF-2.
 */
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";

const POISON_CURSOR = "cutter_poison";
/** invalid_text_representation: what the poison's cast raises. */
export const POISON_SQLSTATE = "22P02";

/** clock_timestamp() is volatile, so the cast is not folded when the statement is planned. */
export const DECLARE_POISON = `DECLARE ${POISON_CURSOR} NO SCROLL CURSOR WITH HOLD FOR
  SELECT (pg_catalog.format('cutter: rollback-only transaction, COMMIT refused %s',
    pg_catalog.clock_timestamp()))::pg_catalog.int4`;

export type CommitRefusal = {
  readonly sqlstate: string;
  readonly message: string;
  /** Status after the refused COMMIT: `I`, the transaction is gone. */
  readonly status: string;
};

/**
 * Tries a COMMIT in an empty transaction that holds the poison, and answers how the server refused it.
 * A COMMIT that went through is GUARD_BROKEN: the wall does not stand on this server.
 */
export async function demonstrateRefusal(session: Pick<Session, "query" | "status">): Promise<CommitRefusal | Failure> {
  for (const statement of ["BEGIN READ WRITE", DECLARE_POISON]) {
    const reply = await session.query(statement);
    if (reply instanceof Failure) return reply;
  }
  const commit = await session.query("COMMIT");
  if (!(commit instanceof Failure)) {
    return new Failure("GUARD_BROKEN", `the server answered ${commit.tag} to a COMMIT that it should have refused`, {
      facts: { tag: commit.tag, status: session.status() },
    });
  }
  const sqlstate = String(commit.facts.sqlstate ?? commit.code);
  if (sqlstate !== POISON_SQLSTATE) return commit;
  return { sqlstate, message: commit.message, status: session.status() };
}
