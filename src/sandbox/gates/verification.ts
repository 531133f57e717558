/**
 * gates/verification: G-14 to G-18: what the scenarios left in the throwaway database, and that production saw nothing.
 *
 * Judged after the last scenario, while the server still runs. Pure. Called by the step C-11.
 */
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { Difference } from "../../schema/compare.ts";
import { FORMS } from "../measure/secrets.ts";
import type { Identity } from "./before.ts";
import { differenceOf, type Gate, mustHold, sameSet, unexpected } from "./gate.ts";
import { type MatrixSize, type Privileges, privilegeMismatches } from "./server.ts";

export type Inventory = {
  readonly tables: readonly string[];
  readonly views: readonly string[];
  readonly wantedTables: readonly string[];
  readonly wantedViews: readonly string[];
  /** What of the shape is otherwise than in the contract. */
  readonly differences: readonly Difference[];
};

export const G14: Gate<Inventory> = {
  id: "G-14",
  claim: "the ledger has its tables and views, and nothing else",
  judge({ tables, views, wantedTables, wantedViews, differences }) {
    return {
      summary: `${tables.length} tables and ${views.length} views`,
      facts: { tables, views },
      mismatches: [
        ...mustHold("tables of the contract", wantedTables.length),
        ...mustHold("views of the contract", wantedViews.length),
        ...sameSet("table", wantedTables, tables),
        ...sameSet("view", wantedViews, views),
        ...differences.map(differenceOf),
      ],
    };
  },
};

export type RowChange = {
  readonly relation: string;
  readonly before: number;
  /** By how much the scenarios said that it would change. */
  readonly predicted: number;
  readonly after: number;
};

export const G15: Gate<{ readonly rows: readonly RowChange[]; readonly scenarios: number }> = {
  id: "G-15",
  claim: "every table of the database holds as many rows as the scenarios predicted",
  judge({ rows, scenarios }) {
    const changed = rows.filter(({ before, after }) => before !== after).length;
    return {
      summary: `${rows.length} tables, ${changed} of them changed, as ${scenarios} scenarios predicted`,
      facts: { tables: rows.map(({ relation, before, predicted, after }) => ({ relation, before, predicted, after })) },
      mismatches: [
        ...mustHold("tables that were counted", rows.length),
        ...mustHold("scenarios that predicted", scenarios),
        ...rows.flatMap(({ relation, before, predicted, after }) =>
          expectEqual(`rows of ${relation}`, before + predicted, after),
        ),
      ],
    };
  },
};

type PrivilegesAgain = { readonly first: Privileges; readonly now: Privileges; readonly size: MatrixSize };

export const G16: Gate<PrivilegesAgain> = {
  id: "G-16",
  claim: "the privileges are what they were before the scenarios",
  judge: ({ first, now, size }) => ({
    summary: `${now.tablePrivileges} table privileges and ${now.columnUpdates} column UPDATEs, as before`,
    facts: { checked: now.checked, table_privileges: now.tablePrivileges, column_updates: now.columnUpdates },
    mismatches: [
      ...privilegeMismatches(now, size),
      ...expectEqual("table privileges", first.tablePrivileges, now.tablePrivileges),
      ...expectEqual("column UPDATEs", first.columnUpdates, now.columnUpdates),
    ],
  }),
};

/** What stands for production; a backup alone cannot be asked. */
export type ProductionKind = "stand-in" | "live" | "backup";

/** What production is and holds, as far as it could be asked. */
export type ProductionState = {
  readonly systemIdentifier: string | null;
  readonly timeline: number | null;
  /** When its server was begun, by its own clock; null where nobody could be asked. */
  readonly startedAt: string | null;
  /** `relation: rows, digest`; only where nobody else writes there. */
  readonly contents: readonly string[];
  /** Rows that were ever inserted, updated or deleted in its database; only where nobody else writes there. */
  readonly written: number | null;
};

