-- Purpose: delete what one part of a change set created: log rows, versions, units. The ledger of them stays.
-- search_path must be pinned. Only behind a HARD_DELETE approval, and after the units were locked and found drafts.
-- Parameters: $1 uuid, the change set; $2 and $3 int, the ordinals from (exclusive) and to (inclusive).
-- Locks: ROW EXCLUSIVE on the three lifecycle tables and the rows. Foreign keys are looked at when the statement ends.
-- One row: how many of each were deleted.
WITH created AS MATERIALIZED (
  SELECT r.information_unit_id, r.unit_version_id
  FROM cutter_governance.cut_change_set_affected_row AS r
  WHERE r.change_set_id = $1::uuid AND r.ordinal > $2::int AND r.ordinal <= $3::int AND r.action = 'create'
), logged AS (
  DELETE FROM public.iu_lifecycle_log AS l USING created AS c WHERE l.information_unit_id = c.information_unit_id
  RETURNING 1
), versions AS (
  DELETE FROM public.unit_version AS v USING created AS c WHERE v.id = c.unit_version_id RETURNING 1
), units AS (
  DELETE FROM public.information_unit AS u USING created AS c
  WHERE u.id = c.information_unit_id AND u.lifecycle_status = 'draft' RETURNING 1
)
SELECT (SELECT count(*) FROM logged) AS logged, (SELECT count(*) FROM versions) AS versions,
  (SELECT count(*) FROM units) AS units
