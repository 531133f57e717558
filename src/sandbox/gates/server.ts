/**
 * gates/server: G-07 to G-13: the throwaway server is isolated, holds what was dumped, and is not production.
 *
 * Judged while it is built, before any scenario. Pure. Called by the steps C-04 to C-09.
 */
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { Difference } from "../../schema/compare.ts";
import type { HostState } from "../measure/host-state.ts";
import { whyNotIsolated } from "../providers/isolation.ts";
import type { Isolation } from "../providers/provider.ts";
import { differenceOf, type Gate, missing, mustHold, sameSet, unexpected } from "./gate.ts";

/** Whose code the server will run: ours is read by everybody; of another's somebody may answer for what it reaches. */
export type CodeOf = "this program" | "the source" | "the source, answered for";

export const G07: Gate<{ readonly isolation: Isolation; readonly code: CodeOf }> = {
  id: "G-07",
  claim: "no network reaches the server, and code of the source that runs in it reaches nothing",
  judge({ isolation, code }) {
    const { listenAddresses, tcpListeners, publishedPorts, networks, waysOut, asked } = isolation;
    const out = waysOut.length === 0 ? "no way out" : `ways out: ${waysOut.length}, for code of ${code}`;
    return {
      summary: `no port, no TCP listener, ${out}`,
      facts: {
        listen_addresses: listenAddresses,
        ...{ tcp_listeners: tcpListeners, published_ports: publishedPorts, networks, ways_out: waysOut, code, asked },
      },
      mismatches: [
        ...mustHold("what was asked of it", asked === "" ? 0 : 1),
        ...unexpected("a network reaches it", whyNotIsolated(isolation), "no network does"),
        ...unexpected("what it reaches", code === "the source" ? waysOut : [], "nothing"),
      ],
    };
  },
};

export type Contents = { readonly relation: string; readonly rows: number; readonly contentSha256: string };

/** Of one table of the dump. */
export type TableRows = {
  readonly table: string;
  readonly dumped: number;
  /** null: it is not there. */
  readonly restored: number | null;
  readonly may: "have these" | "have more, which its extension brought";
};

export type Restored = {
  /** Why the program that restores ended otherwise than with 0; null where it did not. */
  readonly failure: string | null;
  readonly notices: readonly string[];
  readonly dumped: readonly Contents[];
  readonly restored: readonly Contents[];
  /** Every table that has rows in the dump, or none; empty where it was not restored. */
  readonly tables: readonly TableRows[];
};

/** What pg_restore may say though all is well: nothing but these. */
const TOLERATED_NOTICES: readonly RegExp[] = [
  /^pg_restore: (?:connecting|creating|processing|executing|launching|finished|implied|entering|setting)\b/,
];

export const G08: Gate<Restored> = {
  id: "G-08",
  claim: "every table of the dump has as many rows where it was restored, and no notice came that is not listed",
  judge({ failure, notices, dumped, restored, tables }) {
    const rows = tables.reduce((sum, one) => sum + (one.restored ?? 0), 0);
    const foreign = notices.filter((notice) => !TOLERATED_NOTICES.some((pattern) => pattern.test(notice)));
    return {
      summary: `${tables.length} tables, ${rows} rows; ${restored.length} of them have the digest that was dumped`,
      facts: { tables: tables.length, rows, digests: restored.length, notices },
      mismatches: [
        ...unexpected("how it was restored", failure === null ? [] : [failure], "exit code 0"),
        // What the failure says already is not said twice.
        ...unexpected(
          "notice",
          foreign.filter((one) => failure?.includes(one) !== true),
        ),
        // What broke off holds less, of course: why it did says enough.
        ...(failure === null ? wrongContents({ dumped, restored, tables }) : []),
      ],
    };
  },
};

function wrongContents({ dumped, restored, tables }: Pick<Restored, "dumped" | "restored" | "tables">): Mismatch[] {
  return [
    ...mustHold("relations that were dumped", dumped.length),
    ...mustHold("tables of the dump", tables.length),
    ...sameSet("rows and digest", dumped.map(contentLine), restored.map(contentLine)),
    ...tables.flatMap(wrongRows),
  ];
}

function wrongRows({ table, dumped, restored, may }: TableRows): Mismatch[] {
  if (may !== "have these" && restored !== null && restored >= dumped) return [];
  return expectEqual(`rows of ${table}`, dumped, restored ?? "missing");
}

export function contentLine({ relation, rows, contentSha256 }: Contents): string {
  return `${relation}: ${rows} rows, ${contentSha256}`;
}

export type Privileges = {
  /** Every difference between the live state and the matrix, of whatever kind. */
  readonly differences: readonly Difference[];
  /** Settings of the database and of all roles, which are no rights: G-14 judges them. */
  readonly settings: readonly Difference[];
  /** How many expected entries of each kind were compared. */
  readonly checked: Readonly<Record<string, number>>;
  readonly tablePrivileges: number;
  readonly columnUpdates: number;
  readonly grantOptions: readonly string[];
};

/** What the frozen matrix says of the ledger's tables: counted in the one data file. */
export type MatrixSize = { readonly tablePrivileges: number; readonly columnUpdates: number };

export function privilegeMismatches(
  { differences, checked, tablePrivileges, columnUpdates, grantOptions }: Privileges,
  size: MatrixSize,
): Mismatch[] {
  return [
    ...mustHold("privileges that were compared", checked.privilege ?? 0),
    ...differences.map(differenceOf),
    ...expectEqual("table privileges on the ledger", size.tablePrivileges, tablePrivileges),
    ...expectEqual("column UPDATEs on the ledger", size.columnUpdates, columnUpdates),
    ...unexpected("grant option", grantOptions),
  ];
}

