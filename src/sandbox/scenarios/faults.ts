/**
 * scenarios/faults: faults that are staged in the throwaway database itself, since the program carries none: a trigger
 * that raises where a phase has written some of its rows, and says how many that were.
 *
 * Made and removed by the superuser, around one attempt. Called by the scenarios.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Stage } from "../stage/stage.ts";
import { caught } from "../thrown.ts";

/** While `work` runs, an insert into the table fails with the SQLSTATE of a full disk. */
export async function whileFailing<T>(
  stage: Stage,
  { table, when }: Fault,
  work: () => Promise<T | Failure>,
): Promise<T | Failure> {
  const condition = when === null ? "" : ` WHEN (${when})`;
  const made = await stage.prepare([
    `CREATE FUNCTION public.sandbox_fault() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''broken on purpose behind % rows'', (
          SELECT sum(n_tup_ins + n_tup_upd) FROM pg_catalog.pg_stat_xact_user_tables
        ) USING ERRCODE = ''disk_full''; END'`,
    `CREATE TRIGGER sandbox_fault BEFORE INSERT ON ${table}
      FOR EACH ROW${condition} EXECUTE FUNCTION public.sandbox_fault()`,
  ]);
  const done = made ?? (await caught("the work behind a fault", work));
  const mended = await stage.prepare([
    `DROP TRIGGER IF EXISTS sandbox_fault ON ${table}`,
    "DROP FUNCTION IF EXISTS public.sandbox_fault()",
  ]);
  return mended ?? done;
}

/** How many rows the transaction had written when the fault broke it, by the server's own count; null: not said. */
export function rowsBefore(text: string): number | null {
  const [, rows] = /broken on purpose behind (\d+) rows/.exec(text.replaceAll(/\s+/g, " ")) ?? [];
  return rows === undefined ? null : Number(rows);
}

export type Fault = { readonly table: string /** A condition on NEW; null: always. */; readonly when: string | null };
