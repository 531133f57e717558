-- Purpose: a part of what a change set wrote, as the lifecycle tables hold it now. The digest is of the body itself.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 int, the ordinal after which; $3 int, at most how many.
-- Locks: ACCESS SHARE on the affected rows and the lifecycle tables.
SELECT r.ordinal, r.information_unit_id::text AS information_unit_id, r.unit_version_id::text AS unit_version_id,
  r.canonical_address, r.content_sha256, r.action,
  u.canonical_address AS unit_address, u.lifecycle_status, u.unit_kind, u.owner_ref,
  replace(u.identity_profile ->> 'primary_section_type_ref', 'vocab.section_type.', '') AS section_type,
  v.title, v.publication_type, v.content_sha256 AS recorded_sha256,
  encode(sha256(convert_to(v.body, 'UTF8')), 'hex') AS body_sha256,
  (SELECT count(*) FROM public.unit_version AS later
    WHERE later.information_unit_id = v.information_unit_id AND later.version_no > v.version_no) AS later_versions
FROM cutter_governance.cut_change_set_affected_row AS r
LEFT JOIN public.information_unit AS u ON u.id = r.information_unit_id
LEFT JOIN public.unit_version AS v ON v.id = r.unit_version_id AND v.information_unit_id = r.information_unit_id
WHERE r.change_set_id = $1::uuid AND r.ordinal > $2::int
ORDER BY r.ordinal
LIMIT $3::int
