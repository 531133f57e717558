-- Purpose: the session settings under which a rollback-only transaction of our own code runs.
-- Parameters: $1 lock_timeout, $2 statement_timeout, $3 idle_in_transaction_session_timeout, $4 transaction_timeout,
--   $5 client_connection_check_interval, all in milliseconds.
-- Locks: none. transaction_timeout came with PostgreSQL 17 and is set where it exists.
SELECT pg_catalog.set_config('default_transaction_read_only', 'on', false),
  pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
  pg_catalog.set_config('lock_timeout', $1, false),
  pg_catalog.set_config('statement_timeout', $2, false),
  pg_catalog.set_config('idle_in_transaction_session_timeout', $3, false),
  (SELECT pg_catalog.set_config(s.name, $4, false) FROM pg_catalog.pg_settings AS s
    WHERE s.name = 'transaction_timeout'),
  (SELECT pg_catalog.set_config(s.name, $5, false) FROM pg_catalog.pg_settings AS s
    WHERE s.name = 'client_connection_check_interval' AND s.setting IS DISTINCT FROM $5)
