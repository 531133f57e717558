/**
 * scenarios/list: the twelve scenarios, in the order in which they are run: later ones use what earlier ones left.
 *
 * Data only. Called by the runner and by the plan.
 */
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [];
