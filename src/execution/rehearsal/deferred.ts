/**
 * rehearsal/deferred: what COMMIT would check at the end of a phase, checked there, under the role of the phase.
 *
 * A rehearsal has one transaction where production has one for each phase. What was deferred is fired inside a
 * savepoint that is taken back, so that it is deferred again for what follows, and fires once more at the end.
 */
import { Failure } from "../../kernel/failure.ts";
import type { StatementRunner } from "../leg-a.ts";
import { tryOut } from "./savepoint.ts";

/** CONSTRAINT_DEFERRED with the server's words where the phase's COMMIT would fail. */
export async function refuseDeferred(transaction: StatementRunner): Promise<null | Failure> {
  const fired = await tryOut(transaction, () => transaction.query("SET CONSTRAINTS ALL IMMEDIATE"));
  if (!(fired instanceof Failure)) return null;
  if (typeof fired.facts.sqlstate !== "string") return fired;
  return new Failure("CONSTRAINT_DEFERRED", `COMMIT would fail: ${fired.message}`, {
    facts: fired.facts,
    cause: fired,
  });
}
