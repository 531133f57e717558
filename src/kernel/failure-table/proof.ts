/**
 * failure-table/proof: what was tried, and is not proven.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import { type FailureEntry, NOTHING_WRITTEN, ONLY_READ, ROLLED_BACK } from "./entry.ts";

export const PROOF_FAILURES = {
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
  SELFTEST_FAILED: {
    exit: 3,
    cause: "The program is not, byte for byte, what was built, or one of its proofs was not seen to fail.",
    action:
      "Do not use this copy. Fetch it again and compare it with SHA256SUMS; where that one fails too, look at the " +
      "disk and memory of this machine.",
    data: "No database was named and no connection was made; no file was written.",
  },
  UNINSTALL_INCOMPLETE: {
    exit: 3,
    cause: "Something is there that may be cutter's and is not removed by the plan, since it holds what is not.",
    action: "Look at what the plan says that stays, and remove by hand what is yours to remove.",
    data: "No connection was made, and nothing was removed.",
  },
  SCHEMA_DIFFERS: {
    exit: 3,
    cause: "The database differs from the contract; each difference is named.",
    action: "Mend the differences, or save a baseline if they are meant.",
    data: NOTHING_WRITTEN,
  },
  SURVEY_FAILED: {
    exit: 3,
    cause: "The database could be read, but what it holds cannot be planned on.",
    action: "Read what was found in the message.",
    data: NOTHING_WRITTEN,
  },
  REPLAY_EMPTY: {
    exit: 3,
    cause: "The document in the database has units, and the current body of each is empty: there is no text to replay.",
    action: "Name another document, or give the text to be cut with --source FILE.",
    data: NOTHING_WRITTEN,
  },
  BACKUP_DAMAGED: {
    exit: 3,
    cause: "A backup or its manifest is not as it was written, or is another one's.",
    action: "Do not use it: take another backup, or a copy of this one that was kept elsewhere.",
    data: "Nothing of the archive was executed, and no database was changed.",
  },
  BACKUP_UNREADABLE: {
    exit: 3,
    cause: "The secret key that a backup is encrypted for is not at hand, so what is in it could not be looked at.",
    action: "Verify it where the secret key is, and name its directory with --gnupg-home.",
    data: "Nothing of the archive was executed, and no database was changed.",
  },
  BACKUP_NOT_RESTORED: {
    exit: 3,
    cause: "A backup was read to its end and fits its manifest, and could not be restored where that was tried.",
    action:
      "It is not said to be damaged: restore it where the types, functions and extensions are that its tables use, " +
      "e.g. on a copy of the database's schema.",
    data: "What was made to restore it into was dropped again, and no other database was changed.",
  },
  EVIDENCE_ALTERED: {
    exit: 3,
    cause: "Evidence is not as it was written: a file, an event or a record was changed, lost, added or moved.",
    action: "Compare it with a copy that was kept elsewhere; the message names the first thing that does not fit.",
    data: ONLY_READ,
  },
} as const satisfies Record<string, FailureEntry>;
