-- Purpose: the change set of a run, and how many rows it affected.
-- search_path must be pinned.
-- Parameters: $1 run id. One row, or none.
-- Locks: ACCESS SHARE on the change sets and their rows.
SELECT s.id::text AS id, s.document_id, s.cutplan_sha256, s.manifest_sha256, s.row_count, s.status,
  (SELECT count(*) FROM cutter_governance.cut_change_set_affected_row AS r WHERE r.change_set_id = s.id) AS affected
FROM cutter_governance.cut_change_set AS s WHERE s.run_id = $1
