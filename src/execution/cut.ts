/**
 * cut: the body of leg A in a run: consumes SG1, writes the change set, and every planned row through the database.
 *
 * Works in whatever transaction it is given, and never begins or ends one. Rows go in batches, one statement for many,
 * and each is recorded as affected in the statement that wrote it; any that the database refuses fails the whole.
 * Called by the production adapter and by the rehearsal.
 */
import cutRows from "../../sql/execution/cut-rows.sql" with { type: "text" };
import insertChangeSet from "../../sql/execution/insert-change-set.sql" with { type: "text" };
import readBackups from "../../sql/execution/read-backups.sql" with { type: "text" };
import reviseRows from "../../sql/execution/revise-rows.sql" with { type: "text" };
import { type PlannedRow, rowText } from "../flow/cutplan.ts";
import { turnOfEvents } from "../kernel/clock.ts";
import { crashPoint } from "../kernel/crash-point.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { consumeGrant, recordApproved } from "./grants.ts";
import { refuseUnguarded } from "./immutability.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { refuseDrifted } from "./revised.ts";

/** STOP_BACKUP_REFUSED, STOP_PLAN_DRIFT, STOP_APPROVAL_REPLAYED, UNIT_REJECTED with every rejected row of a batch. */
export async function cutLegA(transaction: StatementRunner, work: LiveWork): Promise<Facts | Failure> {
  const { runId, cutplan } = work;
  const refused = (await refuseWithoutBackup(transaction, runId)) ?? (await refuseUnguarded(transaction));
  if (refused !== null) return refused;
  const grant = await consumeGrant(transaction, work, "SG1");
  if (grant instanceof Failure) return grant;
  const { documentId, cutplanSha256, manifestSha256, rows } = cutplan;
  const made = await transaction.query(insertChangeSet, [
    ...[runId, documentId, cutplanSha256, manifestSha256, `${rows.length}`],
  ]);
  if (made instanceof Failure) return made;
  const changeSetId = made.rows[0]?.id ?? "";
  const recorded = await recordApproved(transaction, grant, { runId, changeSetId });
  if (recorded !== null) return recorded;
  const created = await writeRows(transaction, work, { changeSetId, action: "create", already: 0 });
  if (created instanceof Failure) return created;
  const revised = await writeRows(transaction, work, { changeSetId, action: "revise", already: created });
  if (revised instanceof Failure) return revised;
  const drifted = await refuseDrifted(transaction, { changeSetId, rows: revised, surveyed: work.surveyed });
  if (drifted !== null) return drifted;
  return { change_set_id: changeSetId, rows: created + revised, created, revised, approval_id: grant.approvalId };
}

async function refuseWithoutBackup(transaction: StatementRunner, runId: string): Promise<null | Failure> {
  const reply = await transaction.query(readBackups, [runId]);
  if (reply instanceof Failure || reply.rows.length > 0) return reply instanceof Failure ? reply : null;
  return new Failure("STOP_BACKUP_REFUSED", `the ledger has no backup of run ${runId} that was read back`);
}

type Writing = {
  readonly changeSetId: string;
  readonly action: PlannedRow["action"];
  /** Rows that were written before. */
  readonly already: number;
};

/** How many were written: all of that action, or a Failure. */
async function writeRows(
  transaction: StatementRunner,
  { cutplan, document, observe }: LiveWork,
  { changeSetId, action, already }: Writing,
): Promise<number | Failure> {
  const rows = cutplan.rows.filter((row) => row.action === action);
  const statement = action === "create" ? cutRows : reviseRows;
  const batches = batchesOf(rows, document.bytes);
  let written = 0;
  // While the server works on one batch the next is made; it is sent only when that one was answered.
  for (let next = batches.next(); next.done !== true; ) {
    const batch = next.value;
    const answer = transaction.query(statement, [batch.json, changeSetId]);
    await turnOfEvents();
    next = batches.next();
    const reply = await answer;
    if (reply instanceof Failure) return reply;
    const [counted, ...refused] = reply.rows;
    if (refused.length > 0 || Number(counted?.detail) !== batch.rows) return rejected(batch, refused);
    written += batch.rows;
    observe?.({ unit: "units", did: "written", done: already + written, total: cutplan.rows.length });
    crashPoint("phase-batch-written");
  }
  return written;
}

type Batch = { readonly json: string; readonly rows: number; readonly from: number };

/** Each at most limits.rowsPerBatch rows, and about limits.batchBytes of bodies. */
function* batchesOf(rows: readonly PlannedRow[], bytes: Uint8Array): Generator<Batch, undefined> {
  let [texts, size, from]: [string[], number, number] = [[], 0, 0];
  for (const [index, row] of rows.entries()) {
    texts.push(rowText(row, bytes));
    size += row.byteEnd - row.byteStart;
    if (texts.length < limits.rowsPerBatch && size < limits.batchBytes && index + 1 < rows.length) continue;
    yield { json: `[${texts.join(",")}]`, rows: texts.length, from: rows[from]?.ordinal ?? 0 };
    [texts, size, from] = [[], 0, index + 1];
  }
}

type Refused = readonly { readonly [column: string]: string | null }[];

function rejected({ rows, from }: Batch, refused: Refused): Failure {
  const problems = refused.map(({ ordinal, status, detail }) => `row ${ordinal}: ${status} ${detail ?? ""}`.trim());
  const message = `the database refused ${refused.length} of the ${rows} rows from ${from} on`;
  const shown = problems.slice(0, limits.namedInRemark).join("; ");
  return new Failure("UNIT_REJECTED", `${message}: ${shown}`, { facts: { problems } });
}