/** What production's roles have besides; `differences` is null where the source does not say. */
export type OfProduction = {
  readonly differences: readonly Difference[] | null;
  readonly copied: readonly string[];
  readonly leftOut: readonly string[];
};

export const G09: Gate<Privileges & { readonly size: MatrixSize; readonly production: OfProduction }> = {
  id: "G-09",
  claim: "the live privileges equal the frozen matrix as sets, without a grant option",
  judge: ({ size, production, ...live }) => ({
    summary: [
      `${live.tablePrivileges} table privileges and ${live.columnUpdates} column UPDATEs, as frozen`,
      ...(production.differences === null ? ["the source does not say what production's roles may do"] : []),
      ...(production.leftOut.length === 0 ? [] : [`not copied from production: ${production.leftOut.length}`]),
    ].join("; "),
    facts: {
      checked: live.checked,
      table_privileges: live.tablePrivileges,
      column_updates: live.columnUpdates,
      grant_options: live.grantOptions,
      production: production.differences === null ? "not asked" : "asked",
      ...{ copied: production.copied, not_copied: production.leftOut },
    },
    mismatches: [...privilegeMismatches(live, size), ...onlyThere(production.differences ?? [], live)],
  }),
};

/** What production has and the copy does not show: a green gate would speak of the copy alone. */
function onlyThere(there: readonly Difference[], { differences, settings }: Privileges): Mismatch[] {
  const here = new Set([...differences, ...settings].map(lineOf));
  return there
    .filter((one) => !here.has(lineOf(one)))
    .map((one) => ({ ...differenceOf(one), what: `in production: ${one.kind} ${one.object}` }));
}

function lineOf({ kind, object, expected, actual }: Difference): string {
  return JSON.stringify([kind, object, expected, actual]);
}

export type TwoIdentities = { readonly production: string | null; readonly sandbox: string | null };

export const G10: Gate<TwoIdentities> = {
  id: "G-10",
  claim: "the throwaway database is not production: another system identifier",
  judge({ production, sandbox }) {
    const facts = { production, sandbox };
    const known = [
      ...mustHold("system identifier of production", production === null || production === "" ? 0 : 1),
      ...mustHold("system identifier of the sandbox", sandbox === null || sandbox === "" ? 0 : 1),
    ];
    const same = known.length === 0 && production === sandbox;
    return {
      summary: `production ${production}, sandbox ${sandbox}`,
      facts,
      mismatches: [
        ...known,
        ...(same ? [{ what: "system_identifier", expected: `not ${production}`, seen: `${sandbox}` }] : []),
      ],
    };
  },
};

export type HostStates = { readonly before: HostState; readonly after: HostState };

export const G11: Gate<HostStates> = {
  id: "G-11",
  claim: "the programs of PATH and the lists of packages are as they were",
  judge({ before, after }) {
    const files = before.installed.reduce((sum, place) => sum + place.files.length, 0);
    return {
      summary: `${before.installed.length} places of programs and packages, ${files} files, unchanged`,
      facts: { places: before.installed.map(({ place }) => place), files },
      mismatches: [
        ...mustHold("places of programs and packages", before.installed.length),
        ...sameSet("programs and packages", before.installed.flatMap(placeLines), after.installed.flatMap(placeLines)),
      ],
    };
  },
};

function placeLines({ place, files }: HostState["installed"][number]): readonly string[] {
  return [place, ...files.map((file) => `${place}: ${file}`)];
}

export const G12: Gate<HostStates> = {
  id: "G-12",
  claim: "no service was restarted",
  judge({ before, after }) {
    const now = new Map(after.services.map(({ name, begun }) => [name, begun]));
    const restarted = before.services.filter(({ name, begun }) => (now.get(name) ?? begun) !== begun);
    const gone = before.protected.filter((one) => !after.protected.includes(one));
    return {
      summary: `${before.services.length} services and ${before.protected.length} servers, each as it was begun`,
      facts: {
        ...{ boot: before.boot, how: before.servicesHow, protected: before.protected },
        services: before.services.map(({ name, begun }) => `${name} ${begun}`),
        // One that ends by itself, as many do when nobody asks for them, was not restarted.
        ended: before.services.filter(({ name }) => !now.has(name)).map(({ name }) => name),
      },
      mismatches: [
        ...mustHold("the host's boot", before.boot === "" ? 0 : 1),
        ...expectEqual("boot", before.boot, after.boot),
        ...expectEqual("how services were found", before.servicesHow, after.servicesHow),
        ...restarted.flatMap(({ name, begun }) => expectEqual(`service ${name}`, begun, now.get(name))),
        ...missing(gone),
      ],
    };
  },
};

export type Staged = {
  readonly files: readonly { readonly name: string; readonly expected: string; readonly actual: string | null }[];
  /** What a SHA256SUMS beside the program says, where there is one. */
  readonly sums: string;
  /** What is wrong with the program's own file. */
  readonly findings: readonly string[];
};

export const G13: Gate<Staged> = {
  id: "G-13",
  claim: "the program and everything that is staged are as their SHA-256 says",
  judge({ files, sums, findings }) {
    return {
      summary: `${files.length} files, SHA256SUMS of the program: ${sums}`,
      facts: { files: files.map(({ name, actual }) => `${actual} ${name}`), sums },
      mismatches: [
        ...mustHold("staged files", files.length),
        ...files.flatMap(({ name, expected, actual }) =>
          expectEqual(`SHA-256 of ${name}`, expected, actual ?? "missing"),
        ),
        ...unexpected("the program", findings, "as it was built"),
      ],
    };
  },
};
