/**
 * scenarios/embedded/list: the scenarios as a provider can carry them: four have a way in one session without logins.
 *
 * The claims are those of list.ts, word by word; only the way there is another. All others stay as they are, and are
 * not run where the provider lacks what they need. Data only. Called by the runner and by the plan.
 */
import type { Capability, ProviderName } from "../../providers/provider.ts";
import { SCENARIOS } from "../list.ts";
import type { Scenario } from "../scenario.ts";
import { killSwitchInside } from "./s-05-kill-switch.ts";
import { bareRowsInside } from "./s-06-bare-rows.ts";
import { forbiddenInside } from "./s-09-forbidden.ts";
import { immutableInside } from "./s-10-immutable.ts";

const INSIDE: readonly Scenario[] = [killSwitchInside, bareRowsInside, forbiddenInside, immutableInside];

export function scenariosOf(provider: ProviderName): readonly Scenario[] {
  if (provider !== "embedded") return SCENARIOS;
  return SCENARIOS.map((scenario) => INSIDE.find(({ id }) => id === scenario.id) ?? scenario);
}

/** What a scenario needs and a provider lacks; empty where it is run. */
export function lacksFor({ needs }: Scenario, lacks: readonly Capability[]): readonly Capability[] {
  return needs.filter((need) => lacks.includes(need));
}
