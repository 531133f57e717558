/**
 * net-counts: how many rows each watched relation holds at the end of a transaction, as that transaction sees it.
 *
 * The blast radius counts rows attempted; rows of a sub-transaction that was rolled back inside are among them. So the
 * watched relations that were touched are counted once more from inside, within bounds, after all is written. What is
 * not counted says why and is never 0; a count that fails is no failure of what was run. The SQL is
 * sql/guard/net-counts*.sql. Called by sealed.ts and, for the guarded tier, by guarded.ts.
 */

import { randomBytes } from "node:crypto";
import partText from "../../../sql/guard/net-counts.sql" with { type: "text" };
import askedText from "../../../sql/guard/net-counts-asked.sql" with { type: "text" };
import blockText from "../../../sql/guard/net-counts-block.sql" with { type: "text" };
import ownText from "../../../sql/guard/net-counts-own.sql" with { type: "text" };
import watchedQuery from "../../../sql/guard/watched.sql" with { type: "text" };
import { HIDDEN_ROWS } from "../counts/plan.ts";
import type { CountOptions, CountRequest, RelationCount } from "../counts/request.ts";
import { boundedText } from "../evidence/bounded-text.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { arrayLiteral, queryJson } from "./catalog-changes.ts";
import { bare } from "./catalogs.ts";
import type { Effects } from "./effects.ts";
import type { Counter } from "./measured.ts";

/** `unless`: why it must not be counted inside, though it may have been touched. */
export type NetRequest = CountRequest & { readonly unless: string | null };

export type NetCountOptions = { readonly requests: readonly NetRequest[]; readonly counts: CountOptions };

/** By position of the request; null: not touched, so not counted. */
export type NetCounts = readonly (RelationCount | null)[];

/** As sql/guard/net-counts.sql makes it. */
export type NetAnswer = readonly [
  position: number,
  rows: number | null,
  how: string | null,
  why: string | null,
  hidden: boolean | null,
];

export const askedQuery = bare(askedText);
export const OWN_SETTINGS = bare(ownText).trim();

/** The oids of what is watched; null where there is no such relation. With search_path pinned, before BEGIN. */
export async function findWatched(
  session: Session,
  requests: readonly CountRequest[],
): Promise<readonly (string | null)[] | Failure> {
  if (requests.length === 0) return [];
  const names = requests.map(({ relation }) => relation);
  const oids = await queryJson(session, watchedQuery, [arrayLiteral(names)]);
  return oids instanceof Failure ? oids : (oids as (string | null)[]);
}

/** What the block is told of what is watched. Conditions are put into it as they are, so none may take a parameter. */
export function watchedValue(oids: readonly (string | null)[], requests: readonly NetRequest[]): string {
  const entries = requests.map(({ filter, unless }, position) => {
    const parameterized = filter !== null && filter.parameters.length > 0;
    return [oids[position] ?? null, filter?.predicate ?? null, unless ?? (parameterized ? PARAMETERIZED : null)];
  });
  return JSON.stringify(entries);
}

const PARAMETERIZED = "its condition takes values that are not put into the block";

/** The part of the block that counts. `timeoutMs` is that of the whole block. */
export function netCountsPart({ counts }: NetCountOptions, timeoutMs: number): string {
  const values: Readonly<Record<string, string>> = {
    bytes: counts.mode === "exact" ? "NULL" : `${limits.exactCountBytes}`,
    budget: `${Math.trunc(counts.budgetMs)}`,
    timeout: `${Math.trunc(timeoutMs)}`,
    blocks: `${limits.netCountPartBlocks}`,
    lock: `${limits.witnessLockTimeoutMs}`,
  };
  return bare(partText).replaceAll(/@(\w+)@/g, (_, word: string) => values[word] ?? "");
}

/** What the block said; `failed`: why what it does not tell was not counted. */
export type NetAnswers = { readonly net: readonly NetAnswer[]; readonly failed: string | null };

