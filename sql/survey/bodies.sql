-- Purpose: a cursor over the current bodies of the units of one document, by unit, for a replay.
-- Parameters: $1 document id. search_path must be pinned; inside a transaction.
-- Locks taken: ACCESS SHARE on public.information_unit and public.unit_version, until the transaction ends.
DECLARE cutter_bodies NO SCROLL CURSOR FOR
SELECT u.canonical_address AS address, v.body
FROM public.information_unit AS u
JOIN LATERAL (
  SELECT w.body FROM public.unit_version AS w
  WHERE w.information_unit_id = u.id ORDER BY w.version_no DESC LIMIT 1
) AS v ON true
WHERE u.canonical_address = $1 OR starts_with(u.canonical_address, $1 || '/')
ORDER BY u.created_at, u.canonical_address COLLATE "C"
