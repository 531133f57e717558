-- Purpose: the session settings under which a phase of a live run writes.
-- Parameters: $1 lock_timeout, $2 statement_timeout, $3 idle_in_transaction_session_timeout, $4 transaction_timeout,
--   $5 client_connection_check_interval, all in milliseconds.
-- Locks: none. transaction_timeout came with PostgreSQL 17 and is set where it exists. A COMMIT that is answered is
-- on disk: what the role or the database has for synchronous_commit may be weaker, and is made at least `on`.
SELECT pg_catalog.set_config('default_transaction_read_only', 'off', false),
  pg_catalog.set_config('default_transaction_deferrable', 'off', false),
  pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
  pg_catalog.set_config('lock_timeout', $1, false),
  pg_catalog.set_config('statement_timeout', $2, false),
  pg_catalog.set_config('idle_in_transaction_session_timeout', $3, false),
  CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
    THEN pg_catalog.set_config('transaction_timeout', $4, false) END,
  CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
    THEN pg_catalog.set_config('client_connection_check_interval', $5, false) END,
  CASE WHEN pg_catalog.current_setting('synchronous_commit')
      OPERATOR(pg_catalog.<>) ALL (ARRAY['on'::pg_catalog.text, 'remote_apply'])
    THEN pg_catalog.set_config('synchronous_commit', 'on', false) END
