/**
 * failure-table/usage: what is wrong with the command line, a configuration or a file, found before any connection.
 *
 * A part of the one table of codes, which failure-table.ts puts together. Data only.
 */
import { type FailureEntry, NOT_CONNECTED, NOTHING_WRITTEN } from "./entry.ts";

export const USAGE_FAILURES = {
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
  FILE_EXISTS: {
    exit: 2,
    cause: "A file of that name is there already, and this command never replaces one.",
    action: "Name another file, or move the one that is there away.",
    data: NOT_CONNECTED,
  },
  FILE_WRITE_FAILED: {
    exit: 5,
    cause: "A file could not be written in full; it was left as it was before.",
    action: "Check free space and permissions of the folder, then run the command again.",
    data: "Files are written while no transaction is open: what was committed before stands, and nothing more was.",
  },
  SURVEY_FILE_INVALID: {
    exit: 2,
    cause: "The file is not a survey as cutter writes one.",
    action: "Take the survey.json of a run as it is; it is not made by hand.",
    data: NOT_CONNECTED,
  },
  SIGNING_KEY_INVALID: {
    exit: 2,
    cause: "A key of [signing], of the DOT pair or of the seals of evidence, cannot be used.",
    action: "Make an Ed25519 key for each use: openssl genpkey -algorithm ed25519 -out FILE; chmod 600 FILE.",
    data: NOT_CONNECTED,
  },
} as const satisfies Record<string, FailureEntry>;
