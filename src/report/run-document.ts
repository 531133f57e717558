/**
 * run-document: the document `cutter.run/v1` as a type: where one run stands and what it did.
 *
 * Its fields are those of run-schema.ts. A file of its own, so that each form that a run is drawn in can name it.
 */
import type * as v from "valibot";
import type { DeepReadonly } from "./battery.ts";
import type { runSchema } from "./run-schema.ts";

export type RunReport = DeepReadonly<v.InferOutput<typeof runSchema>>;
