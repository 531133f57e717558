-- Purpose: a cursor over the units of one document with their current versions, without the bodies.
-- Parameters: $1 document id. search_path must be pinned; inside a transaction.
-- Locks taken: ACCESS SHARE on public.information_unit and public.unit_version, until the transaction ends.
DECLARE cutter_units NO SCROLL CURSOR FOR
SELECT u.id::text AS information_unit_id, u.canonical_address AS address, u.lifecycle_status AS status, u.unit_kind,
  replace(u.identity_profile ->> 'primary_section_type_ref', 'vocab.section_type.', '') AS section_type, u.owner_ref,
  v.title, v.content_sha256, v.publication_type
FROM public.information_unit AS u
LEFT JOIN LATERAL (
  SELECT w.title, w.content_sha256, w.publication_type FROM public.unit_version AS w
  WHERE w.information_unit_id = u.id ORDER BY w.version_no DESC LIMIT 1
) AS v ON true
WHERE u.canonical_address = $1 OR starts_with(u.canonical_address, $1 || '/')
ORDER BY u.created_at, u.canonical_address COLLATE "C"
