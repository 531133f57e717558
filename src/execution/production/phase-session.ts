/**
 * phase-session: the one session that carries a phase: bounded, on the right database, with the document's lock.
 *
 * What it is was asked from itself, not taken from the survey: the phase writes here. Opened behind the kill switch
 * only, by phase-transaction.ts.
 */
import lockDocument from "../../../sql/execution/lock-document.sql" with { type: "text" };
import phaseSettings from "../../../sql/execution/phase-settings.sql" with { type: "text" };
import type { TargetIdentity } from "../../flow/survey.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import type { Session } from "../../kernel/session/session.ts";

export type SessionOrder = { readonly target: TargetIdentity; readonly documentId: string };

/** Closes the session where it answers a Failure: STOP_TARGET_CHANGED, STOP_LOCKED, TARGET_IS_POOLER and others. */
export async function preparePhaseSession(session: Session, order: SessionOrder): Promise<Session | Failure> {
  const refused =
    (await settle(session)) ?? (await refuseTarget(session, order)) ?? (await takeLock(session, order.documentId));
  if (refused === null) return session;
  await session.close();
  return refused;
}

async function settle(session: Session): Promise<null | Failure> {
  const reply = await session.query(phaseSettings, [
    `${limits.lockTimeoutMs}`,
    `${limits.phaseStatementTimeoutMs}`,
    `${limits.idleInTransactionTimeoutMs}`,
    `${limits.phaseTransactionTimeoutMs}`,
    `${limits.clientConnectionCheckMs}`,
  ]);
  return reply instanceof Failure ? reply : null;
}

/** STOP_TARGET_CHANGED where this is not the cluster, timeline and database that the run was approved for. */
export async function refuseTarget(
  session: Session,
  { target }: Pick<SessionOrder, "target">,
): Promise<null | Failure> {
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  if (identity.backendPids.some((pid) => pid !== identity.loginPid)) {
    return new Failure("TARGET_IS_POOLER", `logged in to backend ${identity.loginPid}, answered by another`);
  }
  if (identity.inRecovery) return new Failure("TARGET_IS_STANDBY", "the server is a standby, where nothing is written");
  const { systemIdentifier, timeline, database } = identity;
  const facts = { planned: { ...target }, seen: { systemIdentifier, timeline, database } };
  if (systemIdentifier === null || target.systemIdentifier === null) {
    const who = systemIdentifier === null ? `the role ${identity.role}` : "whoever surveyed it for the run";
    return new Failure("STOP_TARGET_CHANGED", `which cluster this is cannot be told: ${who} may not ask for it`, {
      facts,
      hint: "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() to the role: without it any cluster would do.",
    });
  }
  const [planned, seen] = [canonicalJson(facts.planned), canonicalJson(facts.seen)];
  if (planned === seen) return null;
  return new Failure("STOP_TARGET_CHANGED", `the run was approved for ${planned}, and this is ${seen}`, { facts });
}

/** STOP_LOCKED where another session has the document; held until this one ends. */
export async function takeLock(session: Session, documentId: string): Promise<null | Failure> {
  const reply = await session.query(lockDocument, [documentId]);
  if (reply instanceof Failure) return reply;
  if (reply.rows[0]?.locked === "t") return null;
  return new Failure("STOP_LOCKED", `another session of cutter works on ${documentId} in this database`);
}
