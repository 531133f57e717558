/**
 * refused-commit: PROOF-2 for targets without a live writer: the server itself refuses COMMIT, shown by trying it.
 *
 * In the session of the proof, in a transaction that holds nothing but the poison. Called by the sql, spec and generic
 * targets.
 */
import { Failure } from "../src/kernel/failure.ts";
import { demonstrateRefusal, POISON_SQLSTATE } from "../src/kernel/rollback-only/poison.ts";
import { expectEqual, failed, type Judgement, judge } from "../src/report/judgement.ts";
import type { ProofContext } from "./context.ts";

export async function refusedCommit(context: ProofContext): Promise<Judgement> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return failed(session);
  const refusal = await demonstrateRefusal(session);
  if (refusal instanceof Failure) return failed(refusal);
  const mismatches = [
    ...expectEqual("SQLSTATE of the COMMIT", POISON_SQLSTATE, refusal.sqlstate),
    ...expectEqual("status after it", "I", refusal.status),
  ];
  return judge({
    summary: `the server refused COMMIT with ${refusal.sqlstate}`,
    facts: { sqlstate: refusal.sqlstate, server_message: refusal.message, status_after: refusal.status },
    mismatches,
  });
}
