/**
 * run-document: the document `cutter.run/v1` as a type: where one run stands, what it did, and whether it is under way.
 *
 * Its fields are those of run-schema.ts. A file of its own, so that each form that a run is drawn in can name it. Pure.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import type { runSchema } from "./run-schema.ts";

export type RunReport = DeepReadonly<v.InferOutput<typeof runSchema>>;

/** One that failed, or came to nothing, is to come again; of a run that was stopped nothing is. */
export function stepsAhead({ state, steps }: RunReport): RunReport["steps"] {
  return ENDED.includes(state) ? [] : steps.filter(({ standing }) => standing !== "done");
}

/** It was cut off, or waits: no green, though nothing of it went wrong. */
export function isUnderWay(report: RunReport): boolean {
  return stepsAhead(report).some(({ standing }) => standing === "failed" || standing === "waiting");
}

const ENDED: readonly string[] = ["STOPPED", "HELD", "REVERTED", "CLOSEOUT_REPORTED"];
