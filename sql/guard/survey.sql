-- Purpose: what of a session outlives a rollback: session-level advisory locks and prepared statements. One row.
-- Parameters: none. search_path must be pinned to pg_catalog. Outside any transaction that holds locks of its own.
-- Locks taken: none.
SELECT
  (SELECT coalesce(pg_catalog.json_agg(
      pg_catalog.json_build_array(l.classid::text, l.objid::text, l.objsubid, l.mode))::text, '[]')
    FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'advisory' AND l.granted) AS advisory_locks,
  (SELECT coalesce(pg_catalog.json_agg(p.name)::text, '[]')
    FROM pg_catalog.pg_prepared_statements AS p WHERE p.from_sql) AS prepared_statements
