/**
 * runner: runs the battery in order, and says of each proof what came of it.
 *
 * The only place that decides what runs: after a proof that did not pass, those behind it are NOT RUN, but for PROOF-6
 * where a write was tried, and PROOF-7 always. A disturbed PROOF-6 is taken again with its write, up to `retries`,
 * unless the plan may have moved the rows itself.
 */
import { stopwatch } from "../src/kernel/clock.ts";
import { failureDocument, type ProofResult } from "../src/report/battery.ts";
import type { Judgement } from "../src/report/judgement.ts";
import type { ProofContext } from "./context.ts";
import type { Proof } from "./proof.ts";
import { whyNotAgain } from "./takes.ts";

/** Called as each proof ends, for progress on a terminal. */
export type Progress = (result: ProofResult) => void;

export async function runBattery(
  proofs: readonly Proof[],
  context: ProofContext,
  progress: Progress = () => {},
): Promise<readonly ProofResult[]> {
  const results: ProofResult[] = [];
  for (const proof of proofs) {
    const result = mayRun(proof, results, context) ? await runOne(proof, context) : notRun(proof, results);
    results.push(result);
    if (proof.id === "PROOF-6") await takeAgain(proofs, results, context);
    progress(results.at(-1) ?? result);
  }
  return results;
}

function mayRun(proof: Proof, results: readonly ProofResult[], context: ProofContext): boolean {
  if (results.every((result) => result.verdict === "PASS")) return true;
  if (proof.id === "PROOF-6") return context.record.take !== null;
  return proof.id === "PROOF-7";
}

/** While others were writing, and nothing failed, the write and the look after it are taken again together. */
async function takeAgain(proofs: readonly Proof[], results: ProofResult[], context: ProofContext): Promise<void> {
  const write = proofs.find((proof) => proof.id === "PROOF-5");
  const look = proofs.find((proof) => proof.id === "PROOF-6");
  for (let retry = 0; retry < context.options.retries; retry += 1) {
    if (write === undefined || look === undefined || !disturbed(results)) return;
    const { take, earlier, escapes } = context.record;
    if (whyNotAgain(escapes) !== null) return;
    const moved = results.flatMap((result) => result.mismatches);
    if (take !== null) context.record.earlier = [...earlier, { take, moved }];
    const written = await runOne(write, context);
    const looked = await runOne(look, context);
    results.splice(results.length - 2, 2, written, looked);
  }
}

function disturbed(results: readonly ProofResult[]): boolean {
  const unproven = results.filter((result) => result.verdict !== "PASS");
  return unproven.length > 0 && unproven.every((result) => result.verdict === "INCONCLUSIVE");
}

async function runOne(proof: Proof, context: ProofContext): Promise<ProofResult> {
  const elapsed = stopwatch();
  const judgement = await proof.run(context);
  return result(proof, judgement, elapsed());
}

function notRun(proof: Proof, results: readonly ProofResult[]): ProofResult {
  const cause = results.find((earlier) => earlier.verdict !== "PASS");
  const summary = `not run, because ${cause?.id ?? "an earlier proof"} did not pass`;
  return { ...result(proof, { ...failedQuietly, summary }, 0), verdict: "NOT RUN" };
}

const failedQuietly: Judgement = { verdict: "FAIL", summary: "", facts: {}, mismatches: [], failure: null };

function result(proof: Proof, judgement: Judgement, durationMs: number): ProofResult {
  const { failure, ...rest } = judgement;
  return {
    id: proof.id,
    claim: proof.claim,
    ...rest,
    durationMs,
    failure: failure === null ? null : failureDocument(failure),
  };
}
