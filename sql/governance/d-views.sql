-- Governance 4 of 4: the 13 views: one v_<table> for each table, and v_run_overview. They run with their owner's
-- rights, so that cutter_ro reads them without any right on a table.
-- Parameters: none. Locks: creates views only. One DO block, so that a second application fails and changes nothing.
DO $bundle$
DECLARE
  relation record;
BEGIN
  FOR relation IN
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'cutter_governance'::regnamespace AND relkind = 'r' ORDER BY relname
  LOOP
    EXECUTE format('CREATE VIEW cutter_governance.%I AS SELECT * FROM cutter_governance.%I',
      'v_' || relation.relname, relation.relname);
    EXECUTE format('COMMENT ON VIEW cutter_governance.%I IS %L',
      'v_' || relation.relname, obj_description(relation.oid, 'pg_class'));
    EXECUTE (
      SELECT string_agg(format('COMMENT ON COLUMN cutter_governance.%I.%I IS %L',
        'v_' || relation.relname, attname, col_description(relation.oid, attnum)), ';')
      FROM pg_attribute WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
    );
  END LOOP;

  CREATE VIEW cutter_governance.v_run_overview AS
  SELECT run.run_id, run.document_id, run.mode, run.state, run.created_at AS started_at,
    phase.phases_done, phase.last_phase_at,
    change_set.id AS change_set_id, change_set.status AS change_set_status, change_set.row_count,
    (SELECT verified.result FROM cutter_governance.verify_result AS verified
      WHERE verified.change_set_id = change_set.id ORDER BY verified.attempt DESC LIMIT 1) AS verify_result,
    (SELECT array_agg(signed.leg ORDER BY signed.leg) FROM cutter_governance.dot_pair_signature AS signed
      WHERE signed.change_set_id = change_set.id) AS legs_signed,
    (SELECT array_agg(consumed.gate ORDER BY consumed.created_at, consumed.gate)
      FROM cutter_governance.approval_grant AS consumed WHERE consumed.run_id = run.run_id) AS gates_passed,
    (SELECT decided.decision FROM cutter_governance.review_decision AS decided
      WHERE decided.run_id = run.run_id ORDER BY decided.created_at DESC, decided.id LIMIT 1) AS last_decision
  FROM cutter_governance.run AS run
  LEFT JOIN cutter_governance.cut_change_set AS change_set ON change_set.run_id = run.run_id
  LEFT JOIN LATERAL (
    SELECT array_agg(done.phase ORDER BY done.created_at, done.phase) AS phases_done,
      max(done.created_at) AS last_phase_at
    FROM cutter_governance.run_phase AS done WHERE done.run_id = run.run_id AND done.outcome = 'done'
  ) AS phase ON true;
  COMMENT ON VIEW cutter_governance.v_run_overview IS 'One row per run: how far it came and what was said about it';
  COMMENT ON COLUMN cutter_governance.v_run_overview.run_id IS 'The run';
  COMMENT ON COLUMN cutter_governance.v_run_overview.document_id IS 'The document';
  COMMENT ON COLUMN cutter_governance.v_run_overview.mode IS 'dryrun, rehearsal or live';
  COMMENT ON COLUMN cutter_governance.v_run_overview.state IS 'Where the run stands';
  COMMENT ON COLUMN cutter_governance.v_run_overview.started_at IS 'When the run was recorded';
  COMMENT ON COLUMN cutter_governance.v_run_overview.phases_done IS 'Phases that are done, in their order';
  COMMENT ON COLUMN cutter_governance.v_run_overview.last_phase_at IS 'When the last of them was done';
  COMMENT ON COLUMN cutter_governance.v_run_overview.change_set_id IS 'Its change set; null before leg A';
  COMMENT ON COLUMN cutter_governance.v_run_overview.change_set_status IS 'draft, recorded, enacted or reverted';
  COMMENT ON COLUMN cutter_governance.v_run_overview.row_count IS 'Number of units that it wrote';
  COMMENT ON COLUMN cutter_governance.v_run_overview.verify_result IS 'What the last verification found';
  COMMENT ON COLUMN cutter_governance.v_run_overview.legs_signed IS 'Legs that have signed the change set';
  COMMENT ON COLUMN cutter_governance.v_run_overview.gates_passed IS 'Gates whose approval was consumed';
  COMMENT ON COLUMN cutter_governance.v_run_overview.last_decision IS 'The last decision about the run';
END
$bundle$;
