-- Purpose: the document with the most units, as units with their current bodies, so that a real text can be cut again.
-- Parameters: none. Locks: ACCESS SHARE on public.information_unit and public.unit_version.
WITH document AS (
  SELECT pg_catalog.split_part(u.canonical_address, '/', 1) AS id
  FROM public.information_unit AS u
  GROUP BY 1 ORDER BY pg_catalog.count(*) DESC, 1 LIMIT 1
)
SELECT d.id AS document, u.canonical_address AS address, v.body
FROM document AS d
JOIN public.information_unit AS u
  ON u.canonical_address OPERATOR(pg_catalog.=) d.id OR pg_catalog.starts_with(u.canonical_address, d.id || '/')
JOIN LATERAL (
  SELECT w.body FROM public.unit_version AS w
  WHERE w.information_unit_id OPERATOR(pg_catalog.=) u.id ORDER BY w.version_no DESC LIMIT 1
) AS v ON true
