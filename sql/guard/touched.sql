-- Purpose: what the transaction holds at its end: its id, whether counting was on, whether the session has a schema
--   for temporary objects, the relations locked to write. One row.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: none (pg_locks reads the lock table).
-- nextval and setval lock their sequence to the end of the top transaction, so sub-transactions rolled back are seen
-- too. No catalog is asked which of these are sequences: one that was dropped since has moved all the same.
SELECT
  pg_catalog.pg_current_xact_id_if_assigned()::text AS xid,
  pg_catalog.current_setting('track_counts') AS track_counts,
  pg_catalog.pg_my_temp_schema() <> 0 AS temporary,
  (SELECT coalesce(pg_catalog.json_agg(DISTINCT l.relation::text)::text, '[]')
    FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode <> 'AccessShareLock'
  ) AS relations
