-- Purpose: a part of the rows that a change set affected, in order.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 int, the ordinal after which; $3 int, at most how many.
-- Locks: ACCESS SHARE on the affected rows.
SELECT r.ordinal, r.information_unit_id::text AS information_unit_id, r.unit_version_id::text AS unit_version_id,
  r.canonical_address, r.content_sha256, r.action
FROM cutter_governance.cut_change_set_affected_row AS r
WHERE r.change_set_id = $1::uuid AND r.ordinal > $2::int
ORDER BY r.ordinal
LIMIT $3::int
