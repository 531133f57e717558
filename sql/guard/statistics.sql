-- Purpose: what pg_class says of each relation that is changed in place, and so stays after a rollback. One row, one
--   column: JSON [[oid, name, reltuples, relpages, relhasindex], ...].
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class and pg_namespace.
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
    c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname), c.reltuples, c.relpages, c.relhasindex))::text,
    '[]') AS statistics
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p', 'i') AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
  AND c.relpersistence <> 't'
