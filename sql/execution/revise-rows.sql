-- Purpose: give many draft or withdrawn units their next version through fn_iu_revise, and record each as affected.
-- search_path must be pinned. Only where the database has fn_iu_revise.
-- Parameters: $1 json, an array of planned rows with their bodies; $2 uuid, the change set.
-- Locks: ROW EXCLUSIVE on the lifecycle tables and the units' rows, taken inside fn_iu_revise; on the affected rows.
-- Answers as cut-rows.sql does.
WITH answered AS MATERIALIZED (
  SELECT r.ordinal, r.canonical_address, r.content_sha256, public.fn_iu_revise(
    information_unit_id => r.information_unit_id, title => r.title, body => r.body, actor => r.actor
  ) AS answer
  FROM json_to_recordset($1::json) AS r (
    ordinal int, information_unit_id uuid, canonical_address text, content_sha256 text, title text, body text,
    actor text)
), recorded AS (
  INSERT INTO cutter_governance.cut_change_set_affected_row
    (change_set_id, ordinal, information_unit_id, unit_version_id, canonical_address, content_sha256, action)
  SELECT $2::uuid, a.ordinal, (a.answer ->> 'information_unit_id')::uuid, (a.answer ->> 'unit_version_id')::uuid,
    a.canonical_address, a.content_sha256, 'revise'
  FROM answered AS a WHERE a.answer ->> 'status' = 'revised'
  RETURNING ordinal
)
SELECT NULL AS ordinal, 'revised' AS status, count(*)::text AS detail FROM recorded
UNION ALL
SELECT a.ordinal, a.answer ->> 'status', a.answer ->> 'errors'
FROM answered AS a WHERE a.answer ->> 'status' IS DISTINCT FROM 'revised'
