/**
 * carried: whether this program has the embedded engine inside: cutter has, cutter-proof has not.
 *
 * Loads nothing of the engine, so that it can be asked before anything else is done. Called by the conninfo resolver
 * and by embedded.ts.
 */
import { Failure } from "../failure.ts";
import { ENGINE } from "../version.ts";

/** The refusal of a program without the engine; null where it is inside. */
export function engineMissing(engine: typeof ENGINE = ENGINE): Failure | null {
  if (engine === "inside") return null;
  return new Failure("USAGE", "this program carries no database of its own", {
    hint: "cutter does, e.g. cutter proof rollback --embedded. Here, name a database of yours.",
  });
}
