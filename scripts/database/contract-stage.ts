/**
 * contract-stage: the production adapter on a real database, as a stage of the contract that every adapter keeps.
 *
 * It fails in the middle of a phase as a full disk would: by a trigger on the third row. What it holds is counted by
 * another program. For adapter.test.ts alone.
 */
import type { ExecutionAdapter, Method } from "../../src/execution/adapter.ts";
import { takeSnapshot } from "../../src/orchestrator/snapshot.ts";
import { createDatabase, testServer } from "./database.ts";
import { DOCUMENT_ID, liveAdapter, planLive, smallLaw } from "./live.ts";
import { openRoleSession, succeed } from "./target.ts";

const THIRD = `SELECT id FROM information_unit WHERE canonical_address = '${DOCUMENT_ID}/article-3'`;

const BREAKS: { readonly [method in Method]?: readonly [table: string, column: string, value: string] } = {
  cut_leg_a: ["cutter_governance.cut_change_set_affected_row", "ordinal", "3"],
  leg_b_record: ["cutter_governance.manifest_unit_block", "ordinal", "3"],
  write_verify: ["cutter_governance.verify_result", "result", "'match'"],
  lifecycle_enact: ["iu_lifecycle_log", "information_unit_id", "THIRD"],
  compensate: ["iu_lifecycle_log", "information_unit_id", "THIRD"],
};

const HELD = `SELECT json_build_object(
  'information_unit', (SELECT count(*) FROM information_unit WHERE canonical_address LIKE '${DOCUMENT_ID}/%'),
  'enacted', (SELECT count(*) FROM information_unit
    WHERE canonical_address LIKE '${DOCUMENT_ID}/%' AND lifecycle_status = 'enacted'),
  'cut_change_set_affected_row', (SELECT count(*) FROM cutter_governance.cut_change_set_affected_row
    WHERE canonical_address LIKE '${DOCUMENT_ID}/%'),
  'log', (SELECT count(*) FROM iu_lifecycle_log), 'run_phase', (SELECT count(*) FROM cutter_governance.run_phase),
  'grants', (SELECT count(*) FROM cutter_governance.approval_grant),
  'decisions', (SELECT count(*) FROM cutter_governance.review_decision))`;

export async function productionStage(rows: number) {
  const database = await createDatabase(await testServer(), { template: "reference" });
  const session = await openRoleSession(database, "workflow_admin");
  const work = await planLive(database, smallLaw(rows));
  const { counts: before } = succeed(await takeSnapshot(session, work.runId));
  await session.close();
  const compensate = { how: "soft", scope: "database", before, relatedRunId: work.runId } as const;
  const { adapter } = liveAdapter(database, work, { compensate });
  let broken: string | null = null;
  const once = (method: Method) => async (order: Parameters<ExecutionAdapter[Method]>[0]) => {
    const answer = await adapter[method](order);
    if (broken !== null) database.psql(`DROP TRIGGER test_fail ON ${broken}; DROP FUNCTION public.test_fail()`);
    broken = null;
    return answer;
  };
  return {
    adapter: {
      ...{ pre_write_backup: once("pre_write_backup"), cut_leg_a: once("cut_leg_a") },
      ...{ leg_b_record: once("leg_b_record"), write_verify: once("write_verify") },
      ...{ lifecycle_enact: once("lifecycle_enact"), compensate: once("compensate") },
    },
    failNext(method: Method) {
      const [table, column, value] = BREAKS[method] ?? ["", "", ""];
      const literal = value === "THIRD" ? `'${database.psql(THIRD)}'` : value;
      database.psql(`CREATE FUNCTION public.test_fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'broken on purpose' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER test_fail BEFORE INSERT ON ${table} FOR EACH ROW
          WHEN (NEW.${column} = ${literal}) EXECUTE FUNCTION public.test_fail()`);
      broken = table;
    },
    holds: () => JSON.parse(database.psql(HELD)) as unknown,
    close: () => database.drop(),
  };
}
