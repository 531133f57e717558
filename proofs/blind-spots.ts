/**
 * blind-spots: what the proof touched and the witness could not see, so that nothing is known of what stayed there.
 *
 * A right that the witness lacks says nothing of the writer; a relation beyond --max-relations was not looked at.
 * Either is a failure of PROOF-6, never a pass. A relation that was only estimated is no blind spot: it was looked
 * at, and the report says how. Pure.
 */
import { Failure } from "../src/kernel/failure.ts";
import { knownEffects } from "../src/kernel/rollback-only/failed-run.ts";
import type { OwnRows } from "../src/kernel/witness.ts";
import type { Mismatch } from "../src/report/battery.ts";
import type { Take } from "./context.ts";

export function blindSpots(take: Take, ownRows: readonly OwnRows[]): Mismatch[] {
  if (take.drive instanceof Failure) return [];
  // What has no oid outside the transaction was made by it and is gone with it, whatever it was called.
  const outside = take.drive.effects.relations.filter(({ oid }) => oid !== null);
  return outside.flatMap(({ relation }) => {
    const reason = whyUnseen(take, { relation, ownRows });
    return reason === null ? [] : [{ what: `rows of ${relation}`, expected: "seen by the witness", seen: reason }];
  });
}

/** What it touched and the witness saw a part of: whether a row stayed among those that a policy hides is not known. */
export function hiddenSpots(take: Take): Mismatch[] {
  const touched = new Set(knownEffects(take.drive)?.relations.map(({ relation }) => relation));
  const hidden = take.before.filter(({ how, relation }) => how === "visible rows" && touched.has(relation));
  return [...new Set(hidden.map(({ relation }) => relation))].map((relation) => ({
    what: `rows of ${relation}`,
    expected: "all seen by the witness",
    seen: "row-level security applies to the witness: name one that sees every row with --witness-url",
  }));
}

function whyUnseen(
  take: Take,
  { relation, ownRows }: { relation: string; ownRows: readonly OwnRows[] },
): string | null {
  const count = take.before.find((one) => one.relation === relation && one.filter === null);
  if (count !== undefined && count.how !== "unreadable" && count.how !== "missing") return null;
  const rows = ownRows.find((one) => one.relation === relation)?.rows;
  // Outside the transaction: made by it and gone with it.
  if (rows === "not there" || typeof rows === "number") return null;
  if (count?.how === "unreadable") return "42501 for the witness";
  if (rows === "uncountable") return "not watched, and not countable";
  // Without an id nothing was written, so there was nothing to look for.
  return take.xid === null ? null : "not looked at";
}
