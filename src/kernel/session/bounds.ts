/**
 * bounds: what makes a session end by itself soon after its client did, whatever it was doing.
 *
 * Set after the login, on every session that outlives one question: without it a backend that sleeps, computes or waits
 * for a lock would keep its own locks until it is done. Called by proofs/connections.ts and cli/connect.ts.
 */
import boundsOfSession from "../../../sql/guard/bounds.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Reply, Session } from "./session.ts";

/** So that no object of the database shadows one of the server's in a statement of ours. */
const PINNED_PATH = "pg_catalog, pg_temp";

/**
 * `readOnly`: default_transaction_read_only, for sessions that never write. All that they run is ours, so their
 * search_path is pinned too, and they wait for no safe snapshot (a role may be serializable and deferrable by default);
 * the proof's own stays as the role has it, since the plan must meet that.
 */
export async function boundSession(session: Session, readOnly: "on" | "off"): Promise<Reply | Failure> {
  const reply = await session.query(boundsOfSession, [
    `${limits.idleInTransactionTimeoutMs}`,
    `${limits.clientConnectionCheckMs}`,
    `${limits.tcpKeepalivesIdleSeconds}`,
    `${limits.tcpKeepalivesIntervalSeconds}`,
    `${limits.tcpKeepalivesCount}`,
    readOnly,
    readOnly === "on" ? PINNED_PATH : null,
    `${limits.statementTimeoutMs}`,
  ]);
  if (!(reply instanceof Failure) || reply.facts.sqlstate !== QUERY_CANCELED) return reply;
  return new Failure(reply.code, reply.message, { facts: reply.facts, cause: reply, data: reply.data, hint: NOT_OURS });
}

const QUERY_CANCELED = "57014";
const NOT_OURS =
  "It is the role's own statement_timeout (or the database's), not --statement-timeout. Set it otherwise for this" +
  " session: PGOPTIONS='-c statement_timeout=0'.";
