/**
 * register: the run and what was done before its first gate, written into the ledger once, before its first phase.
 *
 * A transaction of its own that may be repeated freely: a second time it changes nothing. Without the run's row no
 * phase could be recorded, and no tombstone either (foreign key). Called by the production adapter's first phase.
 */
import insertPlanningPhase from "../../../sql/execution/insert-planning-phase.sql" with { type: "text" };
import insertRun from "../../../sql/execution/insert-run.sql" with { type: "text" };
import { canonicalJson } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { LiveWork } from "../live-work.ts";
import { isCommitted, unexpectedCommit } from "./phase-transaction.ts";
import { refuseHold } from "./phase-work.ts";

/** Repeated by the next resume where its outcome is not known. */
export async function registerRun(session: Session, work: LiveWork): Promise<null | Failure> {
  const begun = await session.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  if (begun instanceof Failure) return begun;
  const written = (await refuseHold(session, work, "exec")) ?? (await writeRun(session, work));
  if (written !== null) {
    await session.query("ROLLBACK");
    return written;
  }
  const reply = await session.query("COMMIT", [], { wallClockMs: limits.commitTimeoutMs });
  if (isCommitted(reply, session)) return null;
  if (reply instanceof Failure) return reply;
  const { code, message, facts } = unexpectedCommit(reply, session);
  return new Failure(code, message, {
    facts,
    hint: "Look at what the server says, a standby perhaps. Then cutter hold clear, and cutter resume goes on.",
    data: "The ledger has the run's row or not; either way nothing else was written, and a resume writes it again.",
  });
}

/** In whatever transaction it is given. */
export async function writeRun(transaction: StatementRunner, work: LiveWork): Promise<null | Failure> {
  const { runId, mode, fence, target, cutplan, planning } = work;
  const reply = await transaction.query(insertRun, [
    ...[runId, cutplan.documentId, mode, "AWAITING_CUT_AUTHORIZATION", `${fence}`],
    ...[canonicalJson(target), cutplan.cutplanSha256],
  ]);
  if (reply instanceof Failure) return reply;
  for (const { phase, attempt, payload, payloadSha256 } of planning) {
    const recorded = await transaction.query(insertPlanningPhase, [runId, phase, `${attempt}`, payload, payloadSha256]);
    if (recorded instanceof Failure) return recorded;
  }
  return null;
}
