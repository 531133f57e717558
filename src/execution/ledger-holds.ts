/**
 * ledger-holds: the holds that stand in the ledger, for whoever asks before anything is begun.
 *
 * Each phase asks for itself, in its transaction (phase-work.ts). Reads only. Called by `cutter doctor`.
 */
import holds from "../../sql/execution/holds.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";

export type LedgerHold = { readonly runId: string; readonly reason: string };

/** At most 20; the session's search_path is pinned, and its role may read decisions. */
export async function readLedgerHolds(session: Pick<Session, "query">): Promise<readonly LedgerHold[] | Failure> {
  const reply = await session.query(holds, [null]);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(({ run_id: runId, reason }) => ({ runId: runId ?? "", reason: reason ?? "" }));
}