export type Untouched = {
  readonly kind: ProductionKind;
  /** Of a standby the primary, which is production too, was not asked. */
  readonly server: Identity["server"];
  readonly before: ProductionState;
  readonly after: ProductionState;
  /** Names of the sessions that this command opened there itself. */
  readonly recorded: readonly string[];
  /** Names of all sessions of this sandbox that production saw, and how it was asked. */
  readonly seen: readonly string[];
  readonly how: string;
  /** Of the scenarios, by the sandbox's ledger and the desks' files; and those of them in production's ledger. */
  readonly runs: readonly string[];
  readonly runsThere: readonly string[];
  /** How many the scenarios said that they left: of none that failed is one demanded, which its own verdict says. */
  readonly runsPredicted: number;
  /** Where the connections of the files on disk and of the command lines lead, each as a directory. */
  readonly places: readonly string[];
  /** Directories that the sandbox made. */
  readonly own: readonly string[];
  /** What code of the source could reach, asked again; whoever answered for it does not know what it did there. */
  readonly waysOut: readonly string[];
};

export const G17: Gate<Untouched> = {
  id: "G-17",
  claim: "production was not touched: no session of this sandbox was seen there but the recorded read-only ones",
  judge({ kind, server, before, after, recorded, seen, how, runs, runsThere, runsPredicted, places, own, waysOut }) {
    const none = `none of ${runs.length} runs is there`;
    const asked = kind === "backup" ? how : `${kind}: ${seen.length} sessions seen, all recorded; ${none}`;
    const unasked = server === "standby" ? "; it is a hot standby, and its primary was not asked" : "";
    const foreign = places.filter((place) => !own.some((directory) => place.startsWith(`${directory}/`)));
    return {
      summary: `${asked}; ${places.length} connections lead to the sandbox${unasked}`,
      facts: {
        ...{ kind, server, recorded, seen, how, runs, runs_predicted: runsPredicted, places },
        ...{ started_at: after.startedAt, written: after.written },
      },
      mismatches: [
        ...(kind === "backup"
          ? unexpected("session in production", seen)
          : mustHold("sessions that were recorded", recorded.length)),
        ...unexpected(
          "session in production",
          seen.filter((one) => !recorded.includes(one)),
          "a recorded one",
        ),
        ...mustHold("connections of the scenarios", places.length),
        ...unexpected("a connection leads to", foreign, "the sandbox"),
        // Where no scenario left one, it is that scenario's verdict which says so.
        ...(kind === "backup" || runsPredicted === 0 ? [] : mustHold("runs of the scenarios", runs.length)),
        ...unexpected("a run of the sandbox in production's ledger", runsThere),
        ...unexpected("what code of the source did outside is not known", waysOut, "no way out"),
        ...sameState(before, after),
      ],
    };
  },
};

export function sameState(before: ProductionState, after: ProductionState): Mismatch[] {
  return [
    ...expectEqual("system identifier of production", before.systemIdentifier, after.systemIdentifier),
    ...expectEqual("timeline of production", before.timeline, after.timeline),
    ...expectEqual("start of production's server", before.startedAt, after.startedAt),
    ...expectEqual("rows ever written in production", before.written, after.written),
    ...sameSet("contents of production", before.contents, after.contents),
  ];
}

export type SecretSearch = {
  readonly planted: number;
  /** What was searched, by kind, e.g. `files 120`, `command lines 80`. */
  readonly searched: readonly string[];
  readonly bytes: number;
  /** `what in where`, never the secret itself. */
  readonly found: readonly string[];
  /** What could not be searched. */
  readonly unread: readonly string[];
  /** Where secrets belong: these files, by exact path, were not searched for them. */
  readonly homes: readonly string[];
};

export const G18: Gate<SecretSearch> = {
  id: "G-18",
  claim: `the planted secrets, ${FORMS}, are found nowhere but where they belong`,
  judge({ planted, searched, bytes, found, unread, homes }) {
    return {
      summary: `${planted} secrets, ${searched.join(", ")}, ${bytes} bytes: found nowhere`,
      facts: { planted, searched, bytes, homes },
      mismatches: [
        ...mustHold("planted secrets", planted),
        ...mustHold("bytes that were searched", bytes),
        ...unexpected("a secret was found", found, "nowhere"),
        ...unexpected("what could not be searched", unread),
      ],
    };
  },
};
