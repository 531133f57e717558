/**
 * sandbox-plan: `cutter sandbox plan`: the commands that `cutter sandbox run` would run, with their gates.
 *
 * Runs none of them, makes nothing and connects to nothing. Called by sandbox.ts.
 */
import { join } from "node:path";
import { type Fact, Failure } from "../kernel/failure.ts";
import { type SandboxPlan, sandboxPlanText } from "../report/sandbox-plan.ts";
import { COMMANDS } from "../sandbox/commands.ts";
import { ALL_GATES } from "../sandbox/gates/list.ts";
import { recordDirectory } from "../sandbox/leftovers/record.ts";
import { SCENARIOS } from "../sandbox/scenarios/list.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { orderOf, type SandboxFlags } from "./sandbox-order.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: SandboxFlags; readonly globals: Globals };

export async function sandboxPlan({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const ordered = await orderOf(flags, globals);
  if (ordered instanceof Failure) return ordered;
  const { name, provider, source, line, minFreeBytes, stateDirectory } = ordered;
  const workDirectory = join(recordDirectory(stateDirectory), name);
  const names = {
    ...{ name, provider: provider.name, source: source.kind, sourceLine: line, workDirectory, minFreeBytes },
    scenarios: SCENARIOS,
  };
  const plan: SandboxPlan = {
    ...{ schema: "cutter.sandbox-plan/v1", name, provider: provider.name, source: { kind: source.kind, line } },
    commands: COMMANDS.map(({ id, action, gates, lines }) => ({
      ...{ id, action, lines: lines(names) },
      gates: gates.map((wanted) => ({ id: wanted, claim: claimOf(wanted) })),
    })),
  };
  if (globals.format === "json") await terminal.document(plan as unknown as Fact);
  else await terminal.result(sandboxPlanText(plan));
  return EXIT.done;
}

function claimOf(wanted: string): string {
  const found = ALL_GATES.find(({ id }) => id === wanted);
  if (found === undefined) throw new Error(`${wanted} is no gate`);
  return found.claim;
}
