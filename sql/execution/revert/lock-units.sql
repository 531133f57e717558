-- Purpose: lock the units and versions of a change set, in order, before they are judged. One row: how many there are.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set.
-- Locks: ROW SHARE on the lifecycle tables; FOR UPDATE on each unit and version until the transaction ends.
SELECT count(*) AS locked FROM (
  SELECT u.id
  FROM cutter_governance.cut_change_set_affected_row AS r
  JOIN public.information_unit AS u ON u.id = r.information_unit_id
  JOIN public.unit_version AS v ON v.id = r.unit_version_id AND v.information_unit_id = u.id
  WHERE r.change_set_id = $1::uuid
  ORDER BY u.id
  FOR UPDATE OF u, v
) AS units
