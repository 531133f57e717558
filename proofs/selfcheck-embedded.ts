/**
 * selfcheck-embedded: the sabotages of every target, on the embedded database, one role after the other.
 *
 * Never names a database of the operator's: sabotages really break things. Writes no file. Called by
 * `cutter proof selfcheck` and `cutter selftest`.
 */
import type { EmbeddedTarget } from "../src/kernel/conninfo/target.ts";
import { defaultCountOptions } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import { battery } from "./battery.ts";
import { connect } from "./connections.ts";
import type { ProofOptions } from "./context.ts";
import type { Proof } from "./proof.ts";
import { makeContext } from "./run.ts";
import { cannotRun, runSelfcheck, type SabotageResult, type UnrunSabotage } from "./selfcheck.ts";
import { SELFCHECK_ROLES, SELFCHECK_TARGETS } from "./selfcheck-targets.ts";

/** Retries off: a sabotage is not a passing disturbance. */
const OPTIONS: ProofOptions = {
  retries: 0,
  lockTimeoutMs: limits.lockTimeoutMs,
  statementTimeoutMs: limits.statementTimeoutMs,
  counts: defaultCountOptions,
  allowances: [],
  expectedRole: null,
  maxLockMs: null,
  maxRows: null,
};

export const SELFCHECK_DATABASE: EmbeddedTarget = { kind: "embedded", source: "--embedded" };

export type EmbeddedSelfcheck = {
  readonly results: readonly SabotageResult[];
  readonly notRun: readonly UnrunSabotage[];
};

export type SelfcheckOrder = {
  /** Where the kill switch looks for a HOLD; it need not be there. */
  readonly stateDirectory: string;
  /** What is checked; the battery but in tests. */
  readonly proofs?: readonly Proof[];
};

export async function selfcheckEmbedded(order: SelfcheckOrder): Promise<EmbeddedSelfcheck | Failure> {
  const { stateDirectory, proofs = battery } = order;
  const results: SabotageResult[] = [];
  const notRun: UnrunSabotage[] = [];
  for (const [embeddedRole, kinds] of SELFCHECK_ROLES) {
    const plan = { target: SELFCHECK_DATABASE, witnessTarget: null, embeddedRole, counts: defaultCountOptions };
    const connections = connect(plan);
    for (const kind of kinds) {
      const parts = { connections, target: SELFCHECK_TARGETS[kind] };
      const seen = await runSelfcheck(() => makeContext({ options: OPTIONS, stateDirectory }, parts), proofs);
      if (seen instanceof Failure) {
        await connections.close();
        return seen;
      }
      results.push(...seen);
      notRun.push(...cannotRun(kind, connections.sessions, proofs));
    }
    await connections.close();
  }
  return { results, notRun };
}
