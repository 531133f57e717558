/**
 * scenarios/ledger: what the throwaway database says of a run, and how many rows its tables have: for comparing.
 *
 * Asked by the superuser, in one statement each. Reads only. Called by the scenarios.
 */
import { Failure } from "../../kernel/failure.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { countCutTables } from "../measure/database.ts";
import { SUPERUSER } from "../providers/provider.ts";
import type { RowDelta } from "../rows.ts";
import { withAdministrator } from "../sessions.ts";
import type { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";

export type Counts = ReadonlyMap<string, number>;

export function countsOf({ sandbox }: Stage): Promise<Counts | Failure> {
  return withAdministrator(sandbox, { role: SUPERUSER, database: DATABASE }, countCutTables);
}

/** Every table that changed otherwise than by `wanted`. */
export function expectRows(before: Counts, after: Counts, wanted: RowDelta): Mismatch[] {
  const relations = [...new Set([...before.keys(), ...after.keys(), ...Object.keys(wanted)])];
  return relations.flatMap((relation) => {
    const by = (after.get(relation) ?? 0) - (before.get(relation) ?? 0);
    return expectEqual(`rows of ${relation} more`, wanted[relation] ?? 0, by);
  });
}

const RUN = `SELECT r.state, s.status, s.row_count,
    (SELECT count(*) FROM cutter_governance.dot_pair_signature d WHERE d.change_set_id = s.id) AS signatures,
    (SELECT count(*) FROM cutter_governance.run_phase p
      WHERE p.run_id = r.run_id AND p.outcome = 'done') AS done,
    (SELECT string_agg(DISTINCT u.lifecycle_status, ' ')
      FROM cutter_governance.cut_change_set_affected_row a
      JOIN public.information_unit u ON u.id = a.information_unit_id WHERE a.change_set_id = s.id) AS lifecycle
  FROM cutter_governance.run r LEFT JOIN cutter_governance.cut_change_set s ON s.run_id = r.run_id
  WHERE r.run_id = $1`;

export type LedgerRun = {
  readonly state: string;
  /** Of the change set; null where leg A was never committed. */
  readonly status: string | null;
  readonly rows: number;
  readonly signatures: number;
  /** Phases that are done. */
  readonly done: number;
  /** Of its units, each status once. */
  readonly lifecycle: string | null;
};

/** null where the ledger has no such run. */
export async function ledgerRun(stage: Stage, runId: string): Promise<LedgerRun | null | Failure> {
  const rows = await stage.ask(RUN, [runId]);
  if (rows instanceof Failure) return rows;
  const [row] = rows;
  if (row === undefined) return null;
  return {
    ...{ state: row.state ?? "", status: row.status ?? null, rows: Number(row.row_count ?? 0) },
    ...{ signatures: Number(row.signatures), done: Number(row.done), lifecycle: row.lifecycle ?? null },
  };
}
