-- Purpose: sessions of this server, with the transaction that each has open; ours, which asks, is not counted as open.
-- Parameters: none. Locks: none on a relation of users.
SELECT a.pid, a.usename AS role, a.state, a.application_name AS application,
  a.xact_start IS NOT NULL AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() AS open,
  pg_catalog.current_setting('max_prepared_transactions') AS prepared_allowed
FROM pg_catalog.pg_stat_activity AS a
WHERE a.backend_type OPERATOR(pg_catalog.=) 'client backend'
ORDER BY a.pid
