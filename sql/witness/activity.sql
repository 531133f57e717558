-- Purpose: other sessions of this database that are writing (they hold a transaction id) or did something lately.
-- Parameters: $1 int4 pid of the proof's backend, $2 int4 most rows to answer, $3 int4 how many milliseconds are lately.
-- Locks: none. Without pg_read_all_stats the columns of other roles are null, which is reported as not visible.
SELECT a.pid, a.usename AS role, a.application_name AS application, COALESCE(a.state, 'not visible') AS state
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database()
  AND a.pid NOT IN ($1::pg_catalog.int4, pg_catalog.pg_backend_pid())
  AND a.backend_type = 'client backend'
  AND (a.backend_xid IS NOT NULL OR a.state_change IS NULL
    OR a.state_change > pg_catalog.clock_timestamp() - $3::pg_catalog.int4 * interval '1 millisecond')
ORDER BY a.backend_xid IS NULL, a.state_change DESC NULLS LAST, a.pid
LIMIT $2::pg_catalog.int4
