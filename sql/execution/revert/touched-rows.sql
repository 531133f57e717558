-- Purpose: how many rows of each table this transaction has updated and deleted so far, whoever asked for it: a foreign
--   key that cascades, a trigger, a function. And whether the server counts at all.
-- search_path must be pinned.
-- Parameters: none. One row for each table with any; always one for `track_counts`, 1 where it is on.
-- Locks: none. Rows that a sub-transaction changed and took back are counted too.
SELECT pg_catalog.format('%s.%s', s.schemaname, s.relname) AS relation, s.n_tup_upd AS updated, s.n_tup_del AS deleted
FROM pg_catalog.pg_stat_xact_user_tables AS s
WHERE s.n_tup_upd > 0 OR s.n_tup_del > 0
UNION ALL
SELECT 'track_counts', CASE WHEN pg_catalog.current_setting('track_counts') = 'on' THEN 1 ELSE 0 END, 0
