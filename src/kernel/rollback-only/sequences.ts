/**
 * sequences: where each sequence stands before and after; a rollback does not move one back.
 *
 * All readable ones are read beforehand, since nobody knows which the plan will move; afterwards only those that it
 * locked. Read outside any transaction, in batches, since reading locks. A sequence that the role may not read is
 * "uncountable", by name. Another session's nextval in between counts too. Called by blast-radius.ts.
 */
import positionsQuery from "../../../sql/guard/sequence-positions.sql" with { type: "text" };
import sequencesQuery from "../../../sql/guard/sequences.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Cell, Reply, Row, Session } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import type { SequenceEffect } from "./effects.ts";

type Position = {
  readonly name: string;
  readonly increment: bigint;
  /** Last value handed out, or null where it cannot be read. */
  readonly position: bigint | null;
};

/** By oid. */
export type SequencePositions = ReadonlyMap<string, Position>;

/**
 * Positions of all sequences, or of those among the given oids, which may be of other relations too. search_path must
 * be pinned, no transaction of ours open.
 */
export async function readSequences(session: Session, only?: readonly string[]): Promise<SequencePositions | Failure> {
  const positions = new Map<string, Position>();
  if (only?.length === 0) return positions;
  const list = await session.query(sequencesQuery, [`${limits.surveyedSequences}`]);
  if (list instanceof Failure) return list;
  const among = only === undefined ? null : new Set(only);
  const wanted = list.rows.filter((row) => among === null || among.has(row.oid ?? ""));
  const values = await lastValues(session, wanted);
  if (values instanceof Failure) return values;
  for (const row of wanted) {
    const oid = row.oid ?? "";
    positions.set(oid, {
      name: row.name ?? oid,
      increment: BigInt(row.increment ?? "1"),
      position: values.get(oid) ?? null,
    });
  }
  return positions;
}

async function lastValues(session: Session, wanted: readonly Row[]): Promise<Map<string, bigint> | Failure> {
  const values = new Map<string, bigint>();
  for (const batch of batches(wanted.filter((row) => row.readable === "t"))) {
    const oids = batch.map((row) => row.oid ?? "");
    const reply = await session.query(positionsQuery, [arrayLiteral(oids)]);
    if (isLocked(reply)) continue;
    if (reply instanceof Failure) return reply;
    for (const row of reply.rows) setUnlessNull(values, row.oid ?? "", row.last_value ?? null);
  }
  const uncalled = wanted.filter((row) => row.selectable === "t" && !values.has(row.oid ?? ""));
  for (const batch of batches(uncalled)) {
    // last_value is then the next one to be handed out, wherever setval or RESTART put it.
    const each = batch.map(
      (row) => `SELECT '${row.oid}' AS oid, last_value::text AS next FROM ${row.name} WHERE NOT is_called`,
    );
    const reply = await session.query(each.join(" UNION ALL "));
    if (isLocked(reply)) continue;
    if (reply instanceof Failure) return reply;
    const increments = new Map(batch.map((row) => [row.oid, BigInt(row.increment ?? "1")]));
    for (const { oid, next } of reply.rows) {
      if (oid && next) values.set(oid, BigInt(next) - (increments.get(oid) ?? 1n));
    }
  }
  return values;
}

/** Another session holds one of the batch: their positions stay unknown, which is said, and nobody is waited for. */
function isLocked(reply: Reply | Failure): boolean {
  return reply instanceof Failure && reply.facts.sqlstate === "55P03";
}

function setUnlessNull(values: Map<string, bigint>, oid: string, value: Cell): void {
  if (value !== null) values.set(oid, BigInt(value));
}

function batches(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / limits.sequenceBatch);
  const at = (index: number): number => index * limits.sequenceBatch;
  return Array.from({ length: count }, (_, index) => rows.slice(at(index), at(index + 1)));
}

/** What moved. A sequence that is not there any more was made by the transaction itself. */
export function sequenceEffects(before: SequencePositions, after: SequencePositions): SequenceEffect[] {
  return [...after].flatMap(([oid, { name, position }]): SequenceEffect[] => {
    const start = before.get(oid)?.position ?? null;
    if (start !== null && start === position) return [];
    const drift = start === null || position === null ? "uncountable" : (position - start).toString();
    return [{ sequence: name, before: start?.toString() ?? null, after: position?.toString() ?? null, drift }];
  });
}
