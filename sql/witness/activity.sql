-- Purpose: other sessions of this database that are writing (they hold a transaction id) or did something lately.
-- Parameters: $1 int4 pid of the proof's backend, $2 int4 most rows to answer, $3 int4 milliseconds that are lately.
-- Locks: none. Without pg_read_all_stats the state of other roles is null, and reported as not visible; who holds a
--   transaction id is seen in pg_locks by everybody.
SELECT a.pid, a.usename AS role, a.application_name AS application,
  CASE WHEN w.pid IS NULL THEN COALESCE(a.state, 'not visible') ELSE 'writing' END AS state
FROM pg_catalog.pg_stat_activity AS a
LEFT JOIN (
  SELECT DISTINCT l.pid FROM pg_catalog.pg_locks AS l
  WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock'
) AS w ON w.pid = a.pid
WHERE a.datname = pg_catalog.current_database()
  AND a.pid NOT IN ($1::pg_catalog.int4, pg_catalog.pg_backend_pid())
  AND COALESCE(a.backend_type, 'client backend') = 'client backend'
  AND (w.pid IS NOT NULL OR a.state_change IS NULL
    OR a.state_change > pg_catalog.clock_timestamp() - $3::pg_catalog.int4 * interval '1 millisecond')
ORDER BY w.pid IS NULL, a.state_change DESC NULLS LAST, a.pid
LIMIT $2::pg_catalog.int4
