-- Removes the governance schema: views first, then the tables, then the schema itself.
-- Parameters: none but the setting named below. Locks: ACCESS EXCLUSIVE on its tables.
-- It refuses (55000) while rows exist that are not reference data, unless they are given up first:
-- SET cutter.discard_rows = 'on'. It never cascades: what others built on the tables, or put into the schema, makes it
-- fail, and then nothing has changed.
DO $rollback$
DECLARE
  relation text;
  views text[] := ARRAY['v_run_overview'];
  -- Each before those that it refers to.
  tables text[] := ARRAY['dot_pair_signature', 'review_decision', 'verify_result', 'cut_change_set_affected_row',
    'cut_change_set', 'manifest_unit_block', 'manifest_envelope', 'source_version', 'backup_artifact',
    'approval_grant', 'run_phase', 'run'];
  found bigint;
  precious bigint := 0;
BEGIN
  FOREACH relation IN ARRAY tables LOOP
    views := views || ('v_' || relation);
    EXECUTE format('LOCK TABLE cutter_governance.%I IN ACCESS EXCLUSIVE MODE', relation);
    EXECUTE format('SELECT count(*) FROM cutter_governance.%I WHERE created_by <> ''reference''', relation) INTO found;
    precious := precious + found;
  END LOOP;
  IF precious > 0 AND current_setting('cutter.discard_rows', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'the governance tables hold % rows that are not reference data', precious
      USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Take a backup; then SET cutter.discard_rows = ''on'' in the same session gives them up.';
  END IF;
  FOREACH relation IN ARRAY views LOOP
    EXECUTE format('DROP VIEW cutter_governance.%I', relation);
  END LOOP;
  FOREACH relation IN ARRAY tables LOOP
    EXECUTE format('DROP TABLE cutter_governance.%I', relation);
  END LOOP;
  DROP SCHEMA cutter_governance;
END
$rollback$;
