/**
 * identity: who and where a session is, and the sessions in which nothing may be written, not even to be rolled back.
 *
 * A standby cannot write; a transaction pooler may hand each statement to another backend; for a superuser privileges
 * and row-level security do not hold; without track_counts the blast radius would read 0. Reads only. Called by both
 * tiers before BEGIN, and by PROOF-3, which reports the facts.
 */
import identityQuery from "../../../sql/guard/identity.sql" with { type: "text" };
import systemIdentifierQuery from "../../../sql/guard/system-identifier.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { LoginFacts, Row, Session } from "../session/session.ts";

export type SessionIdentity = {
  /** e.g. 150018 and `15.18 (Debian …)`. */
  readonly serverVersionNumber: number;
  readonly serverVersion: string;
  readonly role: string;
  readonly sessionRole: string;
  readonly superuser: boolean;
  readonly database: string;
  readonly address: string;
  readonly tls: string | null;
  /** Decimal; null where the role may not ask. */
  readonly systemIdentifier: string | null;
  /** Current timeline; null on a standby. */
  readonly timeline: number | null;
  readonly inRecovery: boolean;
  /** pid that the login named, and the pids that answered since. */
  readonly loginPid: number;
  readonly backendPids: readonly number[];
  readonly trackCounts: boolean;
  readonly standardConformingStrings: boolean;
  readonly isolation: string;
  /** Of the database, e.g. `UTF8`. */
  readonly encoding: string;
  readonly searchPath: string;
  readonly sessionReplicationRole: string;
};

export async function inspectSession(session: Session): Promise<SessionIdentity | Failure> {
  const first = await session.query(identityQuery);
  if (first instanceof Failure) return first;
  const identifier = await session.query(systemIdentifierQuery);
  if (identifier instanceof Failure && identifier.code !== "PERMISSION_DENIED") return identifier;
  const second = await session.query("SELECT pg_catalog.pg_backend_pid() AS backend_pid");
  if (second instanceof Failure) return second;
  const [row, again] = [first.rows[0], second.rows[0]];
  if (row === undefined || again === undefined)
    return new Failure("SESSION_PROTOCOL", "the server said nothing of itself");
  const { address, tls, backendPid } = session.login;
  return {
    ...readRow(row),
    address,
    tls,
    systemIdentifier: identifier instanceof Failure ? null : (identifier.rows[0]?.system_identifier ?? null),
    loginPid: backendPid,
    backendPids: [Number(row.backend_pid), Number(again.backend_pid)],
  };
}

type Own = "address" | "tls" | "systemIdentifier" | "loginPid" | "backendPids";

function readRow(row: Row): Omit<SessionIdentity, Own> {
  return {
    serverVersionNumber: Number(row.version_number),
    serverVersion: row.version ?? "",
    role: row.role ?? "",
    sessionRole: row.session_role ?? "",
    superuser: row.superuser === "t",
    database: row.database ?? "",
    timeline: row.timeline === null || row.timeline === undefined ? null : Number.parseInt(row.timeline, 16),
    inRecovery: row.in_recovery === "t",
    trackCounts: row.track_counts === "on",
    standardConformingStrings: row.standard_conforming_strings === "on",
    isolation: row.isolation ?? "",
    encoding: row.encoding ?? "",
    searchPath: row.search_path ?? "",
    sessionReplicationRole: row.session_replication_role ?? "",
  };
}

/** Known from the login, so that a server which may not know our questions is asked none. */
export function refuseOldServer(login: Pick<LoginFacts, "serverVersion" | "serverVersionNumber">): Failure | null {
  if (login.serverVersionNumber >= limits.oldestServerVersion) return null;
  return new Failure("SERVER_TOO_OLD", `the server is PostgreSQL ${login.serverVersion}`);
}

/** Also known from the login: a standby answers questions, but not one of the transactions of a proof. */
export function refuseStandby(login: Pick<LoginFacts, "address" | "inHotStandby">): Failure | null {
  return login.inHotStandby ? new Failure("TARGET_IS_STANDBY", `${login.address} is in recovery`) : null;
}

/** The first rule that this session breaks, or null. `allowSuperuser` is --allow-superuser. */
export function refuseUnsafe(identity: SessionIdentity, rules: { readonly allowSuperuser: boolean }): Failure | null {
  const old = refuseOldServer(identity);
  if (old !== null) return old;
  const standby = refuseStandby({ address: identity.address, inHotStandby: identity.inRecovery });
  if (standby !== null) return standby;
  const strangers = identity.backendPids.filter((pid) => pid !== identity.loginPid);
  if (strangers.length > 0) {
    const facts = { login_pid: identity.loginPid, answering_pids: identity.backendPids };
    return new Failure("TARGET_IS_POOLER", `logged in to backend ${identity.loginPid}, answered by ${strangers[0]}`, {
      facts,
    });
  }
  if (!identity.trackCounts) return new Failure("TRACK_COUNTS_OFF", `track_counts is off for ${identity.role}`);
  if (identity.superuser && !rules.allowSuperuser) {
    return new Failure("TARGET_IS_SUPERUSER", `${identity.sessionRole} is a superuser`);
  }
  return null;
}
