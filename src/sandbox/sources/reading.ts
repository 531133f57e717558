/**
 * sources/reading: whether what read production only read: as the server says, while the dump was taken.
 *
 * Of our own session: its transaction_read_only and its transaction id. Of pg_dump's, which nobody else can ask: that
 * the server shows it and gave it no transaction id, looked at as long as it runs. Called by database.ts.
 */
import dumpSession from "../../../sql/sandbox/dump-session.sql" with { type: "text" };
import { sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Reading } from "../gates/before.ts";

export type DumpSeen = {
  /** How often the server showed the session. */
  readonly looks: number;
  /** Ids that it was given. */
  readonly transactionIds: readonly string[];
};

/** Looks from our session as long as the work lasts, which is the dump by a session of that name. */
export async function watchDump<T>(
  session: Session,
  name: string,
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly seen: DumpSeen | Failure }> {
  let is: "running" | "ended" = "running";
  const ended = work().finally(() => {
    is = "ended";
  });
  const given = new Set<string>();
  let looks = 0;
  let failed: Failure | null = null;
  while (is === "running" && failed === null) {
    const look = await lookAt(session, name);
    if (look instanceof Failure) failed = look;
    else {
      looks += look.length > 0 ? 1 : 0;
      for (const xid of look.flatMap((one) => one ?? [])) given.add(xid);
    }
    await Promise.race([ended.catch(() => {}), sleep(looks === 0 ? limits.sandboxPollMs : limits.containerPollMs)]);
  }
  return { done: await ended, seen: failed ?? { looks, transactionIds: [...given] } };
}

/** The transaction id of each session of the name; null where it has none. Statistics stand still in a transaction. */
async function lookAt(session: Session, name: string): Promise<readonly (string | null)[] | Failure> {
  const cleared = await session.query("SELECT pg_catalog.pg_stat_clear_snapshot()");
  const reply = cleared instanceof Failure ? cleared : await session.query(dumpSession, [name]);
  return reply instanceof Failure ? reply : reply.rows.map(({ xid }) => xid ?? null);
}

export async function readingOf(session: Session, dump: DumpSeen): Promise<Reading | Failure> {
  const reply = await session.query(
    `SELECT pg_catalog.current_setting('transaction_read_only') AS read_only,
      pg_catalog.pg_current_xact_id_if_assigned() AS xid`,
  );
  if (reply instanceof Failure) return reply;
  const { read_only: readOnly, xid } = reply.rows[0] ?? {};
  return {
    ...{ from: "server", transactionReadOnly: readOnly ?? "unknown", dump },
    transactionIds: xid === null || xid === undefined ? [] : [xid],
  };
}