/** What failed before it was known what to count is a remark: there is no relation to say it of. */
export function settleNetCounts(
  { net, failed }: NetAnswers,
  { options, effects }: { readonly options: NetCountOptions | undefined; readonly effects: Effects },
): { readonly netCounts: NetCounts | null; readonly effects: Effects } {
  if (options === undefined) return { netCounts: null, effects };
  const found = new Map(net.map((answer) => [answer[0] - 1, answer]));
  const netCounts = options.requests.map((request, position) => {
    const answer = found.get(position);
    return answer === undefined ? null : netCount(answer, request);
  });
  if (failed === null || net.length > 0) return { netCounts, effects };
  return {
    netCounts,
    effects: { ...effects, remarks: [...effects.remarks, `no rows were counted inside: ${failed}`] },
  };
}

export type NetOrder = {
  readonly options: NetCountOptions;
  readonly watched: readonly (string | null)[];
  readonly before: readonly Counter[];
  readonly after: readonly Counter[];
  /** Of the statement that counts. */
  readonly timeoutMs: number;
};

/** For the guarded tier: by itself, in a savepoint that is taken back. A Failure is one of the transaction. */
export async function countNet(session: Session, order: NetOrder): Promise<NetAnswers | Failure> {
  const marked = await session.query("SAVEPOINT cutter_net");
  if (marked instanceof Failure) return marked;
  const answers = await runNetBlock(session, order);
  const back = session.lost() ?? (await session.query("ROLLBACK TO SAVEPOINT cutter_net"));
  if (back instanceof Failure) return back;
  const released = await session.query("RELEASE SAVEPOINT cutter_net");
  if (released instanceof Failure) return released;
  return answers instanceof Failure ? { net: [], failed: boundedText(answers.message) } : answers;
}

async function runNetBlock(
  session: Session,
  { options, watched, before, after, timeoutMs }: NetOrder,
): Promise<NetAnswers | Failure> {
  const name = `cutter_${randomBytes(12).toString("hex")}`;
  const values = [before, after].map((counters) => JSON.stringify(counters));
  const inputs = [...values, watchedValue(watched, options.requests), askedQuery];
  const set = ["before", "after", "watched", "asked"].map(
    (word, index) => `pg_catalog.length(pg_catalog.set_config('${name}.${word}', $${index + 1}, true))`,
  );
  const told = await session.query(`SELECT ${set.join(", ")}`, inputs);
  if (told instanceof Failure) return told;
  const block = bare(blockText)
    .replace("@own@", () => OWN_SETTINGS)
    .replace("@net_counts@", () => netCountsPart(options, timeoutMs))
    .replaceAll("cutter_nonce", name);
  const ran = await session.query(block);
  if (ran instanceof Failure) return ran;
  const result = await session.query("SELECT pg_catalog.current_setting($1) AS result", [`${name}.result`]);
  if (result instanceof Failure) return result;
  return JSON.parse(result.rows[0]?.result ?? "null") as NetAnswers;
}

const LOCKED = new Set(["55P03", "40P01", "locked"]);

function netCount([, rows, how, why, hidden]: NetAnswer, { relation, filter }: CountRequest): RelationCount {
  const count = { relation, filter: filter?.label ?? null, digest: null };
  if (how === null && hidden === true) return { ...count, rows, how: "visible rows", note: HIDDEN_ROWS };
  if (how === null) return { ...count, rows, how: "exact", note: null };
  const sqlstate = /^[0-9A-Z]{5}$/.test(how) ? `${how}: ` : "";
  return { ...count, rows: null, how: howOf(how), note: `not counted inside: ${sqlstate}${why ?? OVER_TIME}` };
}

const OVER_TIME = "it would have taken longer than the time for it";

function howOf(how: string): RelationCount["how"] {
  if (LOCKED.has(how)) return "locked";
  if (how === "42501" || how === "unreadable") return "unreadable";
  return how === "missing" || how === "42P01" ? "missing" : "over budget";
}
