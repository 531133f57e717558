/**
 * schema-differences: the differences between a database and its contract, as lines and as a failure.
 *
 * Names come from a database that is not ours: what a terminal would obey in them is shown escaped. Pure. Used by the
 * schema verbs.
 */

import { printable } from "../kernel/evidence/printable.ts";
import { Failure, type FailureDetails } from "../kernel/failure.ts";
import { COLUMNS, hanging } from "../report/lines.ts";
import type { Difference } from "../schema/compare.ts";

/** A line each, which goes on below where it is long: `missing  trigger public.x.y: expected …`. */
export function differenceLines(differences: readonly Difference[]): string[] {
  const width = Math.max(0, ...differences.map(({ change }) => change.length));
  return differences.flatMap(({ change, kind, object, expected, actual }) => {
    const facts = [expected === null ? [] : `expected ${expected}`, actual === null ? [] : `found ${actual}`].flat();
    return hanging(`${change.padEnd(width)}  `, printable(`${kind} ${object}: ${facts.join("; ")}`), COLUMNS);
  });
}

/** Exit code 3. */
export function schemaDiffers(differences: readonly Difference[], details: FailureDetails = {}): Failure {
  const count = differences.length === 1 ? "1 difference" : `${differences.length} differences`;
  return new Failure("SCHEMA_DIFFERS", `${count} between the database and what it is compared with`, details);
}
