-- Purpose: create many draft units in one statement through fn_iu_create, and record each as affected.
-- search_path must be pinned.
-- Parameters: $1 json, an array of planned rows with their bodies; $2 uuid, the change set.
-- Locks: ROW EXCLUSIVE on the lifecycle tables, taken inside fn_iu_create, and on the affected rows.
-- Answers a row for each that is not `created`, and one with the number of those that are. MATERIALIZED, so that the
-- function runs exactly once per row whatever the planner would like.
WITH answered AS MATERIALIZED (
  SELECT r.ordinal, r.canonical_address, r.content_sha256, public.fn_iu_create(
    canonical_address => r.canonical_address, title => r.title, body => r.body, actor => r.actor,
    unit_kind => r.unit_kind, section_type => r.section_type, publication_type => r.publication_type,
    owner_ref => r.owner_ref
  ) AS answer
  FROM json_to_recordset($1::json) AS r (
    ordinal int, canonical_address text, content_sha256 text, title text, body text, actor text,
    unit_kind text, section_type text, publication_type text, owner_ref text)
), recorded AS (
  INSERT INTO cutter_governance.cut_change_set_affected_row
    (change_set_id, ordinal, information_unit_id, unit_version_id, canonical_address, content_sha256, action)
  SELECT $2::uuid, a.ordinal, (a.answer ->> 'information_unit_id')::uuid, (a.answer ->> 'unit_version_id')::uuid,
    a.canonical_address, a.content_sha256, 'create'
  FROM answered AS a WHERE a.answer ->> 'status' = 'created'
  RETURNING ordinal
)
SELECT NULL AS ordinal, 'created' AS status, count(*)::text AS detail FROM recorded
UNION ALL
SELECT a.ordinal, a.answer ->> 'status', a.answer ->> 'errors'
FROM answered AS a WHERE a.answer ->> 'status' IS DISTINCT FROM 'created'
