-- Purpose: system catalogs that this transaction wrote to, and whether it deleted rows there. Any number of rows.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class.
-- Counts carried over from the session's previous transaction name a catalog too many, which costs time and nothing
-- else.
SELECT c.relname::text AS catalog, pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0 AS deletes
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind = 'r'
  AND pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
    + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) > 0
ORDER BY c.relname
