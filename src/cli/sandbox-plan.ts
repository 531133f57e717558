/**
 * sandbox-plan: `cutter sandbox plan`: the commands that `cutter sandbox run` would run, with their gates.
 *
 * Runs none of them, makes nothing and connects to nothing. Called by sandbox.ts.
 */
import { join } from "node:path";
import { type Fact, Failure } from "../kernel/failure.ts";
import { type SandboxPlan, sandboxPlanText } from "../report/sandbox-plan.ts";
import { COMMANDS } from "../sandbox/commands.ts";
import { actionOf, claimOf, embeddedLines } from "../sandbox/embedded-lines.ts";
import { ALL_GATES } from "../sandbox/gates/list.ts";
import { recordDirectory } from "../sandbox/leftovers/record.ts";
import { bestVerdict, notCarriedBy } from "../sandbox/partial.ts";
import { scenariosOf } from "../sandbox/scenarios/embedded/list.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { orderOf, type SandboxFlags } from "./sandbox-order.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: SandboxFlags; readonly globals: Globals };

export async function sandboxPlan({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const ordered = await orderOf(flags, globals);
  if (ordered instanceof Failure) return ordered;
  const { name, provider, source, line, minFreeBytes, stateDirectory } = ordered;
  const notCarried = notCarriedBy(provider);
  const workDirectory = join(recordDirectory(stateDirectory), name);
  const names = {
    ...{ name, provider: provider.name, source: source.kind, sourceLine: line, workDirectory, minFreeBytes },
    scenarios: scenariosOf(provider.name).map(({ id, title, lines }) => {
      const why = notCarried.get(id);
      return why === undefined ? { id, title, lines } : { id, title, lines: [`# ${why}`] };
    }),
  };
  const plan: SandboxPlan = {
    ...{ schema: "cutter.sandbox-plan/v1", name, provider: provider.name, source: { kind: source.kind, line } },
    ...{ best: bestVerdict(provider), notRun: [...notCarried].map(([id, why]) => ({ id, why })) },
    commands: COMMANDS.map(({ id, action, gates, lines }) => ({
      ...{ id, action: actionOf({ id, action }, provider.name), lines: embeddedLines(id, names) ?? lines(names) },
      gates: gates.map((wanted) => ({ id: wanted, claim: claimOf(gateOf(wanted), provider.name) })),
    })),
  };
  if (globals.format === "json") await terminal.document(plan as unknown as Fact);
  else await terminal.result(sandboxPlanText(plan));
  return EXIT.done;
}

function gateOf(wanted: string): (typeof ALL_GATES)[number] {
  const found = ALL_GATES.find(({ id }) => id === wanted);
  if (found === undefined) throw new Error(`${wanted} is no gate`);
  return found;
}
