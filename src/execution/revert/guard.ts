/**
 * revert/guard: whether the units of a change set may be taken back: locked first, then looked at one by one.
 *
 * All must be drafts, and as the cut wrote them. An enacted unit is nobody's to take back: the whole is refused, each
 * such unit named. Writes nothing. Called by revert.ts inside its transaction.
 */
import readWritten from "../../../sql/execution/read-written.sql" with { type: "text" };
import lockUnits from "../../../sql/execution/revert/lock-units.sql" with { type: "text" };
import presence from "../../../sql/execution/revert/presence.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Row } from "../../kernel/session/session.ts";
import { type ChangeSet, eachPart } from "../change-set.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { LiveWork } from "../live-work.ts";
import { differencesOf } from "../verify-written.ts";
import type { RevertPlan } from "./plan.ts";

/** PHASE_REFUSED: what cannot be taken back in this way, whatever the units are. */
export async function refuseHow(
  transaction: StatementRunner,
  { cutplan }: LiveWork,
  { how }: RevertPlan,
): Promise<null | Failure> {
  if (how === "soft") {
    const reply = await transaction.query(presence);
    if (reply instanceof Failure || reply.rows[0]?.has_withdraw === "t") return reply instanceof Failure ? reply : null;
    return new Failure("PHASE_REFUSED", "the database has no fn_iu_withdraw, so drafts cannot be withdrawn", {
      hint: "A hard revert deletes them, with a signed HARD_DELETE approval.",
    });
  }
  const revised = cutplan.rows.filter(({ action }) => action === "revise");
  if (revised.length === 0) return null;
  const named = listOf(revised.map(({ canonicalAddress }) => canonicalAddress));
  return new Failure(
    "PHASE_REFUSED",
    `${revised.length} units were there before the cut and are not deleted: ${named}`,
  );
}

/** PHASE_REFUSED with the address of every unit that is not a draft, or not as it was cut. */
export async function refuseUnits(
  transaction: StatementRunner,
  { cutplan }: LiveWork,
  changeSet: ChangeSet,
): Promise<null | Failure> {
  const locked = await transaction.query(lockUnits, [changeSet.id]);
  if (locked instanceof Failure) return locked;
  const settled: string[] = [];
  const changed: string[] = [];
  const read = await eachPart(changeSet, {
    part: (after) => transaction.query(readWritten, [changeSet.id, `${after}`, `${limits.ledgerRowsPerFetch}`]),
    row: (row: Row) => {
      const planned = cutplan.rows[Number(row.ordinal) - 1];
      if (row.lifecycle_status === "enacted") settled.push(row.canonical_address ?? "");
      if (planned === undefined) changed.push(`row ${row.ordinal}: is not planned`);
      else changed.push(...differencesOf(planned, row));
    },
  });
  if (read !== null) return read;
  if (settled.length > 0) {
    return new Failure("PHASE_REFUSED", `${settled.length} units are enacted and stay: ${listOf(settled)}`, {
      facts: { enacted: settled },
      hint: "Enacted units are immutable. Take this to whoever owns the document; nothing was taken back.",
    });
  }
  if (changed.length === 0) return null;
  return new Failure("PHASE_REFUSED", `units were changed since the cut: ${listOf(changed)}`, {
    facts: { changed: changed.slice(0, limits.verifyFindings) },
    hint: "Somebody has worked on them. Ask who, before anything is taken back.",
  });
}

export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, limits.namedInRemark).join("; ");
  const more = names.length - limits.namedInRemark;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}
