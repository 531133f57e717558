-- Purpose: what the revised units of a change set were just before: the version below ours, and whether this
--   transaction has moved the unit from withdrawn to draft.
-- search_path must be pinned.
-- Parameters: $1 uuid, the change set; $2 int, the ordinal after which; $3 int, at most how many.
-- Locks: ACCESS SHARE. The units' rows are locked by fn_iu_revise, so what is read here stays so until the end.
SELECT r.ordinal, r.canonical_address, r.information_unit_id::text AS information_unit_id,
  (SELECT w.content_sha256 FROM public.unit_version AS w
    WHERE w.information_unit_id = r.information_unit_id AND w.version_no < v.version_no
    ORDER BY w.version_no DESC LIMIT 1) AS content_sha256,
  EXISTS (SELECT FROM public.iu_lifecycle_log AS l WHERE l.information_unit_id = r.information_unit_id
    AND l.from_status = 'withdrawn' AND l.to_status = 'draft' AND l.created_at = now()) AS was_withdrawn
FROM cutter_governance.cut_change_set_affected_row AS r
JOIN public.unit_version AS v ON v.id = r.unit_version_id
WHERE r.change_set_id = $1::uuid AND r.action = 'revise' AND r.ordinal > $2::int
ORDER BY r.ordinal
LIMIT $3::int
