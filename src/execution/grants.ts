/**
 * grants: an approval is consumed in the ledger, in the transaction of the first thing that it authorises.
 *
 * If that transaction rolls back, so does the grant. The row is unique by approval, so each authorises once; the
 * phases behind it find it there. Whether the approval is valid was asked before. Called by the bodies of leg A, enact
 * and revert, which consume, and of leg B, which asks.
 */
import insertDecision from "../../sql/execution/insert-decision.sql" with { type: "text" };
import insertGrant from "../../sql/execution/insert-grant.sql" with { type: "text" };
import readGrant from "../../sql/execution/read-grant.sql" with { type: "text" };
import type { Gate } from "../flow/phase.ts";
import { Failure } from "../kernel/failure.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { Grant, LiveWork } from "./live-work.ts";

const UNIQUE_VIOLATION = "23505";

/** The grant that was consumed. STOP_APPROVAL_EXPIRED by the server's clock, STOP_APPROVAL_REPLAYED by the ledger. */
export async function consumeGrant(
  transaction: StatementRunner,
  { runId, grants }: Pick<LiveWork, "runId" | "grants">,
  gate: Grant["gate"],
): Promise<Grant | Failure> {
  const grant = grants[gate];
  if (grant === undefined) return new Failure("STOP_APPROVAL_REQUIRED", `${gate} was not given for run ${runId}`);
  const reply = await transaction.query(insertGrant, [
    ...[grant.approvalId, runId, gate, textArray(grant.authorities), grant.documentSha256],
    ...[textArray(grant.keyFingerprints), grant.expiresAt],
  ]);
  if (!(reply instanceof Failure)) return reply.tag === "INSERT 0 1" ? grant : ended(grant.approvalId, grant.expiresAt);
  if (reply.facts.sqlstate !== UNIQUE_VIOLATION) return reply;
  return new Failure(
    "STOP_APPROVAL_REPLAYED",
    `the ledger says that approval ${grant.approvalId} was consumed before`,
    {
      facts: { approval_id: grant.approvalId },
      cause: reply,
    },
  );
}

/** One decision for each authority that signed. */
export async function recordApproved(
  transaction: StatementRunner,
  grant: Grant,
  { runId, changeSetId }: { readonly runId: string; readonly changeSetId: string },
): Promise<null | Failure> {
  const { authorities, signatures, gate, documentSha256, note } = grant;
  for (const [index, authority] of authorities.entries()) {
    const signature = signatures[index] ?? null;
    const reply = await transaction.query(insertDecision, [
      ...[changeSetId, runId, "approved", gate, authority, documentSha256, signature, note || null, null],
    ]);
    if (reply instanceof Failure) return reply;
  }
  return null;
}

/** null where the run has consumed at this gate the very approval that it is armed by. */
export async function refuseForeignGrant(
  transaction: StatementRunner,
  { runId, grants }: Pick<LiveWork, "runId" | "grants">,
  gate: Gate,
): Promise<null | Failure> {
  const reply = await transaction.query(readGrant, [runId, gate]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  const expected = grants[gate];
  if (row?.approval_id === expected?.approvalId && row?.document_sha256 === expected?.documentSha256) {
    return row?.in_time === "t" ? null : ended(row?.approval_id ?? "", row?.expires_at ?? "");
  }
  const found = row === undefined ? "none" : (row.approval_id ?? "none");
  return new Failure("STOP_APPROVAL_INVALID", `the ledger has ${found} as the approval of ${gate} of run ${runId}`, {
    facts: { expected: expected?.approvalId ?? null, found },
  });
}

/** A clock of this machine that was put back makes nothing hold that has ended. */
function ended(approvalId: string, expiresAt: string): Failure {
  return new Failure("STOP_APPROVAL_EXPIRED", `approval ${approvalId} ended at ${expiresAt}, by the server's clock`, {
    facts: { approval_id: approvalId, expires_at: expiresAt },
  });
}

/** As PostgreSQL reads an array of text. */
export function textArray(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
