/**
 * schema-differences: the differences between a database and its contract, as lines and as a failure.
 *
 * Names come from a database that is not ours: what a terminal would obey in them is shown escaped. Pure. Used by the
 * schema verbs.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { Failure, type FailureDetails } from "../kernel/failure.ts";
import type { Difference } from "../schema/compare.ts";

/** One line each: `missing  trigger public.x.y: expected …`. */
export function differenceLines(differences: readonly Difference[]): string[] {
  const width = Math.max(0, ...differences.map(({ change }) => change.length));
  return differences.map(({ change, kind, object, expected, actual }) => {
    const facts = [expected === null ? [] : `expected ${expected}`, actual === null ? [] : `found ${actual}`].flat();
    return printable(`${change.padEnd(width)}  ${kind} ${object}: ${facts.join("; ")}`);
  });
}

/** Exit code 3. */
export function schemaDiffers(differences: readonly Difference[], details: FailureDetails = {}): Failure {
  const count = differences.length === 1 ? "1 difference" : `${differences.length} differences`;
  return new Failure("SCHEMA_DIFFERS", `${count} between the database and what it is compared with`, details);
}
