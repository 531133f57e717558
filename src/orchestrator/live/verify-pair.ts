/**
 * live/verify-pair: whether both legs of a live run signed the same change set, each with its own key.
 *
 * From what the run store has of the two phases, and the keys of the configuration; no database is asked. Called by
 * `cutter verify`.
 */
import type { DotSigner, Leg } from "../../execution/dot-signer.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { altered } from "../altered.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import type { SigningKeys } from "./signing-keys.ts";

const PHASES = [
  ["leg_b_record", "exec"],
  ["write_verify", "verify"],
] as const satisfies readonly (readonly [string, Leg])[];

/** What was checked, one sentence each; EVIDENCE_ALTERED for a signature that is not one of this change set. */
export function verifyPair(store: Store, run: RunRecord, keys: SigningKeys | null): readonly string[] | Failure {
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const checked: string[] = [];
  const digests = new Set<string>();
  for (const [phase, leg] of PHASES) {
    const done = phases.find((one) => one.phase === phase && one.outcome === "done");
    if (done === undefined) continue;
    const facts = done.payload as Facts;
    digests.add(String(facts.change_set_sha256));
    const sentence = checkLeg(facts, leg, keys?.[leg] ?? null);
    if (sentence instanceof Failure) return sentence;
    checked.push(`${run.runId}: ${sentence}`);
  }
  if (digests.size < 2) return checked;
  return altered("changed", "the DOT pair", `of run ${run.runId} signs two different change sets`);
}

function checkLeg(facts: Facts, leg: Leg, key: DotSigner | null): string | Failure {
  const signed = facts.signature as Facts | null | undefined;
  if (signed === null || signed === undefined)
    return altered("missing", `the signature of the leg ${leg}`, "is missing");
  const fingerprint = String(signed.key_fingerprint);
  if (key === null) return `the leg ${leg} signed with ${fingerprint}, not checked: its key is not configured here`;
  const signature = {
    ...{ leg, payloadSha256: String(facts.change_set_sha256), keyFingerprint: fingerprint },
    signature: String(signed.signature),
  };
  if (key.verifies(signature)) return `the leg ${leg} signed the change set, checked with ${fingerprint}`;
  return altered("changed", `the signature of the leg ${leg}`, "is not one of this change set by the configured key");
}
