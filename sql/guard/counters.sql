-- Purpose: rows inserted, updated and deleted so far by this transaction, per relation; the difference of two
--   readings is what happened between them. One row, one column: JSON [[oid, name, persistence, inserted, updated,
--   deleted], ...].
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class and pg_namespace.
-- The functions behind pg_stat_xact_all_tables, without the view's grouping over indexes. Rows of sub-transactions
-- that were rolled back count too; counts may be carried over from the session's previous transaction.
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
    t.oid::text, t.name, t.relpersistence, t.inserted, t.updated, t.deleted))::text, '[]') AS counters
FROM (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relpersistence,
    pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted,
    pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated,
    pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'pg_catalog'
  OFFSET 0
) AS t
WHERE t.inserted + t.updated + t.deleted > 0
