-- Purpose: which relations that the survey rests on may hide rows from this role: row-level security, or no table.
-- Parameters: none. search_path must be pinned. Locks taken: ACCESS SHARE on the catalogs.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, c.relkind IN ('r', 'p') AS is_table
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname IN ('information_unit', 'unit_version', 'iu_lifecycle_log', 'system_vocab')
  AND (c.relkind NOT IN ('r', 'p') OR pg_catalog.row_security_active(c.oid))
ORDER BY 1
