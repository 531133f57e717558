-- Purpose: for each table of the lifecycle and the ledger, how many rows it holds and how many of them this run and its
--   revert are known to have added.
-- search_path must be pinned.
-- Parameters: $1 run id. One row for each table.
-- Locks: ACCESS SHARE on all of them. Rows without the run's name are known by the time of the transaction that wrote
-- them, which is that of the run's phase; a revert's own rows have the time of this transaction.
WITH moments AS (
  SELECT p.created_at FROM cutter_governance.run_phase AS p WHERE p.run_id = $1 UNION SELECT now()
), own AS (
  SELECT s.id FROM cutter_governance.cut_change_set AS s WHERE s.run_id = $1
), written AS (
  SELECT r.information_unit_id, r.unit_version_id, r.action
  FROM cutter_governance.cut_change_set_affected_row AS r WHERE r.change_set_id IN (SELECT id FROM own)
)
SELECT 'public.information_unit' AS relation, (SELECT count(*) FROM public.information_unit) AS total,
  (SELECT count(*) FROM public.information_unit AS u WHERE u.id IN (
    SELECT information_unit_id FROM written WHERE action = 'create')) AS own
UNION ALL SELECT 'public.unit_version', (SELECT count(*) FROM public.unit_version),
  (SELECT count(*) FROM public.unit_version AS v WHERE v.id IN (SELECT unit_version_id FROM written))
UNION ALL SELECT 'public.iu_lifecycle_log', (SELECT count(*) FROM public.iu_lifecycle_log),
  (SELECT count(*) FROM public.iu_lifecycle_log AS l WHERE l.created_at IN (SELECT created_at FROM moments)
    AND l.information_unit_id IN (SELECT information_unit_id FROM written))
UNION ALL SELECT 'cutter_governance.run', (SELECT count(*) FROM cutter_governance.run),
  (SELECT count(*) FROM cutter_governance.run AS r WHERE r.run_id = $1)
UNION ALL SELECT 'cutter_governance.run_phase', (SELECT count(*) FROM cutter_governance.run_phase),
  (SELECT count(*) FROM cutter_governance.run_phase AS p WHERE p.run_id = $1)
UNION ALL SELECT 'cutter_governance.approval_grant', (SELECT count(*) FROM cutter_governance.approval_grant),
  (SELECT count(*) FROM cutter_governance.approval_grant AS g WHERE g.run_id = $1)
UNION ALL SELECT 'cutter_governance.backup_artifact', (SELECT count(*) FROM cutter_governance.backup_artifact),
  (SELECT count(*) FROM cutter_governance.backup_artifact AS b WHERE b.run_id = $1)
UNION ALL SELECT 'cutter_governance.source_version', (SELECT count(*) FROM cutter_governance.source_version),
  (SELECT count(*) FROM cutter_governance.source_version AS s WHERE s.created_at IN (SELECT created_at FROM moments))
UNION ALL SELECT 'cutter_governance.manifest_envelope', (SELECT count(*) FROM cutter_governance.manifest_envelope),
  (SELECT count(*) FROM cutter_governance.manifest_envelope AS m
    WHERE m.created_at IN (SELECT created_at FROM moments))
UNION ALL SELECT 'cutter_governance.manifest_unit_block',
  (SELECT count(*) FROM cutter_governance.manifest_unit_block),
  (SELECT count(*) FROM cutter_governance.manifest_unit_block AS b
    WHERE b.created_at IN (SELECT created_at FROM moments))
UNION ALL SELECT 'cutter_governance.cut_change_set', (SELECT count(*) FROM cutter_governance.cut_change_set),
  (SELECT count(*) FROM own)
UNION ALL SELECT 'cutter_governance.cut_change_set_affected_row',
  (SELECT count(*) FROM cutter_governance.cut_change_set_affected_row), (SELECT count(*) FROM written)
UNION ALL SELECT 'cutter_governance.verify_result', (SELECT count(*) FROM cutter_governance.verify_result),
  (SELECT count(*) FROM cutter_governance.verify_result AS r WHERE r.change_set_id IN (SELECT id FROM own))
UNION ALL SELECT 'cutter_governance.review_decision', (SELECT count(*) FROM cutter_governance.review_decision),
  (SELECT count(*) FROM cutter_governance.review_decision AS d WHERE d.run_id = $1)
UNION ALL SELECT 'cutter_governance.dot_pair_signature', (SELECT count(*) FROM cutter_governance.dot_pair_signature),
  (SELECT count(*) FROM cutter_governance.dot_pair_signature AS s WHERE s.change_set_id IN (SELECT id FROM own))
