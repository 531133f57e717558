-- Purpose: rows of system catalogs that this session's transactions wrote, per catalog; the difference of two readings
--   is what happened between them. Any number of rows.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class.
-- Counts may be carried over from the session's previous transaction. What is changed in place (ANALYZE, CREATE INDEX)
-- does not count.
SELECT t.catalog, t.inserted, t.updated, t.deleted
FROM (
  SELECT c.relname::text AS catalog,
    pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted,
    pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated,
    pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted
  FROM pg_catalog.pg_class AS c
  WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind = 'r'
  OFFSET 0
) AS t
WHERE t.inserted + t.updated + t.deleted > 0
ORDER BY t.catalog
