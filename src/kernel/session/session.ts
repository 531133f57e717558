/**
 * session: one backend, from login to close; the only door to a database.
 *
 * The type that every layer above sees, for a server and for the embedded engine alike. All values are text as the
 * server wrote them (a parsed timestamp loses microseconds, a parsed jsonb loses digits): who wants a number asks for
 * one. A session is never reopened: once lost, every call answers SESSION_LOST. One statement at a time, extended
 * protocol only, so a string with two statements is refused by the server (42601).
 */
import type { Failure } from "../failure.ts";

/** A value as PostgreSQL prints it, or null. */
export type Cell = string | null;
export type Row = Readonly<Record<string, Cell>>;

/** ReadyForQuery's status: idle, in a transaction, in a failed transaction. */
export type TransactionStatus = "I" | "T" | "E";

export type Notice = { readonly severity: string; readonly code: string; readonly message: string };

export type Reply = {
  readonly rows: readonly Row[];
  /** The command tag exactly as sent, e.g. `INSERT 0 1`, `COMMIT`, `ROLLBACK`. Never empty for a statement that ran. */
  readonly tag: string;
  readonly notices: readonly Notice[];
};

export type QueryOptions = {
  /** Our own clock: cancel after this, then end the session. Default: that of the session. */
  readonly wallClockMs?: number;
};

/** What the login itself said, before any query. */
export type LoginFacts = {
  readonly engine: "server" | "embedded";
  /** pid of BackendKeyData; a pooler's differs from pg_backend_pid(). */
  readonly backendPid: number;
  /** server_version as reported, e.g. `15.18 (Debian …)`. */
  readonly serverVersion: string;
  /** e.g. 150018; 0 where it could not be read. */
  readonly serverVersionNumber: number;
  /** As reported at the login (in_hot_standby, 14 and newer). */
  readonly inHotStandby: boolean;
  /** Where the bytes go: `127.0.0.1:5432`, `/run/postgresql:5432`, `in this process`. */
  readonly address: string;
  /** e.g. `TLSv1.3 TLS_AES_256_GCM_SHA384, verify-full`, or null for plain text. */
  readonly tls: string | null;
};

export type Session = {
  /** What it is for, in reports and application_name: `proof`, `witness`, `survey`. */
  readonly label: string;
  readonly login: LoginFacts;
  /**
   * Runs one statement. A refusal by the server is a Failure (DATABASE_ERROR, PERMISSION_DENIED for 42501,
   * OBJECT_MISSING for 42P01/42883/3F000) with `facts.sqlstate`, `facts.server_message` and, where given, detail, hint,
   * where, schema, table, column, constraint and position. A lost connection is SESSION_LOST.
   */
  query(text: string, parameters?: readonly Cell[], options?: QueryOptions): Promise<Reply | Failure>;
  /** Status of the last ReadyForQuery. */
  status(): TransactionStatus;
  /** Why the session is no longer usable, or null while it is. */
  lost(): Failure | null;
  /** Asks the server to cancel the running statement. Safe to call at any time, from a signal handler too. */
  cancel(): Promise<Failure | null>;
  /** Ends the session; resolves when the socket is closed, or after limits.closeTimeoutMs. Never fails; repeatable. */
  close(): Promise<void>;
  /** Drops the socket at once, without Terminate: the server notices and rolls back. */
  destroy(): void;
};

export type SessionSettings = {
  readonly label: string;
  /** Run-time parameters sent in the startup packet, e.g. `default_transaction_read_only: "on"`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** For statements that bring no wall clock of their own. Default: limits.statementTimeoutMs + grace. */
  readonly wallClockMs?: number;
  /** `opened`: for what cleans up when a signal ends the process. */
  readonly whileEnding?: "refused" | "opened";
};
