-- Purpose: how many rows of a change set are enacted with the very version and body that it wrote.
-- search_path must be pinned. After the enactment, in its transaction: the units are locked by it and immutable.
-- Parameters: $1 uuid, the change set. One row.
-- Locks: ACCESS SHARE on the affected rows and the lifecycle tables.
SELECT count(*) AS affected, count(*) FILTER (
  WHERE u.lifecycle_status = 'enacted'
    AND u.canonical_address = r.canonical_address
    AND encode(sha256(convert_to(v.body, 'UTF8')), 'hex') = r.content_sha256
    AND NOT EXISTS (
      SELECT FROM public.unit_version AS later
      WHERE later.information_unit_id = v.information_unit_id AND later.version_no > v.version_no)
) AS as_written
FROM cutter_governance.cut_change_set_affected_row AS r
LEFT JOIN public.information_unit AS u ON u.id = r.information_unit_id
LEFT JOIN public.unit_version AS v ON v.id = r.unit_version_id AND v.information_unit_id = r.information_unit_id
WHERE r.change_set_id = $1::uuid
