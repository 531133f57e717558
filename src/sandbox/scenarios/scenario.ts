/**
 * scenarios/scenario: what a scenario is: something that is done on the throwaway database, and what has to come of it.
 *
 * What it does goes through the same commands as a live run; what came of it is asked of the server. It predicts the
 * rows that it leaves, which G-15 adds up. Called by run-scenarios.ts; the scenarios are beside this file.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Observation } from "../../report/judgement.ts";
import type { Capability } from "../providers/provider.ts";
import type { RowDelta } from "../rows.ts";
import type { Stage } from "../stage/stage.ts";

export type Outcome = Observation & {
  /** By how much it changes each table, in the end. */
  readonly predicted: RowDelta;
};

export type Scenario = {
  /** `S1` to `S12`. */
  readonly id: string;
  readonly title: string;
  /** Command lines as the plan shows them: a word in capitals where the run itself decides. */
  readonly lines: readonly string[];
  /** Without these it is reported as not run. */
  readonly needs: readonly Capability[];
  run(stage: Stage): Promise<Outcome | Failure>;
};
