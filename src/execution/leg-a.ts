/**
 * leg-a: the body of leg A: creates the draft units of a cutplan through the database's own `fn_iu_create`.
 *
 * Works in whatever transaction it is given, and never begins or ends one: production gives it one that may commit
 * after its gate, proofs and rehearsal one that cannot. Any row that is not `created` fails the whole.
 */
import createUnits from "../../sql/execution/leg-a.sql" with { type: "text" };
import type { UnitRow } from "../flow/write-contract.ts";
import { Failure } from "../kernel/failure.ts";
import type { Cell, Reply } from "../kernel/session/session.ts";

/** The part of a transaction that a body needs; both kinds of transaction have it. */
export type StatementRunner = { query(text: string, parameters?: readonly Cell[]): Promise<Reply | Failure> };

export type CreatedUnit = { readonly informationUnitId: string; readonly unitVersionId: string };

/** Answers one entry per row, in order. UNIT_REJECTED names every rejected row with the database's own errors. */
export async function createDraftUnits(
  transaction: StatementRunner,
  rows: readonly UnitRow[],
): Promise<readonly CreatedUnit[] | Failure> {
  const reply = await transaction.query(createUnits, [JSON.stringify(rows)]);
  if (reply instanceof Failure) return reply;
  if (reply.rows.length !== rows.length) {
    return new Failure("UNIT_REJECTED", `${reply.rows.length} answers came back for ${rows.length} rows`);
  }
  const rejected = reply.rows.filter((row) => row.status !== "created");
  if (rejected.length > 0) {
    const problems = rejected.map((row) => `row ${row.ordinal}: ${row.status} ${row.errors ?? ""}`);
    return new Failure("UNIT_REJECTED", `fn_iu_create refused ${rejected.length} of ${rows.length} rows`, {
      facts: { problems },
    });
  }
  return reply.rows.map((row) => ({
    informationUnitId: row.information_unit_id ?? "",
    unitVersionId: row.unit_version_id ?? "",
  }));
}
