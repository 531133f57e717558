/**
 * run: one battery from flags to report: names the database, connects, runs, closes.
 *
 * Shared by `proof rollback` and `proof selfcheck`; renders nothing and ends no process. The sessions are closed in
 * every case; a session that cannot be closed in time is dropped, and the server rolls back.
 */

import { stopwatch, timestamp } from "../src/kernel/clock.ts";
import { describeTarget } from "../src/kernel/conninfo/describe.ts";
import { Failure } from "../src/kernel/failure.ts";
import { readKillSwitch } from "../src/kernel/kill-switch.ts";
import { sayAtEnd } from "../src/kernel/session/registry.ts";
import type { BatteryReport } from "../src/report/battery.ts";
import { battery } from "./battery.ts";
import { type ConnectionPlan, connect } from "./connections.ts";
import { emptyRecord, type ProofContext, type ProofOptions } from "./context.ts";
import { makeReport } from "./report.ts";
import { type Progress, runBattery } from "./runner.ts";
import { chooseTarget, type TargetFlags } from "./target-choice.ts";

export type RunOrder = {
  readonly runId: string;
  readonly command: string;
  readonly stateDirectory: string;
  readonly plan: ConnectionPlan;
  readonly targetFlags: TargetFlags;
  readonly options: ProofOptions;
  readonly progress?: Progress;
};

/** The document of the run; a Failure only for what is wrong before the first proof (files, flags). */
export async function runProofs(order: RunOrder): Promise<BatteryReport | Failure> {
  const startedAt = timestamp();
  const elapsed = stopwatch();
  const connections = connect(order.plan);
  const target = await chooseTarget(order.targetFlags, connections);
  if (target instanceof Failure) return target;
  const context = makeContext(order, { connections, target });
  const unsay = sayAtEnd("A proof never commits: the server rolls back what it wrote, and no row of it stays.");
  const proofs = await runBattery(battery, context, order.progress);
  await connections.close();
  unsay();
  return makeReport({
    runId: order.runId,
    command: order.command,
    startedAt,
    finishedAt: timestamp(),
    durationMs: elapsed(),
    database: {
      line: describeTarget(order.plan.target),
      source: order.plan.target.source,
      kind: order.plan.target.kind,
    },
    context,
    proofs,
  });
}

type Parts = { readonly connections: ReturnType<typeof connect>; readonly target: ProofContext["target"] };

export function makeContext(
  order: Pick<RunOrder, "options" | "stateDirectory">,
  { connections, target }: Parts,
): ProofContext {
  const record = emptyRecord();
  return {
    options: order.options,
    connections,
    asOwner: connections.asOwner,
    killSwitch: () => readKillSwitch({ stateDirectory: order.stateDirectory }),
    target: async () => {
      const settled = await target();
      if (!(settled instanceof Failure)) record.target = settled;
      return settled;
    },
    afterRollback: async () => null,
    record,
  };
}
