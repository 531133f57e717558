/**
 * baseline: what a database looked like when someone accepted it, function and view texts included, by their digests.
 *
 * For a production database whose functions are not ours: save once, compare later. It stands in for the contract's
 * shape, never for the privilege matrix. Holds no text of any function. Read by verify; written by its caller.
 */
import * as v from "valibot";
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { inCatalogTransaction } from "./catalog-transaction.ts";
import { readShape } from "./read-shape.ts";

const words = v.record(v.string(), v.string());

/** A baseline from before these were read accepted none of them. */
const surroundings = v.strictObject({ eventTriggers: words, publications: words, objects: words, settings: words });
const NO_SURROUNDINGS = { eventTriggers: {}, publications: {}, objects: {}, settings: {} };

const baselineSchema = v.strictObject({
  schema: v.literal("cutter.schema-baseline/v1"),
  shape: v.strictObject({
    schemas: words,
    relations: v.record(
      v.string(),
      v.strictObject({
        definition: v.string(),
        columns: words,
        constraints: v.array(v.string()),
        indexes: words,
        triggers: words,
        rules: words,
        policies: words,
      }),
    ),
    functions: v.record(v.string(), v.strictObject({ signature: v.string(), properties: v.string() })),
    surroundings: v.optional(surroundings, NO_SURROUNDINGS),
  }),
  bodies: words,
});

export type Baseline = v.InferOutput<typeof baselineSchema>;

/** Reads the present state; needs a session outside any transaction. */
export function readBaseline(session: Session): Promise<Baseline | Failure> {
  return inCatalogTransaction(session, async () => {
    const live = await readShape(session);
    if (live instanceof Failure) return live;
    const { shape, bodies } = live;
    return v.parse(baselineSchema, { schema: "cutter.schema-baseline/v1", shape, bodies });
  });
}

/** From the text of a file. `source` names it in messages. */
export function parseBaseline(text: string, source: string): Baseline | Failure {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return new Failure("CONFIG_INVALID", `${source} is not JSON`, { cause });
  }
  const parsed = v.safeParse(baselineSchema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return new Failure("CONFIG_INVALID", `${source} is not a baseline: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}
