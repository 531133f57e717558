/**
 * gates/before: G-01 to G-06: room, name, what is protected, secrets, and where the data comes from.
 *
 * Judged before anything of the sandbox is started. Pure. Called by the steps C-01 to C-03.
 */
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { type InstanceScan, protectedLines } from "../measure/instances.ts";
import { type Gate, mustHold, unexpected } from "./gate.ts";

const GIB = 1024 ** 3;

export type Room = { readonly path: string; readonly freeBytes: number; readonly neededBytes: number };

export const G01: Gate<Room> = {
  id: "G-01",
  claim: "there is enough room on the disk",
  judge({ path, freeBytes, neededBytes }) {
    const [free, needed] = [inGib(freeBytes), inGib(neededBytes)];
    const enough = Number.isFinite(freeBytes) && freeBytes >= neededBytes;
    return {
      summary: `${free} GiB free at ${path}, ${needed} asked for`,
      facts: { path, free_bytes: freeBytes, needed_bytes: neededBytes },
      mismatches: enough ? [] : [{ what: `room at ${path}`, expected: `${needed} GiB or more`, seen: `${free} GiB` }],
    };
  },
};

function inGib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}

export type Name = { readonly name: string; readonly taken: readonly string[] };

export const G02: Gate<Name> = {
  id: "G-02",
  claim: "the name is free",
  judge: ({ name, taken }) => ({
    summary: taken.length === 0 ? `nothing is called ${name}` : `${name} is taken`,
    facts: { name, taken },
    mismatches: unexpected(`what is called ${name}`, taken, "nothing"),
  }),
};

export const G03: Gate<InstanceScan> = {
  id: "G-03",
  claim: "what must not change is known, by its identity",
  judge(scan) {
    const { instances, containers, throwaway, host, unknown, how } = scan;
    return {
      summary: `${instances.length} PostgreSQL servers and ${containers.length} containers are protected (${how})`,
      facts: { host, protected: protectedLines(scan), throwaway, how, unknown },
      mismatches: [
        ...mustHold("the host's own identity", host === "" ? 0 : 1),
        ...unexpected("what could not be identified or asked", unknown),
      ],
    };
  },
};

export type PrivateEntry = {
  readonly path: string;
  readonly kind: "directory" | "file" | "socket" | "other";
  readonly mode: number;
  readonly owner: number;
};

export type Privacy = {
  readonly user: number;
  readonly entries: readonly PrivateEntry[];
  /** The git work tree that it lies in; null where it lies in none. */
  readonly gitTree: string | null;
  readonly secrets: number;
  /** Where a secret was printed or logged. */
  readonly printed: readonly string[];
};

const MODES = { directory: 0o700, file: 0o600, socket: 0o700, other: -1 } as const;

export const G04: Gate<Privacy> = {
  id: "G-04",
  claim: "directories are 0700, files 0600, secrets are printed nowhere, and none lies in a git work tree",
  judge({ user, entries, gitTree, secrets, printed }) {
    return {
      summary: `${entries.length} entries, ${secrets} one-time secrets`,
      facts: { entries: entries.length, secrets, git_work_tree: gitTree },
      mismatches: [
        ...mustHold("private files and directories", entries.length),
        ...mustHold("one-time secrets", secrets),
        ...entries.flatMap((entry) => openEntry(entry, user)),
        ...unexpected("the git work tree that it lies in", gitTree === null ? [] : [gitTree]),
        ...unexpected("a secret was printed", printed, "nowhere"),
      ],
    };
  },
};

function openEntry({ path, kind, mode, owner }: PrivateEntry, user: number): Mismatch[] {
  const wanted = MODES[kind];
  if (kind === "other") return [{ what: path, expected: "a directory or a regular file", seen: "something else" }];
  return [
    ...expectEqual(`mode of ${path}`, wanted.toString(8), mode.toString(8)),
    ...expectEqual(`owner of ${path}`, `user ${user}`, `user ${owner}`),
  ];
}

export type Reading =
  | {
      readonly from: "server";
      /** Of our session: transaction_read_only as the server said while the dump ran. */
      readonly transactionReadOnly: string;
      /** Ids that were given to our session; a reading session is given none. */
      readonly transactionIds: readonly string[];
      /** Of pg_dump's own session, as the server showed it while it ran: how often, and the ids that it was given. */
      readonly dump: { readonly looks: number; readonly transactionIds: readonly string[] };
    }
  | { readonly from: "file"; readonly checked: readonly string[] };

export const G05: Gate<Reading> = {
  id: "G-05",
  claim: "the data was read in read-only sessions",
  judge(reading) {
    if (reading.from === "file") {
      return {
        summary: "a verified backup: no session was opened",
        facts: { checked: reading.checked },
        mismatches: mustHold("what was verified of the backup", reading.checked.length),
      };
    }
    const { transactionReadOnly, transactionIds, dump } = reading;
    return {
      summary: `transaction_read_only=${transactionReadOnly}; no transaction id, neither ours nor pg_dump's`,
      facts: {
        ...{ transaction_read_only: transactionReadOnly, transaction_ids: transactionIds },
        ...{ dump_looks: dump.looks, dump_transaction_ids: dump.transactionIds },
      },
      mismatches: [
        ...expectEqual("transaction_read_only of our session", "on", transactionReadOnly),
        ...unexpected("transaction id given to our session", transactionIds),
        ...mustHold("looks at pg_dump's session", dump.looks),
        ...unexpected("transaction id given to pg_dump's session", dump.transactionIds),
      ],
    };
  },
};

export type Identity = {
  readonly systemIdentifier: string | null;
  /** null on a standby too. */
  readonly timeline: number | null;
  readonly database: string;
  /** `unknown` of a backup, which any of them may have been taken from. */
  readonly server: "primary" | "standby" | "unknown";
};

export const G06: Gate<Identity> = {
  id: "G-06",
  claim: "the system identifier of production is recorded",
  judge({ systemIdentifier, timeline, database, server }) {
    const known = systemIdentifier !== null && /^[1-9]\d*$/.test(systemIdentifier);
    const facts = { system_identifier: systemIdentifier, timeline, database, server };
    const what = server === "standby" ? ", a hot standby of it" : "";
    return {
      summary: `system identifier ${systemIdentifier ?? "unknown"}, database ${database}${what}`,
      facts,
      mismatches: known ? [] : [{ what: "system_identifier", expected: "a number", seen: `${systemIdentifier}` }],
    };
  },
};
