/**
 * PROOF-4: what is about to be driven keeps its contract, and the guard can say no.
 *
 * What that means is the target's: the write contract of a unit, statements that parse and hold no escape, an
 * operator's spec, or a session with the rights it should have. What the witness runs is asked for whatever the target.
 * Its sabotages break the contract, not the question.
 */
import { Failure } from "../src/kernel/failure.ts";
import { failed, type Judgement } from "../src/report/judgement.ts";
import type { ProofContext, ProofTarget } from "./context.ts";
import { refuseWitness, witnessEscapes } from "./escapes.ts";
import { rowsFound } from "./leak-query.ts";
import type { Proof } from "./proof.ts";
import {
  bareRowAccepted,
  changedSignature,
  fieldOverlooked,
  functionMissing,
  leakQueryReachesOutside,
  policyReachesOutside,
  replicaSession,
  securityInvoker,
} from "./sabotage/contract.ts";

export const contractHolds: Proof = {
  id: "PROOF-4",
  claim: "the contract holds, and its guard refuses what does not keep it",
  sabotage: [
    bareRowAccepted,
    fieldOverlooked,
    changedSignature,
    securityInvoker,
    functionMissing,
    policyReachesOutside,
    leakQueryReachesOutside,
    replicaSession,
  ],
  async run(context) {
    const target = await context.target();
    if (target instanceof Failure) return failed(target);
    const scanning = witnessEscapes(context, target);
    // On one session it would come in between; on two it takes its time meanwhile.
    if (context.connections.sessions === "single") await scanning;
    const judgement = await target.contract(context);
    const escapes = await scanning;
    if (judgement.verdict !== "PASS") return judgement;
    if (escapes instanceof Failure) return failed(escapes);
    return refuseWitness(context, escapes) ?? (await leakQueriesAnswer(context, target)) ?? judgement;
  },
};

/** What an operator wrote is asked once before anything is written; what it finds is PROOF-6's to judge. */
async function leakQueriesAnswer(context: ProofContext, target: ProofTarget): Promise<Judgement | null> {
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return failed(witness);
  for (const leak of target.leaks.filter(({ writtenBy }) => writtenBy === "operator")) {
    const rows = await rowsFound(witness, leak);
    if (rows instanceof Failure) return failed(rows);
  }
  return null;
}
