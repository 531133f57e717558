/**
 * PROOF-4: what is about to be driven keeps its contract, and the guard can say no.
 *
 * What that means is the target's: the write contract of a unit, statements that parse and hold no escape, an
 * operator's spec, or a session with the rights it should have. Its sabotages break the contract, not the question.
 */
import { Failure } from "../src/kernel/failure.ts";
import { failed } from "../src/report/judgement.ts";
import type { Proof } from "./proof.ts";
import {
  bareRowAccepted,
  changedSignature,
  fieldOverlooked,
  functionMissing,
  replicaSession,
  securityInvoker,
} from "./sabotage/contract.ts";

export const contractHolds: Proof = {
  id: "PROOF-4",
  claim: "the contract holds, and its guard refuses what does not keep it",
  sabotage: [bareRowAccepted, fieldOverlooked, changedSignature, securityInvoker, functionMissing, replicaSession],
  async run(context) {
    const target = await context.target();
    return target instanceof Failure ? failed(target) : target.contract(context);
  },
};
