-- Purpose: who and where this session is. One row.
-- Parameters: none.
-- Locks taken: ACCESS SHARE on pg_roles.
-- The timeline is read from the name of the current WAL file: pg_control_checkpoint() still says the old one for a
-- while after a promotion. It is null on a standby, which is refused anyway.
SELECT
  pg_catalog.pg_backend_pid() AS backend_pid,
  pg_catalog.current_setting('server_version_num') AS version_number,
  pg_catalog.current_setting('server_version') AS version,
  current_user AS role,
  session_user AS session_role,
  pg_catalog.current_database() AS database,
  pg_catalog.pg_is_in_recovery() AS in_recovery,
  pg_catalog.current_setting('track_counts') AS track_counts,
  pg_catalog.current_setting('standard_conforming_strings') AS standard_conforming_strings,
  pg_catalog.current_setting('default_transaction_isolation') AS isolation,
  pg_catalog.current_setting('server_encoding') AS encoding,
  pg_catalog.current_setting('search_path') AS search_path,
  pg_catalog.current_setting('session_replication_role') AS session_replication_role,
  pg_catalog.bool_or(r.rolsuper) AS superuser,
  CASE WHEN NOT pg_catalog.pg_is_in_recovery()
    THEN pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)
  END AS timeline
FROM pg_catalog.pg_roles AS r
WHERE r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user
