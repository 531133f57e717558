/**
 * measure/database: what the throwaway database holds and who is in it, as the gates of C-11 need it.
 *
 * Asked by the superuser, who sees everything, on a session of its own. Reads only. Called by the steps C-10 and C-11.
 */
import inventorySql from "../../../sql/sandbox/inventory.sql" with { type: "text" };
import openTransactions from "../../../sql/sandbox/open-transactions.sql" with { type: "text" };
import phasesSql from "../../../sql/sandbox/phases.sql" with { type: "text" };
import preparedTransactions from "../../../sql/sandbox/prepared-transactions.sql" with { type: "text" };
import roleLimits from "../../../sql/sandbox/role-limits.sql" with { type: "text" };
import runsSince from "../../../sql/sandbox/runs-since.sql" with { type: "text" };
import tablesSql from "../../../sql/sandbox/tables.sql" with { type: "text" };
import { PHASES } from "../../flow/phase.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";
import { expandMatrix, privilegeMatrix } from "../../schema/matrix.ts";
import type { Course, OpenTransactions, RoleLimit } from "../gates/conduct.ts";
import type { Inventory } from "../gates/verification.ts";
import { readShapeDifferences } from "./privileges.ts";

/** Rows of each table of the database, in one snapshot. */
export function countTables(session: Session): Promise<ReadonlyMap<string, number> | Failure> {
  return countIn(session, []);
}

/** Of the schemas that a cut writes into alone: of all there are many, and this is asked again and again. */
export function countCutTables(session: Session): Promise<ReadonlyMap<string, number> | Failure> {
  return countIn(session, ["public", "cutter_governance"]);
}

async function countIn(session: Session, schemas: readonly string[]): Promise<ReadonlyMap<string, number> | Failure> {
  const begun = await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (begun instanceof Failure) return begun;
  const counted = await countEach(session, schemas);
  const ended = await session.query("ROLLBACK");
  return ended instanceof Failure ? ended : counted;
}

async function countEach(session: Session, schemas: readonly string[]): Promise<ReadonlyMap<string, number> | Failure> {
  const tables = await session.query(tablesSql, [`{${schemas.join(",")}}`]);
  if (tables instanceof Failure) return tables;
  const counts = new Map<string, number>();
  for (const { relation } of tables.rows) {
    const counting = `SELECT pg_catalog.count(*) AS rows FROM ONLY ${relation}`;
    const reply = await session.query(counting, [], { wallClockMs: limits.backupTimeoutMs });
    if (reply instanceof Failure) return reply;
    counts.set(relation ?? "", Number(reply.rows[0]?.rows));
  }
  return counts;
}

/** Ids of the runs that the scenarios began. */
export async function readRuns(session: Session, since: string): Promise<readonly string[] | Failure> {
  const reply = await session.query(runsSince, [since]);
  return reply instanceof Failure ? reply : reply.rows.map((row) => row.run_id ?? "");
}

/** Names without their schema, as the matrix grants on them. */
function wanted(kind: "tables" | "views"): readonly string[] {
  const objects = expandMatrix().filter((one) => one.area === "governance" && one.kind === kind);
  return [...new Set(objects.map(({ object }) => object.slice(object.indexOf(".") + 1)))];
}

export async function readInventory(session: Session): Promise<Inventory | Failure> {
  const reply = await session.query(inventorySql);
  if (reply instanceof Failure) return reply;
  const differences = await readShapeDifferences(session);
  if (differences instanceof Failure) return differences;
  const of = (kind: string) => reply.rows.filter((row) => row.kind === kind).map(({ name }) => name ?? "");
  return {
    ...{ tables: of("table"), views: of("view"), differences },
    ...{ wantedTables: wanted("tables"), wantedViews: wanted("views") },
  };
}

export async function readOpenTransactions(session: Session): Promise<OpenTransactions | Failure> {
  const sessions = await session.query(openTransactions);
  if (sessions instanceof Failure) return sessions;
  const prepared = await session.query(preparedTransactions);
  if (prepared instanceof Failure) return prepared;
  return {
    open: sessions.rows.filter(({ open }) => open === "t").map(({ pid, role, state }) => `${pid} ${role} ${state}`),
    prepared: prepared.rows.map(({ gid, owner }) => `${gid} of ${owner}`),
    sessions: sessions.rows.length,
    allowed: Number(sessions.rows[0]?.prepared_allowed ?? 0),
  };
}

export async function readRoleLimits(
  session: Session,
  peaks: ReadonlyMap<string, number>,
): Promise<readonly RoleLimit[] | Failure> {
  const reply = await session.query(roleLimits);
  if (reply instanceof Failure) return reply;
  const limits = new Map(reply.rows.map(({ role, connection_limit: limit }) => [role, Number(limit)]));
  return privilegeMatrix.roles.map(({ name: role, attributes }) => ({
    ...{ role, wanted: attributes.connectionLimit ?? null, limit: limits.get(role) ?? null },
    peak: peaks.get(role) ?? 0,
  }));
}

/** Phases that were written in one transaction have one time: they stand in the order of a run. */
export async function readCourse(session: Session, since: string): Promise<Course["runs"] | Failure> {
  const reply = await session.query(phasesSql, [since]);
  if (reply instanceof Failure) return reply;
  const done = reply.rows.filter(({ outcome }) => outcome !== "void");
  const runs = Map.groupBy(done, ({ run_id: runId }) => runId ?? "");
  return [...runs].map(([runId, phases]) => ({
    runId,
    phases: phases
      .map(({ phase, at }) => ({ phase: phase ?? "", at: at ?? "" }))
      .sort((a, b) => (a.at === b.at ? placeOf(a.phase) - placeOf(b.phase) : a.at < b.at ? -1 : 1)),
  }));
}

/** The order of a run; a run is taken back last. */
export const PHASE_ORDER: readonly string[] = [...PHASES, "compensate"];

function placeOf(phase: string): number {
  return PHASE_ORDER.indexOf(phase);
}
