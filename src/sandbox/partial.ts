/**
 * partial: what a provider can carry at best, known beforehand, and whether a sandbox at its end fell short of that.
 *
 * PARTIAL is no proof of the whole: everything that was run passed, and the rest, each by name, was not. A scenario or
 * gate that the provider can carry is never excused. Pure. Called by run.ts and by the plan.
 */
import { Failure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";
import { notCarried, unmeasuredGates } from "./gates/embedded.ts";
import { ALL_GATES } from "./gates/list.ts";
import type { Capability, ProviderName } from "./providers/provider.ts";
import { lacksFor, scenariosOf } from "./scenarios/embedded/list.ts";

export type Carrier = { readonly name: ProviderName; readonly lacks: readonly Capability[] };

/** What is not run, by id, with why; empty where all of it is. */
export function notCarriedBy({ name, lacks }: Carrier): ReadonlyMap<string, string> {
  const scenarios = scenariosOf(name).flatMap((scenario) => {
    const missing = lacksFor(scenario, lacks);
    return missing.length === 0 ? [] : [[scenario.id, notCarried(missing)] as const];
  });
  return new Map([...scenarios, ...unmeasuredGates(lacks)]);
}

/** The first line that it can end with at best, as `sandboxVerdict` writes it. */
export function bestVerdict(carrier: Carrier): string {
  const missing = [...notCarriedBy(carrier).keys()];
  const scenarios = scenariosOf(carrier.name).length;
  const without = missing.filter((id) => id.startsWith("S")).length;
  const gates = ALL_GATES.length - (missing.length - without);
  const ending = missing.length === 0 ? "NET_ZERO" : "PARTIAL";
  return `CUTTER_SANDBOX ${scenarios - without}/${scenarios} SCENARIOS ${gates}/${ALL_GATES.length} GATES ${ending}`;
}

/** The first that did not pass though the provider carries it; else the first that did not pass. */
export function firstRed(carrier: Carrier, judged: readonly Judged[]): Judged | undefined {
  const excused = notCarriedBy(carrier);
  const open = judged.filter(({ verdict }) => verdict !== "PASS");
  return open.find(({ id, verdict }) => verdict !== "NOT RUN" || !excused.has(id)) ?? open[0];
}

/** SANDBOX_PARTIAL where all the rest passed; null where something of the rest did not, or nothing is missing. */
export function partialFailure(carrier: Carrier, judged: readonly Judged[]): Failure | null {
  const excused = notCarriedBy(carrier);
  const open = judged.filter(({ verdict }) => verdict !== "PASS");
  if (open.length === 0 || open.some(({ id, verdict }) => verdict !== "NOT RUN" || !excused.has(id))) return null;
  const names = open.map(({ id }) => id).join(", ");
  const lacking = `the provider ${carrier.name} has no ${carrier.lacks.join(", no ")}`;
  return new Failure("SANDBOX_PARTIAL", `what was run passed; not run: ${names}, since ${lacking}`, {
    facts: { not_run: open.map(({ id }) => id) },
  });
}
