/**
 * failure-table: each failure code with its exit code, cause, next action, and what it means for the data.
 *
 * The only list of codes. `cutter explain CODE` prints an entry; the union FailureCode is derived from the keys; a test
 * checks that every code is used. Sentences here are general; a Failure may carry more exact ones.
 * Exit codes: cli.md (0 done, 1 bug, 2 usage, 3 not proven, 4 refused, 5 unreachable, 6 waiting, 7 unknown).
 */
type Entry = {
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 129 | 130 | 143;
  readonly cause: string;
  readonly action: string;
  readonly data: string;
};

const NOT_CONNECTED = "No connection was made; nothing was read or written.";
const NOTHING_WRITTEN = "Nothing was written.";
const ROLLED_BACK = "The transaction was rolled back; no row stayed.";

export const FAILURES = {
  // Usage and configuration: found before any connection.
  USAGE: {
    exit: 2,
    cause: "The command line holds something that this command does not know, or lacks something it needs.",
    action: "Compare it with --help of the same command.",
    data: NOT_CONNECTED,
  },
  NO_DATABASE_NAMED: {
    exit: 2,
    cause: "No database was named, and cutter never connects to one that was not.",
    action: "Name one with --url or PGHOST/PGSERVICE/DATABASE_URL, or try the built-in one with --embedded.",
    data: NOT_CONNECTED,
  },
  CONFIG_INVALID: {
    exit: 2,
    cause: "A configuration or spec file does not have the form it should have.",
    action: "Mend the line that the message names.",
    data: NOT_CONNECTED,
  },
  CONNINFO_INVALID: {
    exit: 2,
    cause: "The connection settings cannot be read or contradict each other.",
    action: "Mend the setting that the message names; they have the meaning that libpq gives them.",
    data: NOT_CONNECTED,
  },
  CONNINFO_UNSUPPORTED: {
    exit: 2,
    cause: "A connection setting asks for something that cutter cannot do, so it refuses rather than ignore it.",
    action: "Remove the setting, or connect in a way that does not need it.",
    data: NOT_CONNECTED,
  },
  FILE_UNREADABLE: {
    exit: 2,
    cause: "A file that was named cannot be read.",
    action: "Check that the path, owner and permissions are right.",
    data: NOT_CONNECTED,
  },
  FILE_NOT_PRIVATE: {
    exit: 2,
    cause: "A file or directory that must be private is a link, belongs to someone else, or may be read by others.",
    action: "Make it yours and 0700 (directory) or 0600 (file), and not a symbolic link.",
    data: NOTHING_WRITTEN,
  },
  FILE_WRITE_FAILED: {
    exit: 5,
    cause: "A file could not be written in full; it was left as it was before.",
    action: "Check free space and permissions of the folder, then run the command again.",
    data: "The database is not affected: files are written after the transaction was rolled back.",
  },

  // Reaching a server.
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
  EMBEDDED_FAILED: {
    exit: 5,
    cause: "The embedded database stopped answering properly; its results are not used.",
    action: "Run the command again; if it happens again, use a real server.",
    data: "The embedded database lives in memory only; none of your databases is involved.",
  },

  // Refused by policy, before the first write.
  SERVER_TOO_OLD: {
    exit: 4,
    cause: "The server is older than PostgreSQL 14, the oldest on which the rollback-only transaction holds.",
    action: "Use a server of version 14 or newer.",
    data: NOTHING_WRITTEN,
  },
  TARGET_IS_STANDBY: {
    exit: 4,
    cause: "The server is a standby: it cannot write, so nothing can be proven about a write.",
    action: "Name the primary (target_session_attrs=read-write helps where several hosts are named).",
    data: NOTHING_WRITTEN,
  },
  TARGET_IS_POOLER: {
    exit: 4,
    cause: "Something between us and the server hands out sessions: the backend is not the one that we logged in to.",
    action: "Connect to the server directly, not through a transaction pooler.",
    data: NOTHING_WRITTEN,
  },
  TARGET_IS_SUPERUSER: {
    exit: 4,
    cause: "The session is a superuser, for whom privileges, row-level security and many guards do not hold.",
    action: "Use the role that will do the work later, or add --allow-superuser, which the report will show.",
    data: NOTHING_WRITTEN,
  },
  TRACK_COUNTS_OFF: {
    exit: 4,
    cause: "track_counts is off, so the server does not count what a transaction touches.",
    action: "Turn track_counts on for this role or database.",
    data: NOTHING_WRITTEN,
  },
  SCRIPT_UNPARSABLE: {
    exit: 4,
    cause: "PostgreSQL's own parser does not accept the script.",
    action: "Mend the statement at the line that the message names.",
    data: NOTHING_WRITTEN,
  },
  SCRIPT_NOT_SEALABLE: {
    exit: 4,
    cause: "The script holds a statement that cannot run inside a block that the server rolls back.",
    action: "Remove the statement, or rehearse the script in a throwaway copy of the database.",
    data: NOTHING_WRITTEN,
  },
  SCRIPT_ESCAPES: {
    exit: 4,
    cause: "The script reaches something that a rollback does not undo.",
    action: "Remove it, or accept it by name with --allow-escape NAME; the report will show that.",
    data: NOTHING_WRITTEN,
  },
  KILL_SWITCH_OFF: {
    exit: 4,
    cause: "Execution is off. That is the default, and no flag, file or variable turns it on.",
    action: "Only one run with a valid signed approval is ever armed; see `cutter resume --help`.",
    data: NOT_CONNECTED,
  },
  KILL_SWITCH_UNREADABLE: {
    exit: 4,
    cause: "A file that can say `off` exists and cannot be read.",
    action: "Make it readable or remove it; until then everything is off.",
    data: NOT_CONNECTED,
  },
  PHASE_NOT_BUILT: {
    exit: 4,
    cause: "The phase belongs to the live path, which this version does not have.",
    action: "Use the proofs; the live phases come with a later version.",
    data: NOTHING_WRITTEN,
  },
  SCHEMA_PRESENT: {
    exit: 4,
    cause: "Objects of the schema are in the database already, and an installation never replaces any.",
    action: "Run `cutter schema verify` to see what is there.",
    data: ROLLED_BACK,
  },
  SCHEMA_HOLDS_ROWS: {
    exit: 4,
    cause: "The tables hold rows that are not reference data, and removing the schema would destroy them.",
    action: "Take a backup first; then say that the rows are given up.",
    data: ROLLED_BACK,
  },

  // Not proven.
  UNIT_REJECTED: {
    exit: 3,
    cause: "fn_iu_create refused at least one row, or did not answer for each.",
    action: "Mend the rows that the message lists; the choices stand beside each problem.",
    data: ROLLED_BACK,
  },
  STATEMENT_FAILED: {
    exit: 3,
    cause: "A statement of the plan failed on this database, as it would have failed for real.",
    action: "Mend the statement; the SQLSTATE and the server's own words are in the message.",
    data: ROLLED_BACK,
  },
  CONSTRAINT_DEFERRED: {
    exit: 3,
    cause: "A deferred constraint would have refused the COMMIT.",
    action: "Mend the statement that violates it; the server names the constraint.",
    data: ROLLED_BACK,
  },
  GUARD_BROKEN: {
    exit: 3,
    cause: "A wall of the rollback-only transaction did not stand as it should; the session was ended.",
    action: "Read which wall in the message, and find what in the plan touched it.",
    data: "The session was ended without a COMMIT; the server rolls back. The witness's counts say whether it did.",
  },
  NOT_PROVEN: {
    exit: 3,
    cause: "A proof, check or comparison did not pass.",
    action: "Read the line that is not PASS; its facts say what was expected and what was seen.",
    data: ROLLED_BACK,
  },
  SCHEMA_DIFFERS: {
    exit: 3,
    cause: "The database differs from the contract; each difference is named.",
    action: "Mend the differences, or save a baseline if they are meant.",
    data: NOTHING_WRITTEN,
  },
  EVIDENCE_ALTERED: {
    exit: 3,
    cause: "An evidence folder is not as it was written: a file was changed, lost or added.",
    action: "Compare it with a copy that was kept elsewhere; the message names the first thing that does not fit.",
    data: NOT_CONNECTED,
  },

  // Ended from outside.
  INTERRUPTED: {
    exit: 130,
    cause: "SIGINT (Ctrl-C) ended the command.",
    action: "Run it again when you are ready.",
    data: ROLLED_BACK,
  },
  TERMINATED: {
    exit: 143,
    cause: "SIGTERM ended the command.",
    action: "Run it again when you are ready.",
    data: ROLLED_BACK,
  },
  HUNG_UP: {
    exit: 129,
    cause: "SIGHUP (the terminal went away) ended the command.",
    action: "Run it again, perhaps inside tmux or screen.",
    data: ROLLED_BACK,
  },
} as const satisfies Record<string, Entry>;

export type FailureCode = keyof typeof FAILURES;
