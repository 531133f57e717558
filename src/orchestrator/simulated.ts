/**
 * simulated: the adapter of a dry run, brought to where the run stands.
 *
 * A simulated database lives in memory, so another process makes it again: seeded from the survey, with the phases that
 * are recorded as done done again. Each must leave what its record says, byte for byte. Called for mode dryrun.
 */
import { METHODS, type Method } from "../execution/adapter.ts";
import { type Simulator, simulatorAdapter } from "../execution/simulator/simulator.ts";
import { seedWorld } from "../execution/simulator/world.ts";
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import type { AdapterWork } from "./prepare.ts";

/** EVIDENCE_ALTERED where a recorded phase, done again, leaves something else. */
export async function simulatedAdapter(work: AdapterWork): Promise<Simulator | Failure> {
  const { run, planned, survey, settings, done } = work;
  const document = settings.source.from === "replay" ? "replay" : "as surveyed";
  const simulator = simulatorAdapter({ world: seedWorld(survey, document), plan: planned.cutplan });
  for (const record of done) {
    const method = METHODS.find((name): name is Method => name === record.phase);
    if (method === undefined) continue;
    const again = await simulator[method]({ runId: run.runId, attempt: record.attempt });
    if (again instanceof Failure) return again;
    if (sha256(canonicalJson(again.facts)) === record.payloadSha256) continue;
    return new Failure("EVIDENCE_ALTERED", `${method}, simulated again, does not leave what the run recorded`, {
      facts: { what: "changed", name: method },
    });
  }
  return simulator;
}
