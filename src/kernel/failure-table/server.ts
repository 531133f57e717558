/**
 * failure-table/server: why a server could not be reached, or why it or something beside it failed on the way.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import { type FailureEntry, NOT_CONNECTED, NOTHING_WRITTEN, ROLLED_BACK, STORE_KEPT } from "./entry.ts";

export const SERVER_FAILURES = {
  HOST_UNKNOWN: {
    exit: 5,
    cause: "The host name does not resolve to an address.",
    action: "Check the spelling and the name service of this machine.",
    data: NOT_CONNECTED,
  },
  CONNECT_FAILED: {
    exit: 5,
    cause: "The server could not be reached.",
    action: "Check that it runs and listens where the message says; then try again.",
    data: NOTHING_WRITTEN,
  },
  CONNECT_TIMEOUT: {
    exit: 5,
    cause: "The server did not answer within the time limit for connecting.",
    action: "Check the address and what lies between; PGCONNECT_TIMEOUT sets the limit in seconds.",
    data: NOTHING_WRITTEN,
  },
  TLS_REFUSED: {
    exit: 5,
    cause: "The server does not offer TLS, and sslmode asks for it.",
    action: "Enable TLS on the server, or choose another sslmode knowing what that gives up.",
    data: NOTHING_WRITTEN,
  },
  TLS_INVALID: {
    exit: 5,
    cause: "The server's certificate is not trusted, or is for another host.",
    action: "Check sslrootcert and the host name; do not lower sslmode to get past this.",
    data: NOTHING_WRITTEN,
  },
  AUTHENTICATION_FAILED: {
    exit: 5,
    cause: "The server refused the role or the password.",
    action: "Check the role and where its password comes from; the first line of the output names the source.",
    data: NOTHING_WRITTEN,
  },
  DATABASE_MISSING: {
    exit: 5,
    cause: "The server has no database of that name.",
    action: "Check the database name.",
    data: NOTHING_WRITTEN,
  },
  TOO_MANY_CONNECTIONS: {
    exit: 5,
    cause: "The role or the server has no connection slot left.",
    action: "See who holds them in pg_stat_activity; cutter needs two for a proof.",
    data: NOTHING_WRITTEN,
  },
  SESSION_LOST: {
    exit: 5,
    cause: "The connection ended while it was in use; cutter never goes on with another one.",
    action: "See the server's log, then run the command again.",
    data: "The server rolls back what a lost session had not committed, and cutter had sent no COMMIT.",
  },
  SESSION_PROTOCOL: {
    exit: 5,
    cause: "The server or something in between answered outside the protocol.",
    action: "Connect to the server directly.",
    data: "The session was closed; the server rolls back what it had not committed.",
  },
  WALL_CLOCK_EXCEEDED: {
    exit: 5,
    cause: "A statement outlived the client's own clock, was cancelled and, where that did not help, terminated.",
    action: "Raise --statement-timeout if the statement is meant to take that long.",
    data: ROLLED_BACK,
  },
  DATABASE_ERROR: {
    exit: 5,
    cause: "The server refused a statement.",
    action: "The SQLSTATE and the server's own words are in the message.",
    data: ROLLED_BACK,
  },
  PERMISSION_DENIED: {
    exit: 5,
    cause: "The role lacks a right that this command needs (SQLSTATE 42501).",
    action: "Grant the right that the server names, or use the role that has it.",
    data: ROLLED_BACK,
  },
  OBJECT_MISSING: {
    exit: 5,
    cause: "A table, function or schema that this command needs is not in the database.",
    action: "Check the database name; `cutter schema verify` lists every difference.",
    data: ROLLED_BACK,
  },
  STORE_BUSY: {
    exit: 5,
    cause: "Another process was writing into the run store for longer than a write takes.",
    action: "See whether a cutter on this machine is stopped or hangs; then run the command again.",
    data: STORE_KEPT,
  },
  SSH_KEYGEN_MISSING: {
    exit: 5,
    cause: "ssh-keygen, which makes and checks the signatures of approvals, is not there or cannot be started.",
    action: "Install openssh-client (8.9 or newer), or name the program as ssh_keygen in [approvals].",
    data: NOTHING_WRITTEN,
  },
  SSH_KEYGEN_FAILED: {
    exit: 5,
    cause: "ssh-keygen did not come to an answer, so that nothing is known of the signature.",
    action: "Read what it said in the message, and run the command again.",
    data: NOTHING_WRITTEN,
  },
  BACKUP_TOOL_FAILED: {
    exit: 5,
    cause: "A program that is needed to look into a backup is not there or does not work, so nothing is known by it.",
    action: "Install gpg and pg_restore, or name them in [backup] of the configuration; then run the command again.",
    data: "Nothing of the archive was executed, and no database was changed.",
  },
  EMBEDDED_FAILED: {
    exit: 5,
    cause: "The embedded database stopped answering properly; its results are not used.",
    action: "Run the command again; if it happens again, use a real server.",
    data: "The embedded database lives in memory only; none of your databases is involved.",
  },
} as const satisfies Record<string, FailureEntry>;
