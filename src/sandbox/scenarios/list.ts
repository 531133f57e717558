/**
 * scenarios/list: the twelve scenarios, in the order in which they are run: later ones use what earlier ones left.
 *
 * Data only. Called by the runner and by the plan.
 */
import { roles } from "./s-01-roles.ts";
import { wholeRun } from "./s-02-whole-run.ts";
import { resumeClosed } from "./s-03-resume-closed.ts";
import { secondRun } from "./s-04-second-run.ts";
import { killSwitch } from "./s-05-kill-switch.ts";
import { bareRows } from "./s-06-bare-rows.ts";
import { failedPhases } from "./s-07-failed-phases.ts";
import { killedAfterCommit } from "./s-08-killed-after-commit.ts";
import { forbidden } from "./s-09-forbidden.ts";
import { immutable } from "./s-10-immutable.ts";
import { revert } from "./s-11-revert.ts";
import { contention } from "./s-12-contention.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [
  roles,
  wholeRun,
  resumeClosed,
  secondRun,
  killSwitch,
  bareRows,
  failedPhases,
  killedAfterCommit,
  forbidden,
  immutable,
  revert,
  contention,
];
