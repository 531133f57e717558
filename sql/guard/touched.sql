-- Purpose: what the transaction holds at its end: its id, the sequences it moved, whether counting was on. One row.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class.
-- nextval and setval lock their sequence to the end of the top transaction, so sub-transactions rolled back are seen
-- too.
SELECT
  pg_catalog.pg_current_xact_id_if_assigned()::text AS xid,
  pg_catalog.current_setting('track_counts') AS track_counts,
  (SELECT coalesce(pg_catalog.json_agg(DISTINCT l.relation::text)::text, '[]')
    FROM pg_catalog.pg_locks AS l
    JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.relkind = 'S' AND c.relpersistence <> 't'
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
  ) AS sequences
