/**
 * failure-table/refusal: what was refused by policy, before the first write.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import { type FailureEntry, NOT_CONNECTED, NOTHING_WRITTEN, ROLLED_BACK, STORE_KEPT } from "./entry.ts";

export const REFUSALS = {
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
  TARGET_NAMES_UNREADABLE: {
    exit: 4,
    cause: "The database is in SQL_ASCII and holds names that are not UTF-8: the server sends none of them to us.",
    action: "Rename what the message names (bytes are shown as \\xe9), or prove it on a copy in which that is done.",
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
  SURVEY_ROLE_MAY_WRITE: {
    exit: 4,
    cause: "The role of a survey could write what a cut writes; a survey is done by one that cannot.",
    action: "Use a read-only role such as context_pack_readonly, or add --allow-writing-role, which the report shows.",
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
    cause:
      "The script, or what the witness runs to look, reaches what no rollback undoes, or might: SQL made at run time.",
    action: "Remove it, or accept it by name with --allow-escape NAME; the report will show that.",
    data: NOTHING_WRITTEN,
  },
  OTHER_DATABASE: {
    exit: 4,
    cause: "What was saved earlier is of another database than the one that was named now.",
    action: "Name the database that the file is of, or the file of this database.",
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
  STORE_DAMAGED: {
    exit: 4,
    cause: "The run store is not as cutter leaves it: torn, emptied, not SQLite, or a file of another program.",
    action: "Keep it as it is, and put back a copy; what runs did in a database stands in its cutter_governance.",
    data: STORE_KEPT,
  },
  STORE_TOO_NEW: {
    exit: 4,
    cause: "The run store was written by a newer cutter, and this one may not know what it means.",
    action: "Use the newer cutter.",
    data: STORE_KEPT,
  },
  RUN_UNKNOWN: {
    exit: 2,
    cause: "The run store of this state directory has no run of that name.",
    action: "cutter runs lists them; --state-dir names another place.",
    data: STORE_KEPT,
  },
  RUN_MOVE_REFUSED: {
    exit: 4,
    cause: "The run does not stand where this step begins, or the table of moves does not lead there.",
    action: "Look where it stands (cutter show RUN); another process may have moved it on.",
    data: STORE_KEPT,
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
  PHASE_REFUSED: {
    exit: 4,
    cause: "The ledger or the database is not as this phase has to find it.",
    action: "Read what was found in the message; cutter show RUN says which phases are done.",
    data: ROLLED_BACK,
  },
  ALLOWED_SIGNERS_INVALID: {
    exit: 4,
    cause: "The file that says whose signatures count cannot be trusted as it is, so nobody's does.",
    action: "Mend the line or the permissions that the message names; ssh-keygen(1) has the form of ALLOWED SIGNERS.",
    data: "The run stands where it stood; nothing was written.",
  },
  REHEARSAL_MISSING: {
    exit: 4,
    cause: "Neither the cut nor its revert is approved before both were rehearsed on this database.",
    action: "cutter rehearse RUN, on a connection that may become every role; --unrehearsed approves all the same.",
    data: "The run stands where it stood; no approval was written.",
  },
  BACKUP_UNVOUCHED: {
    exit: 4,
    cause:
      "Nothing outside of its folder says that a backup is what cutter wrote, and to restore it is to run its SQL.",
    action:
      "Verify it where its run is known (--state-dir, --ledger-url), give the digest that `cutter backup create` " +
      "printed (--sha256), or say that it is restored all the same (--unvouched), where nothing is to lose.",
    data: "Nothing of the archive was executed, and no database was changed.",
  },
  CONFIRMATION_MISSING: {
    exit: 4,
    cause: "What has to be typed before something is written for real was not typed.",
    action: "Run the command on a terminal and type what it asks for, or give it with the option that it names.",
    data: NOT_CONNECTED,
  },
} as const satisfies Record<string, FailureEntry>;
