-- Purpose: the documents of the database: the first segment of each canonical address, with its units by status.
-- Parameters: $1 int4 most documents to answer. search_path must be pinned.
-- Locks taken: ACCESS SHARE on public.information_unit. The one with the most units first.
SELECT d.document_id, d.units, d.draft, d.enacted, count(*) OVER () AS documents
FROM (
  SELECT split_part(u.canonical_address, '/', 1) AS document_id, count(*) AS units,
    count(*) FILTER (WHERE u.lifecycle_status = 'draft') AS draft,
    count(*) FILTER (WHERE u.lifecycle_status = 'enacted') AS enacted
  FROM public.information_unit AS u
  GROUP BY 1
) AS d
ORDER BY d.units DESC, d.document_id COLLATE "C"
LIMIT $1::int4
