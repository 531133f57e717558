/**
 * sealed-plan: the texts and values of one sealed run: its DO block, its settings, its plan.
 *
 * The block is the same for every plan but for a random name and the rendezvous; no tested SQL is ever put into it.
 * Called by sealed.ts only.
 */
import countersQuery from "../../../sql/guard/counters.sql" with { type: "text" };
import dirtyQuery from "../../../sql/guard/dirty-catalogs.sql" with { type: "text" };
import rendezvousText from "../../../sql/guard/rendezvous.sql" with { type: "text" };
import sealedText from "../../../sql/guard/sealed.sql" with { type: "text" };
import settingsText from "../../../sql/guard/sealed-settings.sql" with { type: "text" };
import locksQuery from "../../../sql/guard/strong-locks.sql" with { type: "text" };
import touchedQuery from "../../../sql/guard/touched.sql" with { type: "text" };
import { limits } from "../limits.ts";
import type { Cell } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import { bare, CATALOGS, catalogRowsQuery, catalogSurvivorsQuery } from "./catalogs.ts";
import { type Mode, modeOf } from "./classify.ts";
import { askedQuery, type NetCountOptions, netCountsPart, OWN_SETTINGS } from "./net-counts.ts";
import type { Script } from "./statement.ts";

export type SealedOptions = {
  readonly lockTimeoutMs?: number;
  /** For the whole plan: the server times only the statement that we send, which is the block. */
  readonly statementTimeoutMs?: number;
  readonly explain?: "with plans" | "without plans";
  /**
   * The witness holds the advisory lock `key` (a bigint as text; pg_advisory_lock) in its session beforehand, and the
   * block waits for it with everything written. In pg_locks the witness sees the wait (locktype advisory, not granted,
   * our pid), looks, and unlocks. Meanwhile it must never wait for a lock itself, since the block may hold it, and that
   * would be a deadlock: LOCK TABLE … IN ACCESS SHARE MODE NOWAIT first, and 55P03 means "locked by the proof".
   */
  readonly rendezvous?: { readonly key: string; readonly timeoutMs: number };
  /** Watched relations whose rows are counted inside, where they were touched. */
  readonly netCounts?: NetCountOptions;
};

export const RESULT_QUERY = "SELECT pg_catalog.current_setting($1) AS result";

/** `name` is hexadecimal, ours, and new for each run. */
export function sealedBlock(name: string, options: SealedOptions): string {
  const { rendezvous, netCounts } = options;
  const wait = rendezvous === undefined ? "" : rendezvousBlock(rendezvous.key, rendezvous.timeoutMs);
  const counts = netCounts === undefined ? "" : netCountsPart(netCounts, timeoutOf(options));
  return bare(sealedText)
    .replace("@own@", () => OWN_SETTINGS)
    .replace("@net_counts@", () => counts)
    .replace("@rendezvous@", () => wait)
    .replaceAll("cutter_nonce", name);
}

function timeoutOf({ statementTimeoutMs }: SealedOptions): number {
  return statementTimeoutMs ?? limits.statementTimeoutMs;
}

function rendezvousBlock(key: string, timeoutMs: number): string {
  return bare(rendezvousText)
    .replace("@key@", `'${BigInt(key)}'`)
    .replace("@timeout@", `${Math.trunc(timeoutMs)}`);
}

export function settingsQuery(name: string): string {
  return bare(settingsText).replaceAll("cutter_nonce", name);
}

/** The values of sql/guard/sealed-settings.sql; `watched` as net-counts.ts makes it. */
export function settingValues(script: Script, options: SealedOptions, watched: string): Cell[] {
  const modes = script.statements.map((statement) => modeOf(statement.tree));
  const flags = (flag: keyof Mode): string => `{${modes.map((mode) => (mode[flag] ? "t" : "f")).join(",")}}`;
  return [
    `${options.lockTimeoutMs ?? limits.lockTimeoutMs}`,
    `${timeoutOf(options)}`,
    `${limits.idleInTransactionTimeoutMs}`,
    `${limits.transactionTimeoutMs}`,
    `${limits.clientConnectionCheckMs}`,
    arrayLiteral(script.statements.map((statement) => statement.text)),
    flags("streamed"),
    options.explain === "with plans" ? flags("plannable") : `{${modes.map(() => "f").join(",")}}`,
    flags("strong"),
    queries(),
    watched,
  ];
}

function queries(): string {
  const names = Object.keys(CATALOGS);
  return JSON.stringify({
    counters: countersQuery,
    locks: locksQuery,
    dirty: dirtyQuery,
    touched: touchedQuery,
    asked: askedQuery,
    rows: Object.fromEntries(names.map((name) => [name, catalogRowsQuery(name, "written by us")])),
    survivors: Object.fromEntries(names.map((name) => [name, catalogSurvivorsQuery(name)])),
  });
}
