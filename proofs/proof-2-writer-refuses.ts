/**
 * PROOF-2: a write that was not meant is refused.
 *
 * For the IU contract the live writer refuses in all six methods before any connection is made; for every other target
 * the server itself refuses COMMIT, shown by trying it. What it means is the target's.
 */
import { Failure } from "../src/kernel/failure.ts";
import { failed } from "../src/report/judgement.ts";
import type { Proof } from "./proof.ts";
import { commitTaken, connectsFirst, ungatedMethod } from "./sabotage/adapter.ts";

export const writerRefuses: Proof = {
  id: "PROOF-2",
  claim: "a write that was not meant is refused",
  sabotage: [connectsFirst, ungatedMethod, commitTaken],
  async run(context) {
    const target = await context.target();
    return target instanceof Failure ? failed(target) : target.refuses(context);
  },
};
